package dev.agentws.websocket.session;

import dev.agentws.agent.Session;
import dev.agentws.agent.record.MessagePage;
import dev.agentws.agent.record.SaidMessage;
import dev.agentws.protocol.ClientMessage.LoadMessages;
import dev.agentws.websocket.Outbox;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.List;
import java.util.function.Consumer;

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

    private void load(List<SaidMessage> said, LoadMessages wish) {
        MessagePage page = MessagePage.of(said, wish.newestFirst(), wish.cursor(), wish.limit());
        reply(out -> Replies.messagesLoaded(out, wish.sessionId(), page));
    }

    /** Any thread. */
    private void reply(Consumer<ByteBuf> frame) {
        Runnable write = () -> {
            ByteBuf out = ByteBufAllocator.DEFAULT.directBuffer(512);
            frame.accept(out);
            outbox.frame(out);
        };
        if (outbox.loop().inEventLoop()) {
            write.run();
        } else {
            outbox.execute(write);
        }
    }
}
