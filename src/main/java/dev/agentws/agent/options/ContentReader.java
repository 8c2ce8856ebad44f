package dev.agentws.agent.options;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agentws.agent.model.Block;
import dev.agentws.agent.model.BlockKind;
import dev.agentws.agent.options.SessionOptions.Invalid;
import dev.agentws.agent.tool.ToolResult;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Turns what a client sent as content (a string, or an array of blocks) into blocks of the transcript. Checks only what would spoil
 * the whole conversation if it got in; the model's API checks the rest. Thread-safe.
 */
public final class ContentReader {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final Set<String> USER_BLOCKS = Set.of("text", "image", "document", "search_result");

    private ContentReader() {}

    /** @throws Invalid naming what is wrong with the prompt */
    public static List<Block> userContent(JsonNode content) throws Invalid {
        List<Block> blocks = read("content", content);
        for (int i = 0; i < blocks.size(); i++) {
            String type =
                    content.isTextual() ? "text" : content.get(i).path("type").asText();
            if (!USER_BLOCKS.contains(type)) {
                throw new Invalid(
                        "content[" + i + "].type: " + type + " (expected: text, image, document or search_result)");
            }
        }
        if (content.isArray()) {
            MediaRules.check(content);
        }
        return blocks;
    }

    /** Content of a message of either role, as it stands in a conversation to go on with. */
    static List<Block> read(String name, JsonNode content) throws Invalid {
        if (content.isTextual()) {
            if (isBlank(content.textValue())) {
                throw new Invalid(name + ": empty (expected: some text)");
            }
            return List.of(text(content.textValue()));
        }
        if (!content.isArray() || content.isEmpty()) {
            throw new Invalid(name + ": not usable (expected: a string or an array of content blocks)");
        }
        List<Block> blocks = new ArrayList<>();
        for (int i = 0; i < content.size(); i++) {
            blocks.add(block(name + "[" + i + "]", content.get(i)));
        }
        return blocks;
    }

    private static Block block(String name, JsonNode json) throws Invalid {
        if (!(json instanceof ObjectNode object) || !json.path("type").isTextual()) {
            throw new Invalid(name + ": not a content block (expected: an object with a type)");
        }
        String type = json.get("type").textValue();
        if (type.equals("text") && isBlank(json.path("text").asText())) {
            throw new Invalid(name + ".text: empty (expected: some text)");
        }
        // A client's breakpoints would add to ours, and the API takes four in all.
        return new Block(kind(type), bytes(object.deepCopy().without("cache_control")));
    }

    private static BlockKind kind(String type) {
        switch (type) {
            case "text":
                return BlockKind.TEXT;
            case "thinking":
                return BlockKind.THINKING;
            case "redacted_thinking":
                return BlockKind.REDACTED_THINKING;
            case "tool_use":
                return BlockKind.TOOL_USE;
            case "tool_result":
                return BlockKind.TOOL_RESULT;
            case "compaction":
                return BlockKind.COMPACTION;
            default:
                return BlockKind.OTHER;
        }
    }

    /** Whether the API would refuse the text as nothing but white space, of whatever kind Unicode has. */
    public static boolean isBlank(String text) {
        return text.codePoints().allMatch(c -> Character.isWhitespace(c) || Character.isSpaceChar(c));
    }

    /** A block that was read once, and stored since. */
    public static Block stored(JsonNode json) {
        return new Block(kind(json.path("type").asText()), bytes(json));
    }

    /** A text block of our own. */
    public static Block text(String text) {
        return new Block(
                BlockKind.TEXT,
                bytes(MAPPER.createObjectNode().put("type", "text").put("text", text)));
    }

    /** What a text block says; nothing for blocks of other kinds. */
    public static String textOf(Block block) {
        if (block.kind() != BlockKind.TEXT) {
            return "";
        }
        try {
            return MAPPER.readTree(block.json()).path("text").asText();
        } catch (IOException e) {
            throw new IllegalStateException("block: not JSON (expected: a text block)", e);
        }
    }

    /** The answer to a tool call. */
    public static Block toolResult(String toolUseId, ToolResult result) {
        ObjectNode json = MAPPER.createObjectNode();
        json.put("type", "tool_result").put("tool_use_id", toolUseId);
        if (result.attachments().isEmpty()) {
            json.put("content", result.text());
        } else {
            ArrayNode content = json.putArray("content");
            content.addObject().put("type", "text").put("text", result.text());
            result.attachments().forEach(each -> attach(content.addObject(), each));
        }
        if (result.isError()) {
            json.put("is_error", true);
        }
        return new Block(BlockKind.TOOL_RESULT, bytes(json));
    }

    private static void attach(ObjectNode block, ToolResult.Attachment attachment) {
        boolean image = attachment.kind() == ToolResult.AttachmentKind.IMAGE;
        block.put("type", image ? "image" : "document")
                .putObject("source")
                .put("type", "base64")
                .put("media_type", attachment.mediaType())
                .put("data", attachment.data());
    }

    private static byte[] bytes(JsonNode json) {
        try {
            return MAPPER.writeValueAsBytes(json);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("content: cannot be written again", e);
        }
    }
}
