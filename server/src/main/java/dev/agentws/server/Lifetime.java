package dev.agentws.server;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps the process alive as long as what it started, and ends that in good order when the process is asked to end. */
final class Lifetime {
    private static final Logger log = LoggerFactory.getLogger(Lifetime.class);
    /** What service managers commonly grant before they kill is 10 s or more. */
    private static final Duration GRACE = Duration.ofSeconds(8);

    private Lifetime() {}

    /**
     * Blocks until {@code running} has ended. The first signal lets it finish what it is doing, a second one ends it at once.
     *
     * @param lines printed as soon as signals do that, because whoever reads them may send one
     * @throws StartFailure if it broke
     */
    static void await(Running running, Surroundings surroundings, List<String> lines) throws StartFailure {
        AtomicInteger signals = new AtomicInteger();
        surroundings.onSignal().accept(() -> {
            if (signals.getAndIncrement() == 0) {
                running.drain();
            } else {
                running.close();
            }
        });
        surroundings.onShutdown().accept(() -> close(running));
        lines.forEach(surroundings.out()::println);
        surroundings.out().flush();
        try {
            running.closed().toCompletableFuture().join();
        } catch (CompletionException e) {
            throw new StartFailure("ended by a failure: " + BadSetting.printable(String.valueOf(e.getCause())));
        }
    }

    private static void close(Running running) {
        try {
            running.close().toCompletableFuture().get(GRACE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (TimeoutException e) {
            log.warn("not everything was closed within {} s", GRACE.toSeconds());
        } catch (ExecutionException e) {
            log.warn("closing failed", e.getCause());
        }
    }
}
