package dev.agentws.agent;

import dev.agentws.agent.model.Message;
import dev.agentws.agent.record.SaidMessage;
import dev.agentws.agent.record.StateRecord;
import dev.agentws.agent.record.StoredSession;
import dev.agentws.agent.transcript.Transcript;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What has been said in a session, for the model and for people. Takes next to no room before the first prompt. Confined to the
 * session's loop.
 */
public final class Conversation implements Transcript.Scribe {
    private final Session session;
    private @Nullable Transcript transcript;
    private @Nullable CompactionPlan compaction;

    Conversation(Session session) {
        this.session = session;
    }

    /** Goes on where an earlier life of the session ended. */
    void continueAfter(StoredSession stored) {
        transcript = new Transcript(stored.messages(), stored.said(), this);
    }

    /** What is written down behind the first record of a session that begins. */
    List<StateRecord> beginning(StateRecord first) {
        List<StateRecord> notes = new ArrayList<>();
        notes.add(first);
        for (SaidMessage said : SaidMessage.beginning(session.options().history())) {
            notes.add(StateRecord.said(said));
        }
        return notes;
    }

    Transcript transcript() {
        Transcript mine = transcript;
        if (mine == null) {
            List<SaidMessage> history = SaidMessage.beginning(session.options().history());
            mine = new Transcript(history, history.size(), this);
            transcript = mine;
        }
        return mine;
    }

    /** Who shortens it, and when. */
    CompactionPlan compaction() {
        CompactionPlan mine = compaction;
        if (mine == null) {
            mine = new CompactionPlan(session);
            compaction = mine;
        }
        return mine;
    }

    /** How many messages there are. */
    int size() {
        Transcript said = transcript;
        return said == null ? session.options().history().size() : said.size();
    }

    /** The messages, oldest first, as the model knows them; good until the next change. */
    public List<SaidMessage> said() {
        Transcript said = transcript;
        return said == null ? SaidMessage.beginning(session.options().history()) : said.said();
    }

    @Override
    public void note(Supplier<StateRecord> change) {
        session.note(change);
    }

    @Override
    public SaidMessage said(int index, Message message) {
        Turn turn = session.turn();
        return new SaidMessage(
                index,
                session.story().lastNumber(),
                session.services().clock().millis(),
                turn == null ? null : turn.promptId(),
                message);
    }
}
