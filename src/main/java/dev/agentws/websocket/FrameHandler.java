package dev.agentws.websocket;

import dev.agentws.metrics.LoopCounts;
import dev.agentws.protocol.CloseReason;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Frames to whole messages, and everything about the connection that is not a message: control frames, the closing handshake, pings,
 * the pace of reading. Hands on each text message as one {@link TextWebSocketFrame}. Binary messages are handed on frame by frame: who
 * refuses them need not wait for their end. Confined to the connection's event loop.
 */
final class FrameHandler extends SweptHandler {
    private static final Logger LOG = LoggerFactory.getLogger(FrameHandler.class);

    // Answers that pile up for a client which sends but does not read: above this, its messages wait too.
    private static final int MAX_BACKLOG_BYTES = 256 << 10;
    // The decoder knows the codes that are reserved, but no upper end.
    private static final int MAX_CLOSE_CODE = 4999;
    private static final int CODE_BYTES = 2;

    private final ListenerState listener;
    private final MessageBudget budget;
    private int maxMessageBytes;
    private Phase phase = Phase.OPEN;
    private @Nullable Outbox outbox;
    private boolean counted;
    private boolean held;
    private boolean backlogged;
    private boolean flushNeeded;
    private PingState ping = PingState.NONE;
    private long pingNanos;
    private boolean heardSincePing;
    private @Nullable FragmentedMessage fragments;
    private @Nullable ChannelHandlerContext ctx;
    private final Visit visit;

    FrameHandler(ListenerState listener, HeartbeatSweep sweep, MessageBudget budget, LoopCounts counts) {
        super(sweep);
        this.listener = listener;
        this.budget = budget;
        this.maxMessageBytes = listener.config().messages().maxUnauthenticatedBytes();
        this.visit = new Visit(listener.meters(), counts, nanoTime());
    }

    Visit visit() {
        return visit;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        this.ctx = ctx;
        pingNanos = nanoTime();
        counted = listener.counts().tryUpgrade();
        super.handlerAdded(ctx);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        releaseFragments();
        if (counted) {
            counted = false;
            listener.counts().leaveUpgraded();
        }
        super.handlerRemoved(ctx);
        visit.over(ctx.channel(), nanoTime());
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        if (msg instanceof WebSocketFrame came) {
            visit.received(came.content().readableBytes());
        }
        if ((phase != Phase.OPEN && !(msg instanceof CloseWebSocketFrame)) || !(msg instanceof WebSocketFrame frame)) {
            // After a close frame nothing else counts; and the end of the upgrade request passes here too.
            ReferenceCountUtil.release(msg);
        } else if (msg instanceof TextWebSocketFrame || msg instanceof BinaryWebSocketFrame) {
            first(ctx, frame);
        } else {
            try {
                other(ctx, frame);
            } finally {
                ReferenceCountUtil.release(msg);
            }
        }
        updateBacklog(ctx.channel());
    }

    private void other(ChannelHandlerContext ctx, WebSocketFrame frame) {
        if (frame instanceof CloseWebSocketFrame close) {
            peerCloses(ctx, close);
        } else if (frame instanceof PongWebSocketFrame && ping == PingState.SENT) {
            ping = PingState.NONE;
        } else if (frame instanceof PingWebSocketFrame || frame instanceof PongWebSocketFrame) {
            control(ctx, frame);
        } else {
            next(ctx, frame);
        }
    }

    /** Control frames count like messages: they never reach a message handler, so nothing else would hold a flood of them. */
    private void control(ChannelHandlerContext ctx, WebSocketFrame frame) {
        if (!budget.takeMessage()) {
            close(CloseReason.TOO_MANY_MESSAGES);
        } else if (frame instanceof PingWebSocketFrame && (outbox == null || !outbox.answersLater(frame.content()))) {
            ctx.write(new PongWebSocketFrame(frame.content().retain()), ctx.voidPromise());
            flushNeeded = true;
        }
    }

