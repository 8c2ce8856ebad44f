package dev.agentws.simulator.rules;

import dev.agentws.simulator.api.ApiError;
import org.jspecify.annotations.Nullable;

/** One check of a request. */
@FunctionalInterface
interface Rule {
    /** Returns what is wrong, or null. May rely on all rules before it having passed. */
    @Nullable
    ApiError check(ApiRequest request);
}
