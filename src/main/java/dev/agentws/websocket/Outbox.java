package dev.agentws.websocket;

import dev.agentws.protocol.CloseReason;
import dev.agentws.protocol.ErrorCode;
import dev.agentws.protocol.ErrorFrame;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoop;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The only writer of text frames on a connection. Frames are gathered in one pooled buffer, which leaves with one write and one flush
 * at the end of the event loop's round ({@link FlushRound}), whichever sessions they came from. The buffer goes past the frame encoder, because it holds
 * whole frames already; that is right only as long as no extension is negotiated, and none is offered. It is written early once it
 * holds {@link #BATCH} bytes, so that the channel's writability, which is the back-pressure, can see them. A long frame whose text somebody
 * else keeps anyway is copied only as fast as the channel takes it. Confined to the connection's event loop, except for what says otherwise.
 */
public final class Outbox {
    private static final Logger LOG = LoggerFactory.getLogger(Outbox.class);
    /** A whole pong (RFC 6455, section 5.2); what follows is at most 125 bytes long. */
    private static final int PONG = 0x8a;

    /** Bytes that the channel's writability may not know of. */
    static final int BATCH = 16 * 1024;

    private static final int SMALLEST = 512;

    private final Channel channel;
    private final EventLoop loop;
    private final FrameHandler frames;
    private final Visit visit;
    private final FlushRound round;
    private @Nullable ChannelHandlerContext beyondEncoder;
    private @Nullable ByteBuf batch;
    /** What is still to be sent of a long frame; all else waits behind it. */
    private @Nullable ByteBuf rest;
    /** The newest ping that came meanwhile. */
    private byte @Nullable [] ping;
    /** About as much as the last round took, so that the next batch seldom has to grow. */
    private int usual = SMALLEST;

    private boolean dirty;
    private boolean closed;
    /** Frames in the batch. */
    private int gathered;

    /** @param round of the channel's event loop */
    Outbox(Channel channel, FrameHandler frames, FlushRound round) {
        this.channel = channel;
        this.loop = channel.eventLoop();
        this.frames = frames;
        this.visit = frames.visit();
        this.round = round;
        frames.behind(this);
    }

    /** The connection's event loop. Any thread. */
    public EventLoop loop() {
        return loop;
    }

    /** Runs a task on the connection's event loop, later; not at all if the loop has ended, and the connection with it. Any thread. */
    public void execute(Runnable task) {
        try {
            loop.execute(task);
        } catch (RejectedExecutionException e) {
            LOG.debug("{}: a task came after the end of the event loop", channel);
        }
    }

    /** Whether the connection takes more at once. Any thread. */
    public boolean writable() {
        return channel.isWritable();
    }

    /**
     * Makes room for one whole frame, which the caller writes at once. The buffer stays the outbox's.
     *
     * @param bytes the most the frame takes
     */
    public ByteBuf room(int bytes) {
        return room(bytes, 1);
    }

    private ByteBuf room(int bytes, int frameCount) {
        ByteBuf open = batch;
        if (open != null && open.readableBytes() + bytes > BATCH) {
            writeAll();
            open = null;
        }
        if (open == null) {
            // Not much comes behind a frame with which the connection is full.
            open = channel.alloc().directBuffer(writable() ? Math.max(bytes, usual) : bytes);
            batch = open;
            scheduleFlush();
        } else {
            open.ensureWritable(bytes);
        }
        gathered += frameCount;
        return open;
    }

    /** Sends one whole frame that was rendered elsewhere; it is released here in any case. */
    public void frame(ByteBuf rendered) {
        frames(rendered, 1);
    }

    /**
     * Sends whole frames that were rendered elsewhere.
     *
     * @param rendered released here in any case
     * @param count how many they are
     */
    public void frames(ByteBuf rendered, int count) {
        int bytes = rendered.readableBytes();
        if (count == 0) {
            rendered.release();
        } else if (bytes < BATCH) {
            room(bytes, count).writeBytes(rendered);
            rendered.release();
        } else {
            writeAll();
            send(rendered, count);
            scheduleFlush();
        }
    }

    /**
     * Sends one whole frame part by part, each once the channel takes it.
     *
     * @param frame bytes that nobody changes and that need no release
     */
    public void longFrame(ByteBuf frame) {
        writeAll();
        rest = frame;
        goOn();
    }

    /** The channel may take more: goes on with a frame of which not all could be sent. */
    void goOn() {
        while (rest != null && writable()) {
            part(rest);
        }
    }

    private void part(ByteBuf frame) {
        int bytes = Math.min(BATCH, frame.readableBytes());
        ByteBuf out = channel.alloc().directBuffer(bytes).writeBytes(frame, bytes);
        boolean last = !frame.isReadable();
        if (last) {
            rest = null;
        }
        send(out, last ? 1 : 0);
        byte[] asked = ping;
        if (last && asked != null) {
            ping = null;
            send(
                    channel.alloc()
                            .directBuffer()
                            .writeByte(PONG)
                            .writeByte(asked.length)
                            .writeBytes(asked),
                    0);
        }
        scheduleFlush();
    }

    /**
     * Whether a ping is answered once a long frame has gone: nothing may come in its midst, a peer that does not read must not have all of it
     * copied by asking, and of several pings the newest is enough (RFC 6455, section 5.5.3).
     */
    boolean answersLater(ByteBuf payload) {
        if (rest == null) {
            return false;
        }
        ping = ByteBufUtil.getBytes(payload);
        return true;
    }

    /** Whether a frame has begun of which not all has been sent. */
    boolean midFrame() {
        return rest != null;
    }

    /**
     * Sends one text frame. Nothing is sent once the connection is closing: the peer would not look at it.
     *
     * @param json valid UTF-8; released here in any case
     */
    public void text(ByteBuf json) {
        int bytes = json.readableBytes();
        ByteBuf out = room(bytes + FrameWriter.MAX_HEADER);
        FrameWriter.header(out, bytes);
        out.writeBytes(json);
        json.release();
    }

    /**
     * Sends an {@code error} frame that is as retryable as its code usually is.
     *
     * @param sessionId the session it is about, or null
     * @param requestType the {@code type} of the message it answers, or null
     * @param retryAfterMs how long to wait before the next try, or null
     */
    public void error(
            ErrorCode code,
            String message,
            @Nullable String sessionId,
            @Nullable String requestType,
            @Nullable Long retryAfterMs) {
        error(new ErrorFrame(code, message, sessionId, requestType, code.retryable(), retryAfterMs));
    }

    /** Sends an {@code error} frame. */
    public void error(ErrorFrame error) {
        text(error.encode(channel.alloc()));
    }

    /** Closes the connection after what has been written; waits a few seconds for the peer to do the same. Later calls do nothing. */
    public void close(CloseReason reason) {
        frames.close(reason);
    }

    private void scheduleFlush() {
        if (!dirty) {
            dirty = true;
            round.add(this);
        }
    }

    /** Sends what has been gathered. Called by the round. */
    void flush() {
        dirty = false;
        if (rest == null || !channel.isActive()) {
            writeAll();
        }
        ChannelHandlerContext context = beyondEncoder;
        if (context != null) {
            // The handlers behind it have nothing to flush, and to pass by them all is a part of a delta's price.
            context.flush();
        }
    }

    /** A close frame is next, and nothing behind it. */
    void closing() {
        writeAll();
        closed = true;
    }

    /** Hands all there is to the channel, without a flush; before the batch the rest of a long frame, however slow the peer is. */
    void writeAll() {
        if (!channel.isActive()) {
            rest = null;
        }
        while (rest != null) {
            part(rest);
        }
        ByteBuf full = batch;
        if (full != null) {
            batch = null;
            int bytes = full.readableBytes();
            usual = Math.max(SMALLEST, Math.min(BATCH, Integer.highestOneBit(bytes) << 1));
            int count = gathered;
            gathered = 0;
            send(full, count);
        }
    }

    private void send(ByteBuf bytes, int count) {
        if (closed || !channel.isActive()) {
            bytes.release();
            return;
        }
        ChannelHandlerContext context = beyondEncoder;
        if (context == null) {
            // A write on the encoder's own context begins at the handler before it: TLS, or the socket.
            context = channel.pipeline().context(ClientPipeline.FRAME_ENCODER);
            beyondEncoder = context;
        }
        visit.sent(count, bytes.readableBytes());
        context.write(bytes, context.voidPromise());
    }
}
