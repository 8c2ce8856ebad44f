package dev.agentws.websocket.session;

import dev.agentws.agent.Waker;
import dev.agentws.protocol.ClientMessage;
import dev.agentws.protocol.ErrorCode;
import dev.agentws.websocket.Outbox;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Has sessions woken that one connection has something for. What comes for them meanwhile waits, in order. Confined to the connection's
 * event loop.
 */
final class WakingDesk {
    /** Per session; more than a client sends in the milliseconds this takes. */
    private static final int MOST_WAITING = 256;

    private final Outbox outbox;
    private final Waker waker;
    private final Consumer<ClientMessage> again;
    private final Refused refused;
    /** Null while there has been none, as on most connections. */
    private @Nullable Map<String, Deque<ClientMessage>> waiting;

    /** Is told when nothing comes of a message that waited. */
    @FunctionalInterface
    interface Refused {
        /** @param id of the session it was waiting for */
        void refused(ClientMessage message, ErrorCode code, String text, String id);
    }

    /** @param again takes the messages once their session is awake, or gone */
    WakingDesk(Outbox outbox, Waker waker, Consumer<ClientMessage> again, Refused refused) {
        this.outbox = outbox;
        this.waker = waker;
        this.again = again;
        this.refused = refused;
    }

    /** Whether the session is being woken; then the message waits too. */
    boolean holds(String id, ClientMessage message) {
        Deque<ClientMessage> held = waiting == null ? null : waiting.get(id);
        if (held == null) {
            return false;
        }
        if (held.size() < MOST_WAITING) {
            held.add(message);
        } else {
            String text = "Session " + id + " is being woken, and " + MOST_WAITING
                    + " messages wait for that already; try again in a moment";
            refused.refused(message, ErrorCode.OVERLOADED, text, id);
        }
        return true;
    }

    /** Wakes the session for the message. */
    void wake(String id, ClientMessage message) {
        if (waiting == null) {
            waiting = new HashMap<>(2);
        }
        Deque<ClientMessage> held = new ArrayDeque<>(2);
        waiting.put(id, held);
        held.add(message);
        waker.wake(id, outbox.loop(), failure -> outbox.execute(() -> settle(id, held, failure)));
    }

    private void settle(String id, Deque<ClientMessage> held, Waker.@Nullable Failure failure) {
        if (waiting != null) {
            waiting.remove(id, held);
        }
        // Should it be asleep again, the first of them wakes it once more, and the others wait behind it.
        for (ClientMessage each : held) {
            if (failure == null) {
                again.accept(each);
            } else {
                refuse(failure, id, each);
            }
        }
    }

    private void refuse(Waker.Failure failure, String id, ClientMessage message) {
        String text = "Session " + id + " sleeps and cannot be woken: " + failure.text();
        switch (failure.reason()) {
            case FULL -> refused.refused(message, ErrorCode.MAX_SESSIONS, text + "; end one, or try again later", id);
            case UNAVAILABLE -> refused.refused(message, ErrorCode.OVERLOADED, text + "; try again in a moment", id);
            case DAMAGED -> refused.refused(message, ErrorCode.INTERNAL, text, id);
        }
    }
}
