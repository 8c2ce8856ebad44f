package dev.agentws.journal.redis;

import io.lettuce.core.resource.EventLoopGroupProvider;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.EventExecutorGroup;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.util.concurrent.TimeUnit;

/** Makes Lettuce run on event loops that belong to somebody else. It never shuts them down. */
final class OurLoops implements EventLoopGroupProvider {
    private final EventLoopGroup loops;
    private final int threads;

    OurLoops(EventLoopGroup loops, int threads) {
        this.loops = loops;
        this.threads = threads;
    }

    @Override
    public <T extends EventLoopGroup> T allocate(Class<T> type) {
        if (!type.isInstance(loops)) {
            throw new IllegalStateException(
                    "event loops: " + loops.getClass().getName() + " (expected: " + type.getName() + ")");
        }
        return type.cast(loops);
    }

    @Override
    public int threadPoolSize() {
        return threads;
    }

    @Override
    public Future<Boolean> release(EventExecutorGroup group, long quietPeriod, long timeout, TimeUnit unit) {
        return GlobalEventExecutor.INSTANCE.newSucceededFuture(true);
    }

    @Override
    public Future<Boolean> shutdown(long quietPeriod, long timeout, TimeUnit unit) {
        return GlobalEventExecutor.INSTANCE.newSucceededFuture(true);
    }
}
