package dev.agentws.websocket;

import io.github.resilience4j.ratelimiter.RateLimiter;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import java.time.Duration;
import java.util.function.LongSupplier;

/** Makes limiters of one rate that never wait: a permit is there now or it is not. Immutable. */
final class RateGate {
    private final RateLimiterConfig config;
    private final LongSupplier nanoTime;
    private final long periodMs;

    RateGate(WebSocketConfig.Rate rate, LongSupplier nanoTime) {
        this.config = RateLimiterConfig.custom()
                .limitForPeriod(rate.limit())
                .limitRefreshPeriod(rate.period())
                .timeoutDuration(Duration.ZERO)
                .build();
        this.nanoTime = nanoTime;
        this.periodMs = Math.max(1, rate.period().toMillis());
    }

    RateLimiter limiter() {
        return RateLimiter.of("agentws", config, nanoTime::getAsLong);
    }

    int limit() {
        return config.getLimitForPeriod();
    }

    /** After how many milliseconds there are permits again at the latest. */
    long retryAfterMs() {
        return periodMs;
    }
}
