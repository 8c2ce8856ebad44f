package dev.agentws.quality;

import java.util.function.Consumer;
import reactor.blockhound.BlockHound;
import reactor.blockhound.BlockingOperationError;

/**
 * Hears of every blocking call on an event loop. Netty's own integration, which BlockHound finds by itself, says which threads must
 * not block (those of its event loops) and which of its own inner calls may.
 */
final class BlockingGuard {
    private static final String OUR_LOOPS = "agentws-io";

    private BlockingGuard() {}

    static void install(Consumer<String> findings) {
        BlockHound.install(builder -> builder.nonBlockingThreadPredicate(
                        netty -> netty.or(thread -> thread.getName().startsWith(OUR_LOOPS)))
                // Happens once per class, whoever touches it first.
                .allowBlockingCallsInside("java.lang.ClassLoader", "loadClass")
                .allowBlockingCallsInside("java.lang.invoke.MethodHandleNatives", "linkCallSite")
                .allowBlockingCallsInside("java.util.ServiceLoader$LazyClassPathLookupIterator", "hasNextService")
                // Seeding happens once per process; afterwards it does not block.
                .allowBlockingCallsInside("java.security.SecureRandom", "nextBytes")
                // Starting a thread and handing it work takes a lock for some nanoseconds, never waits for the work.
                .allowBlockingCallsInside("java.util.concurrent.ThreadPoolExecutor", "execute")
                .allowBlockingCallsInside("java.util.concurrent.ThreadPoolExecutor", "addWorker")
                .allowBlockingCallsInside("java.util.concurrent.ScheduledThreadPoolExecutor", "schedule")
                // Lettuce's connections lock for moments on the loop that is theirs; to throw there would leave the
                // lock taken for good.
                .allowBlockingCallsInside("io.lettuce.core.protocol.SharedLock", "incrementWriters")
                .allowBlockingCallsInside("io.lettuce.core.protocol.SharedLock", "doExclusive")
                // A log line is written under the appender's lock.
                .allowBlockingCallsInside("ch.qos.logback.core.OutputStreamAppender", "append")
                .allowBlockingCallsInside("ch.qos.logback.core.UnsynchronizedAppenderBase", "doAppend")
                .blockingMethodCallback(method -> {
                    BlockingOperationError error = new BlockingOperationError(method);
                    findings.accept("BLOCKING: " + method + " on "
                            + Thread.currentThread().getName() + trace(error));
                    throw error;
                }));
    }

    private static String trace(Throwable error) {
        StringBuilder trace = new StringBuilder();
        for (StackTraceElement frame : error.getStackTrace()) {
            trace.append("\n\tat ").append(frame);
        }
        return trace.toString();
    }
}
