package dev.agentws.websocket.session;

import dev.agentws.agent.OpenQuestion;
import dev.agentws.agent.Session;
import dev.agentws.agent.SessionServices.Workers;
import dev.agentws.agent.Story;
import dev.agentws.agent.event.LogReader;
import dev.agentws.agent.event.PieceKind;
import dev.agentws.agent.event.SessionEvent;
import dev.agentws.agent.event.SessionEvent.PermissionAsked;
import dev.agentws.agent.event.SessionListener;
import dev.agentws.agent.record.StoredFrames;
import dev.agentws.websocket.FrameWriter;
import dev.agentws.websocket.Outbox;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One connection's view of one session. As long as it is up to date and on the session's loop, events go straight into the outbox.
 * Otherwise it reads them from the session's log, a batch at a time, whenever the connection can take one: so a slow or late reader
 * costs no memory, and what it gets is the same. Confined to the session's loop.
 */
final class Subscription implements SessionListener {
    private static final int BATCH = 16 * 1024;

    private final Session session;
    private final Story story;
    private final Workers workers;
    private final Outbox outbox;
    private final FrameWriter frames;
    /** The number of the last event handed to the outbox. */
    private long shown;
    /** Up to this number events are marked as replayed. */
    private long replayedTo;
    /** A batch is on its way to the connection's loop. */
    private boolean underway;
    /** A stretch of the past is on its way here. */
    private boolean reading;
    /** A stretch of the past that is being shown. */
    private @Nullable StoredFrames earlier;

    /** Made once, because a stream that a slow client pauses and resumes goes through it all the time. */
    private final Runnable readOnAgain = this::pump;

    /** After which numbers the client wants to go on, once it is certain what follows them. */
    private final Deque<Long> asked = new ArrayDeque<>(0);

    private boolean attached;
    private boolean left;
    private @Nullable Lost lost;
    private final Consumer<Subscription> forget;

    /**
     * How far a view came before another node took the session over.
     *
     * @param asked after which numbers the client wants to go on, and has not been answered
     */
    record Lost(long shown, List<Long> asked) {}

    /**
     * @param workers where the past is read
     * @param forget called on the connection's loop once the session has ended
     */
    Subscription(Session session, Workers workers, Outbox outbox, Consumer<Subscription> forget) {
        this.session = session;
        this.story = session.story();
        this.workers = workers;
        this.outbox = outbox;
        this.frames = new FrameWriter(session.id());
        this.forget = forget;
    }

    /** It has been listening since the session's first event. */
    void began() {
        attached = true;
    }

    /** It will listen from the next event on. */
    void begins() {
        attached = true;
        shown = story.lastSeq();
    }

    /** Listens from now on, if it does not yet. */
    void attach() {
        if (!attached && !left) {
            attached = true;
            shown = story.lastSeq();
            story.listen(this);
        }
    }

    Session session() {
        return session;
    }

    /** Goes on where another view of this client ended. */
    void goOn(long from) {
        if (!attached && !left) {
            attached = true;
            shown = from;
            replayedTo = from;
            story.listen(this);
            pump();
        }
    }

    @Override
    public void onLost() {
        leave();
        Lost here = new Lost(shown, List.copyOf(asked));
        outbox.execute(() -> {
            lost = here;
            forget.accept(this);
        });
    }

    /** How far it came before another node took the session over; null if that was not why it ended. On the connection's loop. */
    @Nullable
    Lost lost() {
        return lost;
    }

    /**
     * Starts again after {@code afterSeq}, as the client asked: first what was missed, then live. If that is later than all we know, it may
     * be there all the same: written, without our knowing it yet, or by another node that took the session over.
     */
    void replay(long afterSeq) {
        attach();
        if (asked.isEmpty() && afterSeq <= story.lastSeq()) {
            start(afterSeq);
        } else {
            asked.add(afterSeq);
            story.whenSafe(this::startOldest, this::startOldest);
        }
    }

    private void startOldest() {
        Long oldest = asked.poll();
        if (!left && oldest != null) {
            start(oldest);
        }
    }

    private void start(long afterSeq) {
        earlier = null;
        shown = story.goOnAfter(afterSeq);
        replayedTo = story.lastSeq();
        ByteBuf batch = PooledByteBufAllocator.DEFAULT.directBuffer(512);
        Replies.subscribed(batch, session, afterSeq, shown + 1, shown != afterSeq);
        int questions = 0;
        for (OpenQuestion open : session.openQuestions()) {
            if (open.seq() <= shown) {
                // The client has seen it already, but it still waits for an answer.
                frames.event(batch, open.seq(), new PermissionAsked(open.request()), true);
                questions++;
            }
        }
        deliver(batch, 1 + questions);
        pump();
    }

    @Override
    public void onEvent(long seq, SessionEvent event) {
        if (direct(seq)) {
            shown = seq;
            ByteBuf longFrame = frames.byReference(seq, event, false);
            if (longFrame == null) {
                ByteBuf batch = PooledByteBufAllocator.DEFAULT.directBuffer(512);
                frames.event(batch, seq, event, false);
                outbox.frame(batch);
            } else {
                outbox.longFrame(longFrame);
            }
        } else {
            pump();
        }
        forgetIfOver();
    }

