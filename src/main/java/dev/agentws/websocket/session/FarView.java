package dev.agentws.websocket.session;

import com.fasterxml.jackson.databind.JsonNode;
import dev.agentws.agent.event.SessionEvent;
import dev.agentws.agent.record.StoredFrames;
import dev.agentws.cluster.ClusterNode;
import dev.agentws.cluster.ClusterNode.Stretch;
import dev.agentws.journal.Cluster;
import dev.agentws.websocket.FrameWriter;
import dev.agentws.websocket.Outbox;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One connection's view of a session that another node carries on: what it shows is read from the journal, a stretch at a time and only
 * while the connection takes more. So it has only what is committed, and a slow reader costs nobody anything. Confined to the
 * connection's loop.
 */
final class FarView {
    private static final int BATCH = 16 * 1024;
    private static final long AGAIN_MS = 200;

    private final String sessionId;
    private final ClusterNode node;
    private final Outbox outbox;
    private final FrameWriter frames;
    private final Consumer<FarView> over;
    private final Cluster.Watch watch;
    private final AtomicBoolean hinted = new AtomicBoolean();
    /** The number of the last event handed to the outbox. */
    private long shown;
    /** Up to this number events are marked as shown again. */
    private long replayedTo;

    private String status = "idle";
    private @Nullable StoredFrames stretch;
    private boolean underway;
    private boolean more = true;
    private boolean closed;

    /**
     * @param shown the number of the last event that the client has
     * @param over called when there is nothing more to come
     */
    FarView(String sessionId, ClusterNode node, Outbox outbox, long shown, Consumer<FarView> over) {
        this.sessionId = sessionId;
        this.node = node;
        this.outbox = outbox;
        this.frames = new FrameWriter(sessionId);
        this.shown = shown;
        this.replayedTo = shown;
        this.over = over;
        this.watch = node.watch(sessionId, this::hint);
    }

    /** On any thread. */
    private void hint() {
        if (hinted.compareAndSet(false, true)) {
            outbox.execute(() -> {
                hinted.set(false);
                more = true;
                pump();
            });
        }
    }

    /** The number of the last event that was shown. */
    long shown() {
        return shown;
    }

    /** Starts again after {@code afterSeq}. */
    void replay(long afterSeq, JsonNode outcome) {
        long last = outcome.path("last").asLong();
        status = outcome.path("status").asText();
        stretch = null;
        shown = outcome.path("go_on_after").asLong();
        replayedTo = last;
        tell(afterSeq, last, shown != afterSeq);
        for (JsonNode asked : outcome.path("asked")) {
            ByteBuf frame = PooledByteBufAllocator.DEFAULT.directBuffer(512);
            byte[] json = asked.toString().getBytes(StandardCharsets.UTF_8);
            frames.event(frame, 0, new SessionEvent.Stored(json), true);
            outbox.frame(frame);
        }
        more = true;
        pump();
    }

    private void tell(long afterSeq, long last, boolean gap) {
        ByteBuf notice = PooledByteBufAllocator.DEFAULT.directBuffer(256);
        Replies.subscribed(notice, sessionId, new Replies.Place(afterSeq, shown + 1, last, gap, status));
        outbox.frame(notice);
    }

    /** Shows one event again, beside the order of the others; does nothing if it is still to come. */
    void showAgain(long seq, Runnable lost) {
        if (seq > shown) {
            return;
        }
        node.read(
                sessionId,
                seq - 1,
                found -> outbox.execute(() -> {
                    ByteBuf out = PooledByteBufAllocator.DEFAULT.directBuffer(512);
                    FrameBatch one = new FrameBatch(frames, out, seq - 1, seq, 1);
                    if (found == null || found.frames().show(seq - 1, one) < seq) {
                        out.release();
                        lost.run();
                    } else {
                        outbox.frames(out, one.count());
                    }
                }));
    }

    void writabilityChanged() {
        pump();
    }

    private void pump() {
        while (!closed && !underway && outbox.writable()) {
            StoredFrames known = stretch;
            if (known != null && known.lastSeq() > shown) {
                long next = known.nextSeq(shown);
                if (next > shown + 1) {
                    tellGap(next - 1, Math.max(next - 1, known.lastSeq()));
                } else {
                    show(known);
                }
            } else if (more) {
                stretch = null;
                more = false;
                underway = true;
                long after = shown;
                node.read(sessionId, after, found -> outbox.execute(() -> found(after, found)));
            } else {
                return;
            }
        }
    }

    private void show(StoredFrames known) {
        ByteBuf out = PooledByteBufAllocator.DEFAULT.directBuffer(BATCH);
        FrameBatch batch = new FrameBatch(frames, out, shown, replayedTo, BATCH);
        shown = known.show(shown, batch);
        outbox.frames(out, batch.count());
        if (batch.ended()) {
            finish();
        }
    }

    private void found(long after, @Nullable Stretch found) {
        underway = false;
        if (closed) {
            return;
        }
        if (found == null) {
            outbox.loop()
                    .schedule(
                            () -> {
                                more = true;
                                pump();
                            },
                            AGAIN_MS,
                            TimeUnit.MILLISECONDS);
        } else if (after != shown) {
            // Meanwhile the client asked for something else.
            more = true;
            pump();
        } else if (found.gone()) {
            tell(shown, shown, true);
            finish();
        } else if (found.frames().lastSeq() > 0) {
            stretch = found.frames();
            more = true;
            pump();
        } else {
            if (found.lastSeq() < shown) {
                // Redis lost what the client has seen already. What comes next has numbers that are not taken.
                tellGap(found.lastSeq(), found.lastSeq());
            }
            pump();
        }
    }

    /** What came after the last event that was shown is lost, or that one itself: the client goes on after {@code to}. */
    private void tellGap(long to, long last) {
        long missed = shown;
        shown = to;
        tell(missed, last, true);
    }

    private void finish() {
        close();
        over.accept(this);
    }

    /** No more frames. */
    void close() {
        closed = true;
        watch.close();
    }
}
