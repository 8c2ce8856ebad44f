package dev.agentws.conversation;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.stream.Stream;

/** What one client has sent that fits no schema, until the server refuses it. Not thread-safe. */
final class Misfits {
    private final Deque<Misfit> open = new ArrayDeque<>();

    void sent(String json) {
        JsonNode message;
        try {
            message = Frame.parse(json);
        } catch (IllegalArgumentException e) {
            open.add(new Misfit("null", json, List.of(String.valueOf(e.getMessage()))));
            return;
        }
        List<String> problems = FrameSchemas.problems(message);
        if (!problems.isEmpty()) {
            JsonNode type = message.path("type");
            open.add(new Misfit(type.isTextual() ? type.asText() : "null", json, problems));
        }
    }

    /** The refusal of a message settles the oldest one of its type. */
    void received(JsonNode frame) {
        if (frame.path("type").asText().equals("error") && !frame.has("seq")) {
            String type = frame.path("request_type").asText();
            open.stream().filter(each -> each.type().equals(type)).findFirst().ifPresent(open::remove);
        }
    }

    /** In words: what the server has taken, or not answered yet. */
    Stream<String> accepted() {
        return open.stream().map(each -> "sent and not refused, although " + each.problems() + ": " + each.json());
    }

    private record Misfit(String type, String json, List<String> problems) {}
}
