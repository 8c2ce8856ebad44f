package dev.agentws.simulator.api;

import com.fasterxml.jackson.databind.JsonNode;

/** Estimates tokens from the length of JSON; good enough to make numbers move as those of the API do. */
public final class TokenCount {
    private static final double IMAGE_TOKENS = 1500;

    private TokenCount() {}

    /** Tokens of one block, tool or text; pictures and papers count flat, whatever their base64 takes. */
    public static double of(JsonNode block, ModelInfo model) {
        if (block.path("source").path("type").asText().equals("base64")) {
            return IMAGE_TOKENS;
        }
        if (block.path("content").isArray()) {
            double sum = 0;
            for (JsonNode inner : block.path("content")) {
                sum += of(inner, model);
            }
            return Math.max(1, sum);
        }
        JsonNode text = block.path("text");
        int chars = text.isTextual() ? text.textValue().length() : length(block);
        return Math.max(1, chars * model.tokensPerChar());
    }

    private static int length(JsonNode block) {
        return block.isTextual() ? block.textValue().length() : block.toString().length();
    }

    /** Tokens of a whole request: tools, system and messages. */
    public static long ofRequest(JsonNode body, ModelInfo model) {
        double sum = 0;
        for (JsonNode tool : body.path("tools")) {
            sum += of(tool, model);
        }
        sum += ofContent(body.path("system"), model);
        for (JsonNode message : body.path("messages")) {
            sum += ofContent(message.path("content"), model);
        }
        return Math.max(1, Math.round(sum));
    }

    private static double ofContent(JsonNode content, ModelInfo model) {
        if (content.isTextual()) {
            return of(content, model);
        }
        double sum = 0;
        for (JsonNode block : content) {
            sum += of(block, model);
        }
        return sum;
    }

    /** Tokens of a text that was produced. */
    public static long ofText(String text) {
        return text.isEmpty() ? 0 : Math.max(1, text.length() / 4);
    }
}
