package dev.agentws.quality;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetectorFactory;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.function.Consumer;

/**
 * Hears of every buffer that was dropped without a release, in the place of the log. Needs {@code io.netty.leakDetection.level=paranoid}.
 */
final class LeakGuard {
    private static final long WAIT_FOR_COLLECTOR_MS = 20_000;

    private LeakGuard() {}

    static void install(Consumer<String> findings) {
        ResourceLeakDetectorFactory.setResourceLeakDetectorFactory(new ReportingFactory(findings));
    }

    /**
     * Makes the detectors report now what was dropped before this call. They report when a new buffer is made after the reference of
     * the old one was put into their queue. The references of one collection are queued in no certain order, but all of them before
     * those of the next; so two collections are waited for, each by an object of our own.
     */
    static void provokeReports() {
        awaitCollection();
        awaitCollection();
        // All kinds of buffers share the detector of their base class.
        ByteBuf buffer = ByteBufAllocator.DEFAULT.buffer(1);
        buffer.release();
    }

    private static void awaitCollection() {
        ReferenceQueue<Object> found = new ReferenceQueue<>();
        WeakReference<Object> sentinel = new WeakReference<>(new Object(), found);
        System.gc();
        try {
            if (found.remove(WAIT_FOR_COLLECTOR_MS) != sentinel) {
                throw new IllegalStateException("the collector did not come by, so leaks cannot be looked for");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static final class ReportingFactory extends ResourceLeakDetectorFactory {
        private final Consumer<String> findings;

        ReportingFactory(Consumer<String> findings) {
            this.findings = findings;
        }

        // Abstract in the base class, so it must be there although nobody should call it.
        @Deprecated
        @SuppressWarnings("InlineMeSuggester") // nobody calls it, so there is nothing to inline
        @Override
        public <T> ResourceLeakDetector<T> newResourceLeakDetector(Class<T> resource, int interval, long maxActive) {
            return newResourceLeakDetector(resource, interval);
        }

        @Override
        public <T> ResourceLeakDetector<T> newResourceLeakDetector(Class<T> resource, int interval) {
            return new ReportingDetector<>(resource, interval, findings);
        }
    }

    private static final class ReportingDetector<T> extends ResourceLeakDetector<T> {
        private final Consumer<String> findings;

        ReportingDetector(Class<?> resource, int interval, Consumer<String> findings) {
            super(resource, interval);
            this.findings = findings;
        }

        @Override
        protected boolean needReport() {
            // Also with a logger that is off.
            return true;
        }

        @Override
        protected void reportTracedLeak(String resourceType, String records) {
            findings.accept("LEAK: " + resourceType + " was not released" + records);
        }

        @Override
        protected void reportUntracedLeak(String resourceType) {
            findings.accept(
                    "LEAK: " + resourceType + " was not released (no records; run with leak detection paranoid)");
        }
    }
}
