package dev.agentws.agent.options;

import com.fasterxml.jackson.databind.JsonNode;
import dev.agentws.agent.model.BlockKind;
import dev.agentws.agent.model.Message;
import dev.agentws.agent.options.SessionOptions.Invalid;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code conversation_history}: messages in the API's form that a session starts with. A history that the API would refuse is
 * refused here, because every later prompt of the session would fail with it.
 */
final class HistoryReader {
    private HistoryReader() {}

    static List<Message> read(@Nullable JsonNode history) throws Invalid {
        if (history == null || history.isNull()) {
            return List.of();
        }
        if (!history.isArray()) {
            throw new Invalid("conversation_history: not an array (expected: messages with role and content)");
        }
        List<Message> messages = new ArrayList<>();
        Set<String> open = new HashSet<>();
        for (int i = 0; i < history.size(); i++) {
            String name = "conversation_history[" + i + "]";
            JsonNode message = history.get(i);
            Message.Role role = role(name, message.path("role").asText());
            JsonNode content = message.get("content");
            if (content == null) {
                throw new Invalid(name + ".content: missing (expected: a string or content blocks)");
            }
            messages.add(new Message(role, ContentReader.read(name + ".content", content)));
            open = pair(name, content, role, open);
            requireSound(name, messages);
        }
        if (!open.isEmpty()) {
            throw new Invalid(
                    "conversation_history: tool_use " + open.iterator().next() + " has no tool_result after it");
        }
        return messages;
    }

    /** Two more things that the API refuses, and with them every prompt that follows. */
    private static void requireSound(String name, List<Message> sofar) throws Invalid {
        Message last = sofar.get(sofar.size() - 1);
        if (sofar.size() == 1 && last.role() == Message.Role.ASSISTANT) {
            throw new Invalid(name + ".role: assistant (expected: user, because a conversation begins with the user)");
        }
        BlockKind kind = last.blocks().get(last.blocks().size() - 1).kind();
        if (kind == BlockKind.THINKING || kind == BlockKind.REDACTED_THINKING) {
            throw new Invalid(name + ".content: ends with thinking (expected: text or a tool call after it)");
        }
    }

    private static Message.Role role(String name, String role) throws Invalid {
        if (role.equals("user")) {
            return Message.Role.USER;
        }
        if (role.equals("assistant")) {
            return Message.Role.ASSISTANT;
        }
        throw new Invalid(name + ".role: " + role + " (expected: user or assistant)");
    }

    /** Checks that each call is answered in the very next message; returns the calls this message opens. */
    private static Set<String> pair(String name, JsonNode content, Message.Role role, Set<String> open) throws Invalid {
        Set<String> answered = new HashSet<>();
        Set<String> opened = new HashSet<>();
        for (JsonNode block : content.isArray() ? content : List.<JsonNode>of()) {
            String type = block.path("type").asText();
            if (type.equals("tool_use") && role == Message.Role.ASSISTANT) {
                opened.add(block.path("id").asText());
            } else if (type.equals("tool_result")) {
                answered.add(block.path("tool_use_id").asText());
            }
        }
        if (!answered.equals(open)) {
            throw new Invalid(
                    name + ": tool results " + answered + " (expected: " + open + ", the calls of the message before)");
        }
        return opened;
    }
}
