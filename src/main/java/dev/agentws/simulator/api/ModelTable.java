package dev.agentws.simulator.api;

import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The models that {@code /v1/models} names. */
public final class ModelTable {
    private record Entry(String id, String name, String created) {}

    private static final List<Entry> ENTRIES = List.of(
            new Entry("claude-fable-5-2", "Claude Fable 5.2", "2026-11-09T00:00:00Z"),
            new Entry("claude-opus-5-5", "Claude Opus 5.5", "2026-09-22T00:00:00Z"),
            new Entry("claude-sonnet-5-5", "Claude Sonnet 5.5", "2026-09-22T00:00:00Z"),
            new Entry("claude-haiku-5-5", "Claude Haiku 5.5", "2026-09-22T00:00:00Z"),
            new Entry("claude-sonnet-4-6", "Claude Sonnet 4.6", "2026-02-17T00:00:00Z"),
            new Entry("claude-haiku-4-5-20251001", "Claude Haiku 4.5", "2025-10-01T00:00:00Z"));

    private ModelTable() {}

    public static String list() {
        String data = ENTRIES.stream().map(ModelTable::json).collect(Collectors.joining(","));
        return "{\"data\":[" + data + "],\"has_more\":false,\"first_id\":\""
                + ENTRIES.get(0).id() + "\",\"last_id\":\""
                + ENTRIES.get(ENTRIES.size() - 1).id() + "\"}";
    }

    /** Null for a model that is not in the table. */
    public static @Nullable String one(String id) {
        return ENTRIES.stream()
                .filter(entry -> entry.id().equals(id))
                .findFirst()
                .map(ModelTable::json)
                .orElse(null);
    }

    private static String json(Entry entry) {
        ModelInfo model = ModelInfo.of(entry.id());
        return "{\"type\":\"model\",\"id\":\"" + entry.id() + "\",\"display_name\":\"" + entry.name()
                + "\",\"created_at\":\"" + entry.created() + "\",\"max_input_tokens\":" + model.contextTokens()
                + ",\"max_tokens\":" + model.maxOutput()
                + ",\"lifecycle\":\"active\",\"deprecated_at\":null,\"retires_at\":null,\"line\":\"" + model.family()
                + "\",\"capabilities\":{" + capability("image_input", true) + "," + capability("pdf_input", true)
                + "," + effort(model) + "," + thinking(model) + "}}";
    }

    private static String effort(ModelInfo model) {
        return "\"effort\":{\"supported\":" + model.effort("low") + "," + capability("low", model.effort("low")) + ","
                + capability("medium", model.effort("medium")) + "," + capability("high", model.effort("high")) + ","
                + capability("xhigh", model.effort("xhigh")) + "," + capability("max", model.effort("max")) + "}";
    }

    private static String thinking(ModelInfo model) {
        return "\"thinking\":{\"supported\":true,\"types\":{" + capability("adaptive", model.adaptiveThinking()) + ","
                + capability("enabled", model.budgetThinking()) + ","
                + capability("disabled", !model.alwaysThinks()) + ","
                + capability("between_tools", model.thinksBetweenTools()) + "}}";
    }

    private static String capability(String name, boolean supported) {
        return "\"" + name + "\":{\"supported\":" + supported + "}";
    }
}
