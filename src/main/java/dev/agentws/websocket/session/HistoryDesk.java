package dev.agentws.websocket.session;

import dev.agentws.agent.Session;
import dev.agentws.agent.record.MessagePage;
import dev.agentws.agent.record.SaidMessage;
import dev.agentws.agent.record.StoredSession;
import dev.agentws.protocol.ClientMessage.LoadMessages;
import dev.agentws.websocket.Outbox;
import java.util.List;

/** What a connection asks about what was said: answers from the conversation of a session. */
final class HistoryDesk {
    private final Outbox outbox;

    HistoryDesk(Outbox outbox) {
        this.outbox = outbox;
    }

    /** On the session's loop. */
    void load(Session session, LoadMessages wish) {
        load(session.conversation().said(), wish);
    }

    /** Of a session that has ended. */
    void load(StoredSession stored, LoadMessages wish) {
        load(stored.messages(), wish);
    }

    /** The answer's text, for a client of another node. On the session's loop. */
    static String page(Session session, LoadMessages wish) {
        MessagePage page =
                MessagePage.of(session.conversation().said(), wish.newestFirst(), wish.cursor(), wish.limit());
        return Replies.text(out -> Replies.messagesLoaded(out, wish.sessionId(), page));
    }

    private void load(List<SaidMessage> said, LoadMessages wish) {
        MessagePage page = MessagePage.of(said, wish.newestFirst(), wish.cursor(), wish.limit());
        Replies.send(outbox, out -> Replies.messagesLoaded(out, wish.sessionId(), page));
    }
}
