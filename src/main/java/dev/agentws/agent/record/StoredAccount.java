package dev.agentws.agent.record;

import com.fasterxml.jackson.databind.JsonNode;
import dev.agentws.agent.model.Usage;
import org.jspecify.annotations.Nullable;

/** What a session's turns have cost: those that ended, and the last one. Confined to one thread. */
final class StoredAccount {
    Usage usage = Usage.NONE;

    @Nullable
    Double usd = 0.0;

    int calls;
    Usage turnUsage = Usage.NONE;

    @Nullable
    Double turnUsd = 0.0;

    int turnCalls;

    void turn(JsonNode cost) {
        turnCalls = cost.path("calls").asInt();
        turnUsd = cost.path("usd").isNumber() ? cost.path("usd").doubleValue() : null;
        turnUsage = new Usage(
                cost.path("input").asLong(),
                cost.path("output").asLong(),
                cost.path("cache_creation").asLong(),
                cost.path("cache_creation_hour").asLong(),
                cost.path("cache_read").asLong(),
                cost.path("web_searches").asLong());
    }

    void turnOver() {
        usage = usage.plus(turnUsage);
        usd = usd == null || turnUsd == null ? null : Double.valueOf(usd + turnUsd);
        calls += turnCalls;
        turnUsage = Usage.NONE;
        turnUsd = 0.0;
        turnCalls = 0;
    }
}
