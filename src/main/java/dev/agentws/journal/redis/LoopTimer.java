package dev.agentws.journal.redis;

import io.netty.channel.EventLoopGroup;
import io.netty.util.Timeout;
import io.netty.util.Timer;
import io.netty.util.TimerTask;
import io.netty.util.concurrent.Future;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lettuce's timer on our event loops, instead of a thread of its own. */
final class LoopTimer implements Timer {
    private static final Logger LOG = LoggerFactory.getLogger(LoopTimer.class);

    private final EventLoopGroup loops;

    LoopTimer(EventLoopGroup loops) {
        this.loops = loops;
    }

    @Override
    public Timeout newTimeout(TimerTask task, long delay, TimeUnit unit) {
        Scheduled timeout = new Scheduled(task);
        timeout.future = loops.next().schedule(() -> run(timeout), delay, unit);
        return timeout;
    }

    private static void run(Scheduled timeout) {
        timeout.expired = true;
        try {
            timeout.task.run(timeout);
        } catch (Exception e) {
            LOG.warn("a timer of the Redis client failed", e);
        }
    }

    /** The loops are not ours. */
    @Override
    public Set<Timeout> stop() {
        return Set.of();
    }

    private final class Scheduled implements Timeout {
        private final TimerTask task;
        private volatile @Nullable Future<?> future;
        private volatile boolean expired;

        Scheduled(TimerTask task) {
            this.task = task;
        }

        @Override
        public Timer timer() {
            return LoopTimer.this;
        }

        @Override
        public TimerTask task() {
            return task;
        }

        @Override
        public boolean isExpired() {
            return expired;
        }

        @Override
        public boolean isCancelled() {
            Future<?> current = future;
            return current != null && current.isCancelled();
        }

        @Override
        public boolean cancel() {
            Future<?> current = future;
            return current != null && current.cancel(false);
        }
    }
}
