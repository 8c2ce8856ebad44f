package dev.agentws.journal;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/** The count behind {@link Pressure}, for implementations of a journal. Thread-safe. */
public final class PendingBytes implements Pressure {
    /** Producers that were told to stop may still hand over what they have; those who never listen are cut off here. */
    private static final int CUT_OFF = 4;

    /** What an entry costs besides its JSON. */
    private static final int ENTRY_OVERHEAD = 96;

    private final long mark;
    private final AtomicLong pending = new AtomicLong();
    private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();

    /** @param mark bytes from which on producers are told to stop */
    public PendingBytes(long mark) {
        this.mark = mark;
    }

    /** What the batch costs while it waits. */
    public static long cost(List<Entry> batch) {
        long bytes = 0;
        for (int i = 0; i < batch.size(); i++) {
            bytes += batch.get(i).json().length + ENTRY_OVERHEAD;
        }
        return bytes;
    }

    /** @return false, and nothing is counted, when far more waits than may; what comes when nothing waits is never too much */
    public boolean add(long bytes) {
        long waits = pending.addAndGet(bytes);
        if (waits > CUT_OFF * mark && waits > bytes) {
            remove(bytes);
            return false;
        }
        return true;
    }

    public void remove(long bytes) {
        if (pending.addAndGet(-bytes) <= mark / 2) {
            wake();
        }
    }

    @Override
    public boolean writable() {
        return pending.get() < mark;
    }

    @Override
    public void whenWritable(Runnable task) {
        waiting.add(task);
        if (pending.get() <= mark / 2) {
            wake();
        }
    }

    @Override
    public long pendingBytes() {
        return pending.get();
    }

    private void wake() {
        for (Runnable task = waiting.poll(); task != null; task = waiting.poll()) {
            task.run();
        }
    }
}
