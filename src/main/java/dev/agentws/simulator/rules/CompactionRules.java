package dev.agentws.simulator.rules;

import com.fasterxml.jackson.databind.JsonNode;
import dev.agentws.simulator.api.ApiError;
import dev.agentws.simulator.api.Compaction;
import dev.agentws.simulator.api.MessageJson;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The rules for shortening a conversation: who may ask for it and how, and how the summary comes back. */
final class CompactionRules {
    static final List<Rule> ALL = List.of(CompactionRules::edits, CompactionRules::blocks);

    private CompactionRules() {}

    private static @Nullable ApiError edits(ApiRequest request) {
        JsonNode edits = request.field("context_management").path("edits");
        for (int i = 0; i < edits.size(); i++) {
            if (!MessageJson.is(edits.get(i), Compaction.EDIT)) {
                continue;
            }
            String at = "context_management.edits." + i;
            if (!request.beta(Compaction.BETA)) {
                return ApiError.invalid(at + ": `" + Compaction.EDIT + "` needs the beta " + Compaction.BETA);
            }
            if (!request.model().compaction()) {
                return ApiError.invalid(at + ": compaction is not supported for this model");
            }
            JsonNode value = edits.get(i).path("trigger").path("value");
            if (!value.isMissingNode() && value.asLong() < Compaction.LEAST_TRIGGER) {
                return ApiError.invalid(at + ".trigger.value: Input should be greater than or equal to 50000");
            }
        }
        return null;
    }

    private static @Nullable ApiError blocks(ApiRequest request) {
        int summaries = 0;
        for (JsonNode message : request.messages()) {
            for (JsonNode block : MessageJson.blocks(message)) {
                summaries += MessageJson.is(block, "compaction")
                                && block.path("content").isTextual()
                        ? 1
                        : 0;
            }
        }
        if (summaries > 1) {
            return ApiError.invalid("messages: only one `compaction` block with content is allowed");
        }
        boolean known = request.beta(Compaction.BETA) && request.model().compaction();
        return summaries == 0 || known
                ? null
                : ApiError.invalid("messages: `compaction` blocks need the beta " + Compaction.BETA
                        + " and a model that supports it");
    }
}
