package dev.agentws.websocket;

import dev.agentws.agent.Session;
import dev.agentws.agent.event.EscapedText;
import dev.agentws.agent.event.LogReader;
import dev.agentws.agent.event.PieceKind;
import dev.agentws.agent.event.SessionEvent;
import dev.agentws.agent.event.SessionEvent.PermissionAsked;
import dev.agentws.agent.event.SessionEvent.PermissionRequest;
import dev.agentws.agent.event.SessionListener;
import dev.agentws.websocket.FrameWriter.Mark;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;

/**
 * One connection's view of one session. As long as it is up to date and on the session's loop, events go straight into the outbox.
 * Otherwise it reads them from the session's log, a batch at a time, whenever the connection can take one: so a slow or late reader
 * costs no memory, and what it gets is the same. Confined to the session's loop.
 */
final class Subscription implements SessionListener {
    private static final int BATCH = 16 * 1024;

    private final Session session;
    private final Outbox outbox;
    private final FrameWriter frames;
    /** The number of the last event handed to the outbox. */
    private long shown;
    /** Up to this number events are marked as replayed. */
    private long replayedTo;
    /** A batch is on its way to the connection's loop. */
    private boolean underway;

    /** Made once, because a stream that a slow client pauses and resumes goes through it all the time. */
    private final Runnable followWritability = this::followWritability;

    private boolean attached;
    private boolean left;
    private final Consumer<Subscription> forget;

    /** @param forget called on the connection's loop once the session has ended */
    Subscription(Session session, Outbox outbox, Consumer<Subscription> forget) {
        this.session = session;
        this.outbox = outbox;
        this.frames = new FrameWriter(session.id());
        this.forget = forget;
    }

    /** It has been listening since the session's first event. */
    void began() {
        attached = true;
    }

    /** Listens from now on, if it does not yet. */
    void attach() {
        if (!attached && !left) {
            attached = true;
            shown = session.lastSeq();
            session.listen(this);
        }
    }

    Session session() {
        return session;
    }

    /** Starts again after {@code afterSeq}, as the client asked: first what was missed, then live. */
    void replay(long afterSeq) {
        attach();
        long last = session.lastSeq();
        long first = session.firstSeq();
        boolean gap = afterSeq > last || afterSeq + 1 < first;
        shown = afterSeq > last ? last : Math.max(afterSeq, first - 1);
        replayedTo = last;
        ByteBuf batch = ByteBufAllocator.DEFAULT.directBuffer(512);
        Replies.subscribed(batch, session, afterSeq, shown + 1, gap);
        List<PermissionRequest> open = session.openQuestions();
        for (PermissionRequest each : open) {
            askAgain(batch, each);
        }
        deliver(batch, 1 + open.size());
        pump();
    }

    /** A question that the client has seen already is shown again, because it still waits for an answer. */
    private void askAgain(ByteBuf batch, PermissionRequest open) {
        session.read(0, new LogReader() {
            @Override
            public void onEvent(long seq, SessionEvent event) {
                if (seq <= shown
                        && event instanceof PermissionAsked asked
                        && asked.request().requestId().equals(open.requestId())) {
                    frames.event(batch, seq, event, true);
                }
            }

            @Override
            public void onPieces(long seq, PieceKind kind, String messageId, EscapedText text, int from, int length) {
                // only questions are looked for
            }

            @Override
            public boolean merged() {
                return true;
            }

            @Override
            public boolean wantsMore() {
                return true;
            }
        });
    }

    @Override
    public void onEvent(long seq, SessionEvent event) {
        if (direct(seq)) {
            shown = seq;
            ByteBuf batch = ByteBufAllocator.DEFAULT.directBuffer(512);
            frames.event(batch, seq, event, false);
            outbox.frame(batch);
        } else {
            pump();
        }
        forgetIfOver();
    }

    /** Nothing follows the end of a session; until that has been shown, the connection's writability still matters. */
    private void forgetIfOver() {
        if (session.ended() && shown >= session.lastSeq()) {
            outbox.execute(() -> forget.accept(this));
        }
    }

    @Override
    public void onPiece(long seq, PieceKind kind, String messageId, ByteBuf bytes, int offset, int length) {
        if (direct(seq)) {
            shown = seq;
            ByteBuf batch = outbox.room(frames.pieceRoom(kind, messageId, length));
            frames.piece(batch, kind, messageId, bytes, offset, length, seq);
        } else {
            pump();
        }
    }

    /** The driver's pieces go straight on even when it is slow: the model is paused then, so little more comes. */
    private boolean direct(long seq) {
        return shown == seq - 1
                && !underway
                && session.loop() == outbox.loop()
                && (outbox.writable() || session.drives(this));
    }

    @Override
    public boolean ready() {
        return outbox.writable();
    }

    /** The connection can, or cannot, take more. On the connection's loop. */
    void writabilityChanged() {
        session.execute(followWritability);
    }

    private void followWritability() {
        session.ready(this, outbox.writable());
        pump();
    }

    /** Reads on in the log as long as the connection takes it. */
    private void pump() {
        if (left || underway || shown >= session.lastSeq() || !outbox.writable()) {
            return;
        }
        if (shown + 1 < session.firstSeq()) {
            tellGap();
        }
        ByteBuf batch = ByteBufAllocator.DEFAULT.directBuffer(BATCH);
        Batch rendered = new Batch(batch);
        try {
            shown = session.read(shown, rendered);
        } catch (RuntimeException e) {
            batch.release();
            throw e;
        }
        underway = true;
        if (!deliver(batch, rendered.count)) {
            underway = false;
        }
    }

    /** The log has lost what comes next: the reader is told, and goes on with the oldest there is. */
    private void tellGap() {
        long after = shown;
        shown = session.firstSeq() - 1;
        ByteBuf notice = ByteBufAllocator.DEFAULT.directBuffer(256);
        Replies.subscribed(notice, session, after, shown + 1, true);
        deliver(notice, 1);
    }

    /** Passes frames to the connection's loop, in order, and reads on once they have arrived there. */
    private boolean deliver(ByteBuf batch, int count) {
        Runnable arrive = () -> {
            outbox.frames(batch, count);
            outbox.execute(() -> session.execute(this::arrived));
        };
        if (outbox.loop().inEventLoop()) {
            arrive.run();
            return true;
        }
        try {
            outbox.loop().execute(arrive);
            return true;
        } catch (RejectedExecutionException e) {
            batch.release();
            return false;
        }
    }

    private void arrived() {
        underway = false;
        pump();
        forgetIfOver();
    }

    /** No more frames. */
    void leave() {
        left = true;
        session.leave(this);
    }

    /** Renders log entries into one batch. */
    private final class Batch implements LogReader {
        private final ByteBuf out;
        private long last = shown;
        private int count;

        Batch(ByteBuf out) {
            this.out = out;
        }

        @Override
        public void onEvent(long seq, SessionEvent event) {
            frames.event(out, seq, event, seq <= replayedTo);
            last = seq;
            count++;
        }

        @Override
        public void onPieces(long seq, PieceKind kind, String messageId, EscapedText text, int from, int length) {
            frames.stored(out, kind, messageId, text, from, length, new Mark(seq, merged()));
            last = seq;
            count++;
        }

        @Override
        public boolean merged() {
            return last < replayedTo;
        }

        @Override
        public boolean wantsMore() {
            return out.readableBytes() < BATCH;
        }
    }
}
