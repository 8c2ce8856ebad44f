package dev.agentws.benchmarks.jmh;

import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Runs benchmarks on threads like those of an event loop. On a plain thread Netty's allocator has no cache and its numbers are another
 * library's. JMH makes it by name ({@code jmh.executor.class}).
 */
public final class LoopThreads extends ThreadPoolExecutor {
    /** The constructor that JMH looks for. */
    public LoopThreads(int threads, String name) {
        super(threads, threads, 0, TimeUnit.MILLISECONDS, new LinkedBlockingQueue<>(), new DefaultThreadFactory(name));
    }
}
