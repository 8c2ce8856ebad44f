package dev.agentws.anthropic;

import dev.agentws.anthropic.http.Endpoint;
import dev.agentws.anthropic.request.RequestBody;

/** What every call to the one upstream shares. Immutable, thread-safe. */
record Upstream(
        UpstreamConfig config,
        Endpoint endpoint,
        RequestHead head,
        RequestBody body,
        ReaderFactory readers,
        RetryRule retries) {}
