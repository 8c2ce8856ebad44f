package dev.agentws.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class ToolWorkersTest {
    @Test
    void workRunsOnNamedDaemonThreads() throws Exception {
        try (ToolWorkers workers = new ToolWorkers()) {
            AtomicReference<String> name = new AtomicReference<>("");
            AtomicBoolean daemon = new AtomicBoolean();
            workers.submit(() -> {
                        name.set(Thread.currentThread().getName());
                        daemon.set(Thread.currentThread().isDaemon());
                    })
                    .get(10, TimeUnit.SECONDS);
            assertThat(name.get()).isEqualTo("agentws-tool-0");
            assertThat(daemon).isTrue();
        }
    }

    @Test
    void tooMuchWaitingIsRefused() throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch gate = new CountDownLatch(1);
        try (ToolWorkers workers = new ToolWorkers(1, 1)) {
            Future<?> first = workers.submit(() -> waitFor(running, gate));
            assertThat(running.await(10, TimeUnit.SECONDS)).isTrue();
            Future<?> second = workers.submit(() -> {});
            assertThatThrownBy(() -> workers.execute(() -> {}))
                    .isInstanceOf(RejectedExecutionException.class)
                    .hasMessage("tool workers: 1 running and 1 waiting (expected: room for one more)");
            gate.countDown();
            first.get(10, TimeUnit.SECONDS);
            second.get(10, TimeUnit.SECONDS);
        }
    }

    @Test
    void closingInterruptsWhatRunsAndCancelsWhatWaits() throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch interrupted = new CountDownLatch(1);
        ToolWorkers workers = new ToolWorkers(1, 1);
        workers.submit(() -> {
            waitFor(running, new CountDownLatch(1));
            interrupted.countDown();
        });
        assertThat(running.await(10, TimeUnit.SECONDS)).isTrue();
        Future<?> waiting = workers.submit(() -> {});
        workers.close();
        workers.close();
        assertThat(interrupted.await(10, TimeUnit.SECONDS)).isTrue();
        assertThatThrownBy(() -> waiting.get(10, TimeUnit.SECONDS)).isInstanceOf(CancellationException.class);
        assertThatThrownBy(() -> workers.submit(() -> {})).hasMessage("the tool workers are closed");
    }

    @Test
    void cancellingInterruptsTheWork() throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch interrupted = new CountDownLatch(1);
        try (ToolWorkers workers = new ToolWorkers(1, 1)) {
            Future<?> work = workers.submit(() -> {
                waitFor(running, new CountDownLatch(1));
                interrupted.countDown();
            });
            assertThat(running.await(10, TimeUnit.SECONDS)).isTrue();
            work.cancel(true);
            assertThat(interrupted.await(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void impossibleSizesAreRefused() {
        assertThatThrownBy(() -> new ToolWorkers(0, 1)).hasMessage("maxThreads: 0 (expected: at least 1)");
        assertThatThrownBy(() -> new ToolWorkers(1, 0)).hasMessage("maxWaiting: 0 (expected: at least 1)");
    }

    private static void waitFor(CountDownLatch running, CountDownLatch gate) {
        running.countDown();
        try {
            gate.await();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }
}
