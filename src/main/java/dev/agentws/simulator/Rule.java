package dev.agentws.simulator;

import org.jspecify.annotations.Nullable;

/** One check of a request. */
@FunctionalInterface
interface Rule {
    /** Returns what is wrong, or null. May rely on all rules before it having passed. */
    @Nullable
    ApiError check(ApiRequest request);
}
