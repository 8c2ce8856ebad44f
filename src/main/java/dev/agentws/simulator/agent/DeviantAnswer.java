package dev.agentws.simulator.agent;

import dev.agentws.simulator.wire.AnswerWriter;
import dev.agentws.simulator.wire.EventJson;
import java.util.List;

/** Answers in the way of other servers that speak this protocol almost. Confined to the connection's event loop. */
final class DeviantAnswer {
    private static final String THOUGHT = "The user tries another server.";
    private static final List<String> WORDS = List.of("Hello ", "from another ", "server.");

    private final AnswerWriter writer;
    private final String kind;
    private final int number;
    private final String model;

    DeviantAnswer(AnswerWriter writer, String kind) {
        this.writer = writer;
        this.kind = kind;
        this.number = writer.request().number();
        this.model = EventJson.quote(writer.request().model().id());
    }

    /** Thinking, text, then the tool calls. */
    void play(List<Markers.ToolCall> tools) {
        writer.silencePings();
        switch (kind) {
            case "llamacpp" -> llamaCpp(tools);
            case "vllm" -> vllm(tools);
            case "ollama" -> ollama(tools);
            default -> liteLlm(tools);
        }
        writer.finish();
    }

    private void say(String name, String json) {
        writer.unpadded(name, json);
    }

    private void open(int index, String block) {
        say("content_block_start", EventJson.blockStart(index, block));
    }

    private void delta(int index, String type, String field, String value) {
        say("content_block_delta", EventJson.delta(index, type, field, value));
    }

    private void close(int index) {
        say("content_block_stop", EventJson.blockStop(index));
    }

    private void words(int index) {
        WORDS.forEach(word -> delta(index, "text_delta", "text", word));
    }

    private static String reason(List<Markers.ToolCall> tools) {
        return tools.isEmpty() ? "end_turn" : "tool_use";
    }

    /** Blocks stay open until the end, tool calls have no input, usage is thin, the signature is empty. */
    private void llamaCpp(List<Markers.ToolCall> tools) {
        say(
                "message_start",
                "{\"type\":\"message_start\",\"message\":{\"id\":\"chatcmpl-" + number
                        + "\",\"type\":\"message\",\"role\":\"assistant\",\"content\":[],\"model\":" + model
                        + ",\"stop_reason\":null,\"stop_sequence\":null,\"usage\":{\"cache_read_input_tokens\":0,"
                        + "\"input_tokens\":10,\"output_tokens\":0}}}");
        open(0, "{\"type\":\"thinking\",\"thinking\":\"\"}");
        delta(0, "thinking_delta", "thinking", THOUGHT);
        open(1, "{\"type\":\"text\",\"text\":\"\"}");
        words(1);
        for (int i = 0; i < tools.size(); i++) {
            open(
                    i + 2,
                    "{\"type\":\"tool_use\",\"id\":\"call_" + number + "_" + i + "\",\"name\":"
                            + EventJson.quote(tools.get(i).name()) + "}");
            delta(i + 2, "input_json_delta", "partial_json", tools.get(i).inputJson());
        }
        delta(0, "signature_delta", "signature", "");
        for (int i = 0; i < tools.size() + 2; i++) {
            close(i);
        }
        say(
                "message_delta",
                "{\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"" + reason(tools)
                        + "\",\"stop_sequence\":null},\"usage\":{\"output_tokens\":12}}");
        say("message_stop", EventJson.MESSAGE_STOP);
    }

    /** The message has neither type nor role, the end no stop_sequence; tool ids are its own. */
    private void vllm(List<Markers.ToolCall> tools) {
        say(
                "message_start",
                "{\"type\":\"message_start\",\"message\":{\"id\":\"chatcmpl-" + number
                        + "\",\"content\":[],\"model\":" + model
                        + ",\"usage\":{\"input_tokens\":10,\"output_tokens\":0}}}");
        open(0, "{\"type\":\"thinking\",\"thinking\":\"\"}");
        delta(0, "thinking_delta", "thinking", THOUGHT);
        delta(0, "signature_delta", "signature", "0123456789abcdef");
        close(0);
        open(1, "{\"type\":\"text\",\"text\":\"\"}");
        words(1);
        close(1);
        tools(2, tools, "chatcmpl-tool-");
        say(
                "message_delta",
                "{\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"" + reason(tools)
                        + "\"},\"usage\":{\"input_tokens\":10,\"output_tokens\":12}}");
        say("message_stop", EventJson.MESSAGE_STOP);
    }

    private void tools(int first, List<Markers.ToolCall> tools, String idPrefix) {
        for (int i = 0; i < tools.size(); i++) {
            open(
                    first + i,
                    "{\"type\":\"tool_use\",\"id\":\"" + idPrefix + number + "-" + i + "\",\"name\":"
                            + EventJson.quote(tools.get(i).name()) + ",\"input\":{}}");
            delta(first + i, "input_json_delta", "partial_json", tools.get(i).inputJson());
            close(first + i);
        }
    }

    /** No signatures; the stop reason begins as an empty string and not as null. */
    private void ollama(List<Markers.ToolCall> tools) {
        say(
                "message_start",
                "{\"type\":\"message_start\",\"message\":{\"id\":\"msg_"
                        + String.format("%024x", number)
                        + "\",\"type\":\"message\",\"role\":\"assistant\",\"model\":" + model
                        + ",\"content\":[],\"stop_reason\":\"\",\"usage\":{\"input_tokens\":10,\"output_tokens\":0}}}");
        open(0, "{\"type\":\"thinking\",\"thinking\":\"\"}");
        delta(0, "thinking_delta", "thinking", THOUGHT);
        close(0);
        open(1, "{\"type\":\"text\",\"text\":\"\"}");
        words(1);
        close(1);
        tools(2, tools, "call_");
        say(
                "message_delta",
                "{\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"" + reason(tools)
                        + "\"},\"usage\":{\"input_tokens\":10,\"output_tokens\":12}}");
        say("message_stop", EventJson.MESSAGE_STOP);
    }

    /** The message starts twice, thinking comes in a text block, and empty input deltas stand between the words. */
    private void liteLlm(List<Markers.ToolCall> tools) {
        String start = "{\"type\":\"message_start\",\"message\":{\"id\":\"msg_" + number
                + "\",\"type\":\"message\",\"role\":\"assistant\",\"content\":[],\"model\":" + model
                + ",\"stop_reason\":null,\"stop_sequence\":null,\"usage\":{\"input_tokens\":10,\"output_tokens\":0}}}";
        say("message_start", start);
        say("message_start", start);
        open(0, "{\"type\":\"text\",\"text\":\"\"}");
        delta(0, "thinking_delta", "thinking", THOUGHT);
        for (String word : WORDS) {
            delta(0, "text_delta", "text", word);
            delta(0, "input_json_delta", "partial_json", "");
        }
        close(0);
        tools(1, tools, "call_");
        say(
                "message_delta",
                "{\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"" + reason(tools)
                        + "\"},\"usage\":{\"input_tokens\":10,\"output_tokens\":12}}");
        say("message_stop", EventJson.MESSAGE_STOP);
    }
}
