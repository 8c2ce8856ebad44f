package dev.agentws.simulator;

import dev.agentws.simulator.api.ApiError;
import io.netty.handler.codec.http.HttpMethod;
import org.jspecify.annotations.Nullable;

/** Which paths there are, and with which method. */
final class Endpoints {
    private Endpoints() {}

    static @Nullable ApiError checkMethod(String path, HttpMethod method) {
        HttpMethod expected;
        if (path.equals("/v1/messages") || path.equals("/v1/messages/count_tokens")) {
            expected = HttpMethod.POST;
        } else if (path.equals("/v1/models") || path.startsWith("/v1/models/") || path.equals("/stats")) {
            expected = HttpMethod.GET;
        } else {
            return new ApiError(404, "not_found_error", "Not found");
        }
        return method.equals(expected) ? null : new ApiError(405, "invalid_request_error", "Method Not Allowed");
    }

    static String stats(SimulatorStats stats) {
        return "{\"requests\":" + stats.requests() + ",\"deltas\":" + stats.deltas() + ",\"active\":" + stats.active()
                + ",\"aborted\":" + stats.aborted() + "}";
    }
}