    private void first(ChannelHandlerContext ctx, WebSocketFrame frame) {
        if (frame.isFinalFragment() || frame instanceof BinaryWebSocketFrame) {
            ctx.fireChannelRead(frame);
            return;
        }
        fragments = new FragmentedMessage(
                ctx.alloc(), maxMessageBytes, listener.config().messages().maxFragments());
        try {
            next(ctx, frame);
        } finally {
            frame.release();
        }
    }

    private void next(ChannelHandlerContext ctx, WebSocketFrame frame) {
        if (fragments == null) {
            // The decoder refuses a continuation of nothing, so this is of a binary message.
            ctx.fireChannelRead(frame.retain());
            return;
        }
        CloseReason refusal = fragments.add(frame);
        if (refusal != null) {
            fail(refusal);
        } else if (frame.isFinalFragment()) {
            TextWebSocketFrame whole = fragments.whole();
            fragments = null;
            ctx.fireChannelRead(whole);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (flushNeeded) {
            flushNeeded = false;
            ctx.flush();
        }
        ctx.fireChannelReadComplete();
    }

    // ---- closing

    /**
     * Sends a close frame after all that has been written, and waits for the peer's. The first reason wins; nothing is read any more.
     */
    void close(CloseReason reason) {
        if (phase == Phase.OPEN && ctx != null) {
            sendClose(ctx, reason);
        }
    }

    /** Control frames come behind what that has begun to write. */
    void behind(Outbox writer) {
        outbox = writer;
    }

    /** Whether the connection is one of those that the cap allows. */
    boolean counted() {
        return counted;
    }

    /**
     * Like {@link #close}, for a peer that can no longer be understood. It may be in the middle of sending: to close the socket under it
     * would reset the connection, and the close frame with the reason would be lost. So only our direction ends, and what still comes
     * is dropped.
     */
    private void fail(CloseReason reason) {
        ChannelHandlerContext current = ctx;
        if (phase != Phase.OPEN || current == null) {
            return;
        }
        sendClose(current, reason).addListener(sent -> OutputEnd.of(current.channel()));
    }

    private ChannelFuture sendClose(ChannelHandlerContext current, CloseReason reason) {
        if (outbox != null) {
            outbox.closing();
        }
        phase = Phase.CLOSING;
        visit.closing(reason.code());
        releaseFragments();
        deadline(listener.config().deadlines().close().toNanos(), current::close);
        ChannelFuture sent = current.writeAndFlush(new CloseWebSocketFrame(reason.code(), reason.text()));
        if (held) {
            // The peer's close frame is wanted, behind whatever else was held.
            release(current);
        }
        return sent;
    }

    private void peerCloses(ChannelHandlerContext ctx, CloseWebSocketFrame frame) {
        if (phase == Phase.CLOSING) {
            phase = Phase.CLOSED;
            ctx.close();
        } else if (phase == Phase.OPEN && frame.statusCode() > MAX_CLOSE_CODE) {
            fail(CloseReason.PROTOCOL_ERROR);
        } else if (phase == Phase.OPEN && frame.content().readableBytes() > CODE_BYTES && !reasonIsText(frame)) {
            fail(CloseReason.INVALID_UTF8);
        } else if (phase == Phase.OPEN) {
            if (outbox != null) {
                outbox.closing();
            }
            phase = Phase.CLOSED;
            releaseFragments();
            deadline(listener.config().deadlines().close().toNanos(), ctx::close);
            int code = frame.statusCode();
            visit.closing(code);
            CloseWebSocketFrame answer = code < 0 ? new CloseWebSocketFrame() : new CloseWebSocketFrame(code, "");
            ctx.writeAndFlush(answer).addListener(ChannelFutureListener.CLOSE);
        }
    }

    // The decoder looks at each byte of the reason but not at whether the last character is whole.
    private static boolean reasonIsText(CloseWebSocketFrame frame) {
        ByteBuf body = frame.content();
        return ByteBufUtil.isText(
                body, body.readerIndex() + CODE_BYTES, body.readableBytes() - CODE_BYTES, StandardCharsets.UTF_8);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof CorruptedWebSocketFrameException corrupted) {
            fail(reasonOf(corrupted.closeStatus()));
        } else if (cause instanceof IOException || cause.getCause() instanceof SSLException) {
            LOG.debug("{}: connection lost", ctx.channel(), cause);
            ctx.close();
        } else {
            LOG.warn("{}: unexpected fault, closing", ctx.channel(), cause);
            fail(CloseReason.INTERNAL_ERROR);
        }
    }

