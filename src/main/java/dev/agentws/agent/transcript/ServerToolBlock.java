package dev.agentws.agent.transcript;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agentws.agent.model.Block;
import dev.agentws.agent.model.BlockKind;
import dev.agentws.agent.model.Message;
import dev.agentws.agent.tool.ToolResult;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A call, or a result, of a tool that the model's API runs itself. Immutable.
 *
 * @param id of the call
 * @param tool by the name that clients know; of a result it is not known, so it is empty
 * @param json the block
 */
public record ServerToolBlock(boolean call, String id, String tool, ObjectNode json) {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    /** The block as one of these, or null when it is none. */
    public static @Nullable ServerToolBlock of(Block block) {
        if (block.kind() != BlockKind.OTHER) {
            return null;
        }
        try {
            if (!(MAPPER.readTree(block.json()) instanceof ObjectNode json)) {
                return null;
            }
            String type = json.path("type").asText();
            if (type.equals("server_tool_use")) {
                return new ServerToolBlock(
                        true,
                        json.path("id").asText(),
                        shownName(json.path("name").asText()),
                        json);
            }
            boolean result =
                    type.endsWith("_tool_result") && json.path("tool_use_id").isTextual();
            return result ? new ServerToolBlock(false, json.path("tool_use_id").asText(), "", json) : null;
        } catch (IOException e) {
            return null;
        }
    }

    private static String shownName(String name) {
        return name.equals("web_search") ? "WebSearch" : name;
    }

    public byte[] input() {
        return bytes(json.path("input").isObject() ? json.get("input") : MAPPER.createObjectNode());
    }

    /** The result in words, with the block for clients; what only the API can read of it is left out there. */
    public ToolResult result() {
        JsonNode content = json.path("content");
        ObjectNode details = json.deepCopy();
        details.path("content").forEach(item -> {
            if (item instanceof ObjectNode object) {
                object.remove("encrypted_content");
            }
        });
        String code = content.path("error_code").asText();
        ToolResult result = code.isEmpty() ? ToolResult.of(words(content)) : ToolResult.error("It failed: " + code);
        return result.withDetails(bytes(details));
    }

    private static String words(JsonNode content) {
        StringBuilder text = new StringBuilder();
        for (JsonNode item : content) {
            if (item.path("url").isTextual()) {
                text.append(text.isEmpty() ? "" : "\n")
                        .append(item.path("title").asText())
                        .append(" - ")
                        .append(item.get("url").textValue());
            }
        }
        return text.isEmpty() ? "Nothing was found." : text.toString();
    }

    /** The ids of calls without a result. */
    static Set<String> open(List<Message> answer) {
        Set<String> open = new HashSet<>();
        Set<String> answered = new HashSet<>();
        for (Message message : answer) {
            for (Block block : message.blocks()) {
                ServerToolBlock known = of(block);
                if (known != null) {
                    (known.call ? open : answered).add(known.id);
                }
            }
        }
        open.removeAll(answered);
        return open;
    }

    /** The blocks without those calls. */
    static List<Block> without(List<Block> blocks, Set<String> ids) {
        return blocks.stream()
                .filter(block -> {
                    ServerToolBlock known = of(block);
                    return known == null || !known.call || !ids.contains(known.id);
                })
                .toList();
    }

    private static byte[] bytes(JsonNode json) {
        return json.toString().getBytes(StandardCharsets.UTF_8);
    }
}
