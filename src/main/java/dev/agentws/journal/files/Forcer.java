package dev.agentws.journal.files;

import java.io.IOException;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings written logs to the disk behind the writers' backs, at most once per interval. Its thread sleeps while nothing is written. */
final class Forcer {
    private static final Logger LOG = LoggerFactory.getLogger(Forcer.class);

    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(work -> {
        Thread created = new Thread(work, "agentws-journal-force");
        created.setDaemon(true);
        return created;
    });
    private final Queue<LogFile> dirty = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean scheduled = new AtomicBoolean();
    private final Duration interval;

    Forcer(Duration interval) {
        this.interval = interval;
    }

    /** The file has new bytes. */
    void written(LogFile file) {
        if (!file.markDirty()) {
            return;
        }
        dirty.add(file);
        if (scheduled.compareAndSet(false, true)) {
            try {
                thread.schedule(this::round, interval.toNanos(), TimeUnit.NANOSECONDS);
            } catch (RejectedExecutionException e) {
                LOG.debug("closing: the writer brings the rest to the disk", e);
            }
        }
    }

    private void round() {
        scheduled.set(false);
        for (LogFile file = dirty.poll(); file != null; file = dirty.poll()) {
            try {
                file.force();
            } catch (IOException e) {
                // The file remembers it, and its writer then looks for another place for what is in it.
                LOG.error("{}: the disk did not take what was written", file.path(), e);
            }
        }
    }

    void close() {
        thread.shutdownNow();
    }
}
