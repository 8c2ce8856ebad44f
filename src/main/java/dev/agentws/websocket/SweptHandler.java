package dev.agentws.websocket;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import org.jspecify.annotations.Nullable;

/**
 * The handler of a connection that has deadlines: one at a time, plus what the subclass looks at in each sweep. Confined to the
 * connection's event loop. It is part of the {@link HeartbeatSweep} while it is in the pipeline.
 */
abstract class SweptHandler extends ChannelInboundHandlerAdapter {
    /** Where the sweep keeps this handler; the sweep's business only. */
    int slot = HeartbeatSweep.NOT_SWEPT;

    private final HeartbeatSweep sweep;
    private long deadlineNanos;
    private @Nullable Runnable onDeadline;

    SweptHandler(HeartbeatSweep sweep) {
        this.sweep = sweep;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        sweep.add(this);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        sweep.remove(this);
    }

    /** Ends the connection in a way its peer understands, because the server goes. */
    abstract void goAway();

    /** Ends the connection at once. */
    abstract void abort();

    /** Looks at what else is due. */
    abstract void sweep(long nowNanos);

    final void sweepAll(long nowNanos) {
        Runnable due = onDeadline;
        if (due != null && nowNanos - deadlineNanos >= 0) {
            onDeadline = null;
            due.run();
        } else {
            sweep(nowNanos);
        }
    }

    /** Runs the action once the time has passed, unless another deadline is set or this one is cleared before. */
    final void deadline(long afterNanos, Runnable action) {
        deadlineNanos = nanoTime() + afterNanos;
        onDeadline = action;
    }

    final void clearDeadline() {
        onDeadline = null;
    }

    final long nanoTime() {
        return sweep.nanoTime();
    }
}
