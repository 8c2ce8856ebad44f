package dev.agentws.anthropic.request;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.agentws.agent.model.BlockKind;
import dev.agentws.agent.model.ModelRequest;
import java.io.IOException;

/**
 * The part of a request that has the API put a summary in the place of a conversation that grew too long. The same answer goes on
 * behind the summary, so this costs no call of its own. Stateless.
 */
public final class CompactionEdit {
    static final String BETA = "compact-2026-01-12";

    private static final String EDIT = "compact_20260112";

    private CompactionEdit() {}

    /** Whether the API of that model does it. */
    public static boolean offeredBy(String model) {
        return ModelProfile.of(model).compaction();
    }

    /** Whether the API knows what the request says only with the beta header: a summary of its own may be among the messages. */
    static boolean neededBy(ModelRequest request) {
        return request.compactAt() != null
                || request.messages().stream()
                        .flatMap(message -> message.blocks().stream())
                        .anyMatch(block -> block.kind() == BlockKind.COMPACTION);
    }

    static void write(ModelRequest request, JsonGenerator json) throws IOException {
        Long at = request.compactAt();
        if (at == null) {
            return;
        }
        json.writeObjectFieldStart("context_management");
        json.writeArrayFieldStart("edits");
        json.writeStartObject();
        json.writeStringField("type", EDIT);
        json.writeObjectFieldStart("trigger");
        json.writeStringField("type", "input_tokens");
        json.writeNumberField("value", at);
        json.writeEndObject();
        json.writeEndObject();
        json.writeEndArray();
        json.writeEndObject();
    }
}
