package dev.agentws.agent;

import dev.agentws.agent.event.SessionEvent.Failed;
import dev.agentws.agent.event.SessionEvent.TurnFault;
import dev.agentws.agent.model.Block;
import dev.agentws.agent.model.Message;
import dev.agentws.agent.transcript.Notices;
import dev.agentws.agent.transcript.SummaryRequest;
import dev.agentws.agent.transcript.TokenEstimate;
import dev.agentws.agent.transcript.Transcript;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The place of a turn's prompt in the conversation, to which a turn that failed goes back, and where it is when the conversation is
 * shortened. Confined to the session's loop.
 */
final class PromptEntry {
    private final Session session;
    private final Transcript transcript;
    private final Compactor compactor;
    private final List<Block> prompt;
    private Transcript.Mark before;
    private @Nullable List<Block> entered;
    private boolean missing = true;
    private boolean overflowed;

    PromptEntry(Session session, Compactor compactor, List<Block> prompt) {
        this.session = session;
        this.compactor = compactor;
        this.transcript = session.transcript();
        this.prompt = prompt;
        this.before = transcript.mark();
    }

    /** Adds the prompt to a conversation that has room for it, or is given room first. */
    void begin(Runnable then) {
        if (!compactor.due(TokenEstimate.of(prompt))) {
            add();
            then.run();
            return;
        }
        compactor.run(Compactor.Trigger.AUTO, "", fault -> {
            if (fault != null) {
                session.emit(new Failed(fault));
            }
            add();
            then.run();
        });
    }

    /** Shortens the conversation in the midst of the work on the prompt. */
    void shortenAtWork(Compactor.Trigger trigger, Runnable then, Consumer<TurnFault> otherwise) {
        compactor.run(trigger, "", fault -> {
            if (fault == null) {
                enter(SummaryRequest.promptAgain(prompt));
                then.run();
            } else {
                otherwise.accept(fault);
            }
        });
    }

    /**
     * The conversation no longer fits: shortens it, once in a turn, and only if there is anything besides the prompt.
     *
     * @param working whether tools have been used for the prompt, so that the summary has to tell of it
     * @return whether it is tried; then one of the two is called
     */
    boolean mendOverflow(boolean working, Runnable then, Consumer<TurnFault> otherwise) {
        if (overflowed
                || !(working || hasHistory())
                || !session.conversation().compaction().mendsOverflow()) {
            return false;
        }
        overflowed = true;
        if (working) {
            shortenAtWork(Compactor.Trigger.OVERFLOW, then, otherwise);
            return true;
        }
        takeBack();
        compactor.run(Compactor.Trigger.OVERFLOW, "", fault -> {
            if (fault == null) {
                add();
                then.run();
            } else {
                otherwise.accept(fault);
            }
        });
        return true;
    }

    /** Whether something stands before it. */
    boolean hasHistory() {
        return transcript.hasHistory(before);
    }

    /** Adds the prompt, and with it what has happened in the background, unless it is there. */
    void add() {
        if (!missing) {
            return;
        }
        List<Block> content = entered;
        if (content == null) {
            content = Notices.after(prompt, session.equipment().toolbox());
            entered = content;
        }
        enter(content);
    }

    private void enter(List<Block> content) {
        before = transcript.mark();
        missing = false;
        transcript.add(Message.Role.USER, content);
    }

    /** It is there already, from an earlier life of the session, as the message of that index. */
    void entered(int at) {
        before = transcript.markAt(at);
        missing = false;
    }

    /** Takes the prompt and all that followed out of the conversation. */
    void takeBack() {
        transcript.cutTo(before);
        missing = true;
    }
}
