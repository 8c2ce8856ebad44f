package dev.agentws.metrics;

import java.util.concurrent.CompletionStage;

/** All numbers as the text that Prometheus reads. */
@FunctionalInterface
public interface MetricsPage {
    /** Writes it down, on another thread; completes there. */
    CompletionStage<byte[]> scrape();
}
