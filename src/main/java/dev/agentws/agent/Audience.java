package dev.agentws.agent;

import dev.agentws.agent.event.PieceKind;
import dev.agentws.agent.event.SessionEvent;
import dev.agentws.agent.event.SessionListener;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who watches a session. One of them may be its driver: the session goes no faster than the driver reads. Confined to the session's
 * loop.
 */
final class Audience {
    private final List<SessionListener> listeners = new ArrayList<>(1);
    private final Pace pace;
    private @Nullable SessionListener driver;
    private boolean paused;

    /** Is told when the driver stops or starts reading. */
    @FunctionalInterface
    interface Pace {
        void changed(boolean paused);
    }

    Audience(Pace pace) {
        this.pace = pace;
    }

    /** The first one to come when there is no driver drives. */
    void add(SessionListener listener) {
        if (!listeners.contains(listener)) {
            listeners.add(listener);
        }
        if (driver == null) {
            driver = listener;
        }
    }

    /** Without its driver the session goes at the model's speed. */
    void remove(SessionListener listener) {
        listeners.remove(listener);
        if (driver == listener) {
            driver = null;
            pause(false);
        }
    }

    /** Hands the wheel to one who listens. */
    void drive(SessionListener next) {
        if (driver != next && listeners.contains(next)) {
            driver = next;
            pause(!next.ready());
        }
    }

    boolean drives(SessionListener listener) {
        return driver == listener;
    }

    /** The listener can, or cannot, take more. */
    void ready(SessionListener listener, boolean ready) {
        if (driver == listener) {
            pause(!ready);
        }
    }

    /** Whether the driver does not read. */
    boolean paused() {
        return paused;
    }

    private void pause(boolean now) {
        if (paused != now) {
            paused = now;
            pace.changed(now);
        }
    }

    void onEvent(long seq, SessionEvent event) {
        for (int i = 0; i < listeners.size(); i++) {
            listeners.get(i).onEvent(seq, event);
        }
    }

    void onPiece(long seq, PieceKind kind, String messageId, ByteBuf bytes, int offset, int length) {
        for (int i = 0; i < listeners.size(); i++) {
            listeners.get(i).onPiece(seq, kind, messageId, bytes, offset, length);
        }
    }

    void clear() {
        listeners.clear();
        driver = null;
    }
}
