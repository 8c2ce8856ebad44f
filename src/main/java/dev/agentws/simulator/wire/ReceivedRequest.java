package dev.agentws.simulator.wire;

import com.fasterxml.jackson.databind.JsonNode;
import dev.agentws.simulator.api.ModelInfo;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.random.RandomGenerator;

/** A valid request and what belongs to it. The generator is for the connection's event loop only. */
public record ReceivedRequest(int number, String id, HttpHeaders headers, JsonNode body, RandomGenerator random) {

    public boolean streaming() {
        return body.path("stream").asBoolean();
    }

    public ModelInfo model() {
        return ModelInfo.of(body.path("model").asText());
    }

    boolean thinkingOmitted() {
        String display = body.path("thinking").path("display").asText("");
        return display.isEmpty() ? model().omitsThinking() : display.equals("omitted");
    }

    /** The key of the caller, in whichever of the two headers it came. */
    String apiKey() {
        String key = headers.get("x-api-key");
        return key != null ? key : headers.get("authorization", "");
    }
}