    private static CloseReason reasonOf(WebSocketCloseStatus status) {
        if (status.code() == CloseReason.MESSAGE_TOO_BIG.code()) {
            return CloseReason.MESSAGE_TOO_BIG;
        }
        return status.code() == CloseReason.INVALID_UTF8.code() ? CloseReason.INVALID_UTF8 : CloseReason.PROTOCOL_ERROR;
    }

    @Override
    void goAway() {
        close(CloseReason.GOING_AWAY);
    }

    @Override
    void abort() {
        if (ctx != null) {
            ctx.close();
        }
    }

    // ---- the pulse

    /** Any bytes arrived. */
    void heard() {
        heardSincePing = true;
    }

    @Override
    void sweep(long now) {
        if (phase != Phase.OPEN || ctx == null) {
            return;
        }
        WebSocketConfig.Deadlines deadlines = listener.config().deadlines();
        if (ping == PingState.SENT && heardSincePing) {
            ping = PingState.NONE;
        }
        if (ping == PingState.SENT && now - pingNanos >= deadlines.pong().toNanos() && reads(ctx.channel())) {
            close(CloseReason.PING_TIMEOUT);
        } else if (ping == PingState.NONE
                && (outbox == null || !outbox.midFrame())
                && now - pingNanos >= deadlines.pingInterval().toNanos()) {
            ping(ctx);
        }
    }

    /** Time for the answer runs from when the ping has left: before that, it waits behind frames that a slow peer has yet to read. */
    private void ping(ChannelHandlerContext current) {
        ping = PingState.WRITING;
        pingNanos = nanoTime();
        current.writeAndFlush(new PingWebSocketFrame()).addListener(sent -> {
            ping = PingState.SENT;
            pingNanos = nanoTime();
            heardSincePing = false;
        });
    }

    private static boolean reads(Channel channel) {
        return channel.config().isAutoRead();
    }

    // ---- the pace of reading

    /** Keeps what comes from now on as bytes. */
    void hold() {
        if (ctx != null) {
            ((HoldableFrameDecoder) ctx.pipeline().get(ClientPipeline.FRAME_DECODER)).hold();
            setHeld(true);
        }
    }

    /** Goes on after {@link #hold}, with what came meanwhile first. */
    void resume(int maxMessageBytes) {
        this.maxMessageBytes = maxMessageBytes;
        if (phase == Phase.OPEN && ctx != null) {
            release(ctx);
        }
    }

    private void release(ChannelHandlerContext current) {
        setHeld(false);
        // The one taken out hands its bytes to the one put in.
        current.pipeline()
                .replace(
                        ClientPipeline.FRAME_DECODER,
                        ClientPipeline.FRAME_DECODER,
                        new HoldableFrameDecoder(maxMessageBytes, this));
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        updateBacklog(ctx.channel());
        ctx.fireChannelWritabilityChanged();
    }

    private void updateBacklog(Channel channel) {
        boolean now = backlogged
                ? !channel.isWritable()
                : !channel.isWritable() && channel.bytesBeforeWritable() > MAX_BACKLOG_BYTES;
        if (now != backlogged) {
            backlogged = now;
            updateAutoRead();
        }
    }

    private void setHeld(boolean held) {
        this.held = held;
        updateAutoRead();
    }

    private void updateAutoRead() {
        if (ctx != null) {
            ctx.channel().config().setAutoRead(!held && !backlogged);
        }
    }

    private void releaseFragments() {
        if (fragments != null) {
            fragments.release();
            fragments = null;
        }
    }

    private enum Phase {
        OPEN,
        /** Our close frame is out, the peer's is awaited. */
        CLOSING,
        /** The peer has closed. */
        CLOSED
    }

    private enum PingState {
        NONE,
        WRITING,
        SENT
    }
}