    @Override
    public void committed() {
        pump();
        forgetIfOver();
    }

    /** Nothing follows the end of a session; until that has been shown, the connection's writability still matters. */
    private void forgetIfOver() {
        if (session.ended() && shown >= story.lastNumber()) {
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

    private boolean direct(long seq) {
        return shown == seq - 1 && !underway && outbox.loop().inEventLoop() && outbox.writable();
    }

    /** A driver who has fallen behind catches up before its turn goes on. */
    @Override
    public boolean ready() {
        return outbox.writable() && shown >= story.lastSeq();
    }

    /** The connection can, or cannot, take more. On the connection's loop. */
    void writabilityChanged() {
        session.execute(readOnAgain);
    }

    /** Reads on, and lets the turn that it drives know. */
    private void pump() {
        readOn();
        story.ready(this, ready(), shown);
    }

    /** Reads on in the log, or before that in the book, as long as the connection takes it. */
    private void readOn() {
        if (!attached
                || left
                || underway
                || reading
                || !asked.isEmpty()
                || shown >= story.lastSeq()
                || !outbox.writable()) {
            return;
        }
        if (shown + 1 >= story.heldFrom()) {
            earlier = null;
            send(story::read);
        } else if (earlier != null && earlier.lastSeq() > shown) {
            long next = earlier.nextSeq(shown);
            if (shown + 1 < next) {
                tellGap(next);
                readOn();
            } else {
                send(earlier::show);
            }
        } else if (story.firstSeq() <= shown + 1) {
            reading = true;
            long after = shown;
            story.readEarlier(after, workers, stretch -> found(after, stretch));
        } else {
            tellGap(story.heldFrom());
            readOn();
        }
    }

    /** A stretch of the past is here, or cannot be had. */
    private void found(long after, @Nullable StoredFrames stretch) {
        reading = false;
        // Meanwhile the client may have asked for something else, and this says nothing about what that is.
        if (after == shown) {
            earlier = stretch;
            boolean useless = stretch == null || stretch.lastSeq() <= shown;
            if (!left && useless && shown + 1 < story.heldFrom()) {
                tellGap(story.heldFrom());
            }
        }
        pump();
    }

    /**
     * Shows one event again, beside the order of the others, to a client that asks for something that is done.
     *
     * @param lost called when it is not kept any more
     */
    void showAgain(long seq, Runnable lost) {
        if (seq > shown) {
            // It is still to come.
            pump();
        } else if (seq >= story.heldFrom()) {
            again(seq, story::read);
        } else {
            story.readEarlier(seq - 1, workers, stretch -> {
                if (stretch == null || !again(seq, stretch::show)) {
                    lost.run();
                }
            });
        }
    }

    private boolean again(long seq, Source source) {
        ByteBuf out = PooledByteBufAllocator.DEFAULT.directBuffer(512);
        FrameBatch one = new FrameBatch(frames, out, seq - 1, seq, 1);
        boolean found = source.show(seq - 1, one) >= seq;
        deliver(out, one.count(), one.longFrame());
        return found;
    }

    /** Where events are read from. */
    @FunctionalInterface
    private interface Source {
        long show(long afterSeq, LogReader reader);
    }

    private void send(Source source) {
        ByteBuf batch = PooledByteBufAllocator.DEFAULT.directBuffer(BATCH);
        FrameBatch rendered = new FrameBatch(frames, batch, shown, replayedTo, BATCH);
        try {
            shown = source.show(shown, rendered);
        } catch (RuntimeException e) {
            batch.release();
            throw e;
        }
        underway = true;
        if (!deliver(batch, rendered.count(), rendered.longFrame())) {
            underway = false;
        }
    }

    /** What comes next is lost: the reader is told, and goes on with the oldest there is. */
    private void tellGap(long next) {
        long after = shown;
        shown = next - 1;
        ByteBuf notice = PooledByteBufAllocator.DEFAULT.directBuffer(256);
        Replies.subscribed(notice, session, after, shown + 1, true);
        deliver(notice, 1);
    }

    private void deliver(ByteBuf batch, int count) {
        deliver(batch, count, null);
    }

    /** Passes frames to the connection's loop, in order, and reads on once they have arrived there. */
    private boolean deliver(ByteBuf batch, int count, @Nullable ByteBuf longFrame) {
        Runnable arrive = () -> {
            outbox.frames(batch, count);
            if (longFrame != null) {
                outbox.longFrame(longFrame);
            }
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

    /** The session was over before its first message came there, so that one goes elsewhere, and this view is none. */
    void tooLate() {
        if (!attached) {
            left = true;
            outbox.execute(() -> forget.accept(this));
        }
    }

    /** No more frames. */
    void leave() {
        left = true;
        story.leave(this);
    }
}
