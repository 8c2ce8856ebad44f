package dev.agentws.operations;

import dev.agentws.metrics.MetricsPage;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * All numbers for Prometheus. The registry is made for the first reader, so that a server nobody scrapes does not even load it; and
 * written down on a thread of its own, because the workers may be full just when an operator wants to know why. Thread-safe.
 */
public final class PrometheusPage implements MetricsPage, AutoCloseable {
    private static final int MOST_WAITING = 16;
    private static final int IDLE_SECONDS = 30;

    private final MeterBinding binding;
    private final ThreadPoolExecutor writer;
    private @Nullable PrometheusMeterRegistry registry;
    private @Nullable JvmNumbers jvm;

    public PrometheusPage(MeterBinding binding) {
        this.binding = binding;
        writer = new ThreadPoolExecutor(
                1, 1, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(MOST_WAITING), task -> {
                    Thread thread = new Thread(task, "agentws-metrics");
                    thread.setDaemon(true);
                    return thread;
                });
        writer.allowCoreThreadTimeOut(true);
    }

    @Override
    public CompletionStage<byte[]> scrape() {
        try {
            return CompletableFuture.supplyAsync(this::write, writer);
        } catch (RejectedExecutionException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private synchronized byte[] write() {
        PrometheusMeterRegistry known = registry;
        if (known == null) {
            known = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
            // Their names break the rules of Prometheus; the usage of the processors is there under others.
            known.config().meterFilter(MeterFilter.denyNameStartsWith("process.cpu.time"));
            known.config().meterFilter(MeterFilter.denyNameStartsWith("system.cpu.count"));
            registry = known;
            binding.bindTo(known);
            jvm = new JvmNumbers(known);
        }
        return known.scrape().getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        writer.shutdownNow();
        closeRegistry();
    }

    private synchronized void closeRegistry() {
        if (jvm != null) {
            jvm.close();
        }
        if (registry != null) {
            registry.close();
        }
    }
}
