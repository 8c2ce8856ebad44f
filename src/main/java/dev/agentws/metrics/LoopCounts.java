package dev.agentws.metrics;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * What one event loop counts on its hot path. Only that loop writes, so a count is a plain addition without a locked instruction;
 * anybody may read, and sees a number that was right a moment ago.
 */
public final class LoopCounts {
    private static final VarHandle DELTAS = field("deltas");
    private static final VarHandle DELTA_BYTES = field("deltaBytes");
    private static final VarHandle FRAMES_RECEIVED = field("framesReceived");
    private static final VarHandle FRAMES_SENT = field("framesSent");
    private static final VarHandle BYTES_SENT = field("bytesSent");
    private static final VarHandle PAUSES = field("pauses");

    private long deltas;
    private long deltaBytes;
    private long framesReceived;
    private long framesSent;
    private long bytesSent;
    private long pauses;

    private static VarHandle field(String name) {
        try {
            return MethodHandles.lookup().findVarHandle(LoopCounts.class, name, long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** A delta of the model arrived. */
    public void delta(int bytes) {
        DELTAS.setOpaque(this, deltas + 1);
        DELTA_BYTES.setOpaque(this, deltaBytes + bytes);
    }

    /** A whole frame of a client arrived. */
    public void frameReceived() {
        FRAMES_RECEIVED.setOpaque(this, framesReceived + 1);
    }

    /** Text frames went out to one client, in one write. */
    public void sent(int frames, int bytes) {
        FRAMES_SENT.setOpaque(this, framesSent + frames);
        BYTES_SENT.setOpaque(this, bytesSent + bytes);
    }

    /** A model's stream is no longer read, because the client does not read either. */
    public void paused() {
        PAUSES.setOpaque(this, pauses + 1);
    }

    public long deltas() {
        return (long) DELTAS.getOpaque(this);
    }

    public long deltaBytes() {
        return (long) DELTA_BYTES.getOpaque(this);
    }

    public long framesReceived() {
        return (long) FRAMES_RECEIVED.getOpaque(this);
    }

    public long framesSent() {
        return (long) FRAMES_SENT.getOpaque(this);
    }

    public long bytesSent() {
        return (long) BYTES_SENT.getOpaque(this);
    }

    public long pauses() {
        return (long) PAUSES.getOpaque(this);
    }
}
