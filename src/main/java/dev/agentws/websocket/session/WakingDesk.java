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
    private final Steering.Refusals refusals;
    /** Null while there has been none, as on most connections. */
    private @Nullable Map<String, Deque<Waiting>> waiting;

    /** @param id of the session that a refusal names */
    private record Waiting(String id, ClientMessage message) {}

    /** @param again takes the messages once their session is awake, or gone */
    WakingDesk(Outbox outbox, Waker waker, Consumer<ClientMessage> again, Steering.Refusals refusals) {
        this.outbox = outbox;
        this.waker = waker;
        this.again = again;
        this.refusals = refusals;
    }

    /** Whether the session is being woken; then the message waits too. */
    boolean holds(String id, ClientMessage message) {
        Deque<Waiting> held = waiting == null ? null : waiting.get(id);
        if (held == null) {
            return false;
        }
        if (held.size() < MOST_WAITING) {
            add(id, message, held);
        } else {
            String text = "Session " + id + " is being woken, and " + MOST_WAITING
                    + " messages wait for that already; try again in a moment";
            refuse(ErrorCode.OVERLOADED, text, id, message);
        }
        return true;
    }

    /** Wakes the session for the message. */
    void wake(String id, ClientMessage message) {
        if (waiting == null) {
            waiting = new HashMap<>(2);
        }
        Deque<Waiting> held = new ArrayDeque<>(2);
        waiting.put(id, held);
        add(id, message, held);
        waker.wake(id, outbox.loop(), failure -> outbox.execute(() -> settle(id, held, failure)));
    }

    /** What comes for a session that the message makes waits as well, behind it. */
    private void add(String id, ClientMessage message, Deque<Waiting> held) {
        String made = message.kind() == ClientMessage.Kind.FORK_SESSION
                ? ((ClientMessage.ForkSession) message).newSessionId()
                : null;
        if (made != null && waiting != null) {
            waiting.putIfAbsent(made, held);
        }
        held.add(new Waiting(made == null ? id : made, message));
    }

    private void settle(String id, Deque<Waiting> held, Waker.@Nullable Failure failure) {
        if (waiting != null) {
            waiting.values().removeIf(each -> each == held);
        }
        // Should it be asleep again, the first of them wakes it once more, and the others wait behind it.
        for (Waiting each : held) {
            if (failure == null) {
                again.accept(each.message);
            } else {
                refuse(failure, id, each);
            }
        }
    }

    private void refuse(Waker.Failure failure, String id, Waiting waits) {
        String text = "Session " + id + " sleeps and cannot be woken: " + failure.text();
        switch (failure.reason()) {
            case FULL ->
                refuse(ErrorCode.MAX_SESSIONS, text + "; end one, or try again later", waits.id, waits.message);
            case UNAVAILABLE -> refuse(ErrorCode.OVERLOADED, text + "; try again in a moment", waits.id, waits.message);
            case DAMAGED -> refuse(ErrorCode.INTERNAL, text, waits.id, waits.message);
        }
    }

    private void refuse(ErrorCode code, String text, String id, ClientMessage message) {
        refusals.error(code, text, id, message.kind().wireName());
    }
}
