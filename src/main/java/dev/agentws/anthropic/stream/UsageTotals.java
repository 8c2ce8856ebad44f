package dev.agentws.anthropic.stream;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.agentws.agent.model.Usage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The usage of one message as it grows: what an event tells replaces what was known, what it leaves out or null stays. Confined. */
final class UsageTotals {
    private long inputTokens;
    private long outputTokens;
    private long cacheCreationTokens;
    private long cacheCreationHourTokens;
    private long cacheReadTokens;
    private long webSearches;
    private String type = "";
    private long contextTokens;
    private List<Usage> compactions = List.of();

    /** Reads the {@code usage} object on whose opening brace the parser stands. */
    void read(JsonParser parser) throws IOException {
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String field = parser.currentName();
            JsonToken token = parser.nextToken();
            switch (field) {
                case "input_tokens" -> inputTokens = count(parser, token, inputTokens);
                case "output_tokens" -> outputTokens = count(parser, token, outputTokens);
                case "cache_creation_input_tokens" -> cacheCreationTokens = count(parser, token, cacheCreationTokens);
                case "cache_read_input_tokens" -> cacheReadTokens = count(parser, token, cacheReadTokens);
                case "cache_creation" ->
                    cacheCreationHourTokens =
                            inner(parser, token, "ephemeral_1h_input_tokens", cacheCreationHourTokens);
                case "server_tool_use" -> webSearches = inner(parser, token, "web_search_requests", webSearches);
                case "type" -> type = token == JsonToken.VALUE_STRING ? parser.getText() : "";
                case "iterations" -> iterations(parser, token);
                default -> parser.skipChildren();
            }
        }
    }

    /** The steps of one answer: only here the API tells what it spent on summaries, and how full the window is in the end. */
    private void iterations(JsonParser parser, JsonToken token) throws IOException {
        if (token != JsonToken.START_ARRAY) {
            parser.skipChildren();
            return;
        }
        List<Usage> summaries = new ArrayList<>(1);
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            if (parser.currentToken() != JsonToken.START_OBJECT) {
                parser.skipChildren();
                continue;
            }
            UsageTotals step = new UsageTotals();
            step.read(parser);
            if (step.type.equals("compaction")) {
                summaries.add(step.snapshot());
            } else if (step.type.equals("message")) {
                contextTokens = step.snapshot().filledTokens();
            }
        }
        compactions = summaries;
    }

    Usage snapshot() {
        long hour = Math.min(cacheCreationHourTokens, cacheCreationTokens);
        return new Usage(
                inputTokens,
                outputTokens,
                cacheCreationTokens,
                hour,
                cacheReadTokens,
                webSearches,
                contextTokens,
                compactions);
    }

    /** One number of an object within the object. */
    private static long inner(JsonParser parser, JsonToken token, String wanted, long known) throws IOException {
        long found = known;
        if (token != JsonToken.START_OBJECT) {
            parser.skipChildren();
            return found;
        }
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            boolean here = parser.currentName().equals(wanted);
            JsonToken value = parser.nextToken();
            if (here) {
                found = count(parser, value, found);
            } else {
                parser.skipChildren();
            }
        }
        return found;
    }

    private static long count(JsonParser parser, JsonToken token, long known) throws IOException {
        if (token != JsonToken.VALUE_NUMBER_INT) {
            parser.skipChildren();
            return known;
        }
        // a number of more digits than a long has is nonsense, not a reason to lose the answer
        return switch (parser.getNumberType()) {
            case INT, LONG -> Math.max(0, parser.getLongValue());
            default -> known;
        };
    }
}
