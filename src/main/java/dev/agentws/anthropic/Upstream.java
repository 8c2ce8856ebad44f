package dev.agentws.anthropic;

/** What every call to the one upstream shares. Immutable, thread-safe. */
record Upstream(
        UpstreamConfig config,
        Endpoint endpoint,
        RequestHead head,
        RequestBody body,
        ReaderFactory readers,
        RetryRule retries) {}
