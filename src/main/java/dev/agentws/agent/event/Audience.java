package dev.agentws.agent.event;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Who listens to a session. Confined to its loop, except for what says otherwise. */
public final class Audience {
    private final List<SessionListener> all = new ArrayList<>(1);
    /** The one who listens, if it is just one, as nearly always: pieces go to it without a look into the list. */
    private @Nullable SessionListener only;

    private volatile boolean present;
    private boolean lost;

    /** From the next event on; whoever comes after the session was {@link #lost} is told so at once. */
    public void add(SessionListener listener) {
        if (lost) {
            listener.onLost();
        } else if (!all.contains(listener)) {
            all.add(listener);
            counted();
        }
    }

    public void remove(SessionListener listener) {
        all.remove(listener);
        counted();
    }

    public void clear() {
        all.clear();
        counted();
    }

    private void counted() {
        present = !all.isEmpty();
        only = all.size() == 1 ? all.get(0) : null;
    }

    public boolean has(SessionListener listener) {
        return all.contains(listener);
    }

    /** Whether anybody listens. Any thread. */
    public boolean present() {
        return present;
    }

    /** See {@link SessionListener#onEvent}. */
    public void event(long seq, SessionEvent event) {
        for (int i = 0; i < all.size(); i++) {
            all.get(i).onEvent(seq, event);
        }
    }

    /** See {@link SessionListener#onPiece}. */
    public void piece(long seq, PieceKind kind, String messageId, ByteBuf bytes, int offset, int length) {
        SessionListener sole = only;
        if (sole != null) {
            sole.onPiece(seq, kind, messageId, bytes, offset, length);
            return;
        }
        for (int i = 0; i < all.size(); i++) {
            all.get(i).onPiece(seq, kind, messageId, bytes, offset, length);
        }
    }

    /** See {@link SessionListener#committed}. */
    public void committed() {
        for (int i = 0; i < all.size(); i++) {
            all.get(i).committed();
        }
    }

    /** Another process carries the session on: whoever listens, or comes late, has to look there. */
    public void lost() {
        lost = true;
        List.copyOf(all).forEach(SessionListener::onLost);
    }
}
