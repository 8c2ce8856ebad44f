package dev.agentws.websocket;

import dev.agentws.metrics.Meters;
import dev.agentws.protocol.ClientMessageReader;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** What all connections of one listener share. Thread-safe. */
final class ListenerState {
    private final WebSocketConfig config;
    private final ConnectionServices services;
    private final ClientMessageReader reader;
    private final ConnectionCounts counts;
    private final FailedTokens failedTokens;
    private final RateGate messageGate;
    private final RateGate promptGate;
    private final Map<EventLoop, HeartbeatSweep> sweeps = new ConcurrentHashMap<>();
    private final Map<EventLoop, FlushRound> flushRounds = new ConcurrentHashMap<>();
    private volatile boolean closing;

    ListenerState(WebSocketConfig config, ConnectionServices services) {
        this.config = config;
        this.services = services;
        this.reader = new ClientMessageReader(
                Math.max(config.messages().maxBytes(), config.messages().maxUnauthenticatedBytes()));
        this.counts = new ConnectionCounts(config.connections());
        this.failedTokens = new FailedTokens(config.rates().failedTokens(), services.nanoTime());
        this.messageGate = new RateGate(config.rates().messages(), services.nanoTime());
        this.promptGate = new RateGate(config.rates().prompts(), services.nanoTime());
    }

    WebSocketConfig config() {
        return config;
    }

    ConnectionServices services() {
        return services;
    }

    ClientMessageReader reader() {
        return reader;
    }

    ConnectionCounts counts() {
        return counts;
    }

    FailedTokens failedTokens() {
        return failedTokens;
    }

    Meters meters() {
        return services.instruments().meters();
    }

    MessageBudget newBudget() {
        return new MessageBudget(messageGate, promptGate);
    }

    HeartbeatSweep sweepOf(EventLoop loop) {
        return sweeps.computeIfAbsent(loop, key -> new HeartbeatSweep(key, services.nanoTime()));
    }

    FlushRound flushRoundOf(EventLoop loop) {
        return flushRounds.computeIfAbsent(loop, this::newFlushRound);
    }

    private FlushRound newFlushRound(EventLoop loop) {
        Meters meters = meters();
        return new FlushRound(loop, config.flushWindow(), services.nanoTime(), meters.of(loop), meters.deltaLatency);
    }

    /** Whether connections that still arrive are too late. */
    boolean closing() {
        return closing;
    }

    /** Ends all connections as {@link HeartbeatSweep#shutdown} does. */
    CompletableFuture<@Nullable Void> shutdown(Duration grace) {
        closing = true;
        CompletableFuture<?>[] all =
                sweeps.values().stream().map(sweep -> sweep.shutdown(grace)).toArray(CompletableFuture<?>[]::new);
        return CompletableFuture.allOf(all).thenApply(done -> null);
    }
}
