package dev.agentws.agent.transcript;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agentws.agent.event.EscapedText;
import dev.agentws.agent.model.Block;
import dev.agentws.agent.model.BlockKind;
import dev.agentws.agent.model.DeltaKind;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A content block that is still growing. Confined to the session's loop. */
public final class OpenBlock {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final JsonFactory JSON = new JsonFactory();
    private static final byte[] EMPTY_OBJECT = {'{', '}'};

    private final int index;
    private final BlockKind kind;
    private final byte[] start;
    private final EscapedText text;
    private final ByteBufAllocator allocator;
    private @Nullable EscapedText input;
    private @Nullable EscapedText signature;
    private @Nullable ArrayNode citations;
    private @Nullable ObjectNode overlay;
    private @Nullable String inputFault;
    private @Nullable Block whole;

    OpenBlock(int index, BlockKind kind, byte[] start, ByteBufAllocator allocator) {
        this.index = index;
        this.kind = kind;
        this.start = start;
        this.allocator = allocator;
        this.text = new EscapedText(allocator);
    }

    int index() {
        return index;
    }

    public BlockKind kind() {
        return kind;
    }

    /** The text or the thinking. */
    public EscapedText text() {
        return text;
    }

    /** Why the tool's input cannot be used, in words that the model can act on; null: it can. Known after {@link #finish()}. */
    @Nullable
    String inputFault() {
        return inputFault;
    }

    public void append(DeltaKind delta, ByteBuf bytes, int offset, int length) {
        switch (delta) {
            case TEXT:
            case THINKING:
                text.append(bytes, offset, length);
                break;
            case TOOL_INPUT:
                if (input == null) {
                    input = new EscapedText(allocator);
                }
                input.append(bytes, offset, length);
                break;
            case SIGNATURE:
                if (signature != null) {
                    signature.seal();
                }
                signature = new EscapedText(allocator);
                signature.append(bytes, offset, length);
                break;
        }
    }

    /** Deltas that are no string: citations are collected, a compaction takes the place of the block's fields, others are unknown. */
    public void appendOther(byte[] delta) {
        JsonNode json;
        try {
            json = MAPPER.readTree(delta);
        } catch (IOException e) {
            return;
        }
        String type = json.path("type").asText();
        if (type.equals("citations_delta") && json.has("citation")) {
            if (citations == null) {
                citations = MAPPER.createArrayNode();
            }
            citations.add(json.get("citation"));
        } else if (type.equals("compaction_delta") && json instanceof ObjectNode object) {
            overlay = object.without("type");
        }
    }

    /** The finished block, or null while it grows. */
    @Nullable
    public Block whole() {
        return whole;
    }

    /** Ends the growth and returns the whole block as it goes back upstream. */
    Block finish() {
        BlockFields fields = new BlockFields(start);
        String textField = kind == BlockKind.THINKING ? "thinking" : "text";
        boolean hasText = text.length() > 0;
        if (hasText) {
            fields.set(textField, text);
        }
        if (signature != null) {
            fields.set("signature", signature);
        }
        byte[] name = kind == BlockKind.TOOL_USE ? mendedName() : null;
        if (name != null) {
            fields.set("name", name);
        }
        byte[] toolInput = takeInput();
        if (toolInput != null) {
            fields.set("input", toolInput);
        }
        if (citations != null) {
            fields.set("citations", citations.toString().getBytes(StandardCharsets.UTF_8));
        }
        if (overlay != null) {
            for (Map.Entry<String, JsonNode> each : overlay.properties()) {
                fields.set(each.getKey(), each.getValue().toString().getBytes(StandardCharsets.UTF_8));
            }
        }
        byte[] json;
        try {
            json = fields.json();
        } catch (IOException e) {
            // The reader hands on only what its parser took for an object; a defect here must not take the turn with
            // it.
            json = start;
            hasText = false;
        }
        if (hasText) {
            text.sealInto(json, fields.offsetOf(textField) + 1);
        }
        discard();
        Block block = new Block(kind, json);
        whole = block;
        return block;
    }

    /** Gives the growing room back; the text stays readable. Idempotent. */
    void discard() {
        text.seal();
        if (input != null) {
            input.seal();
        }
        if (signature != null) {
            signature.seal();
        }
    }

    private static byte[] quoted(EscapedText text) {
        byte[] json = new byte[text.length() + 2];
        json[0] = '"';
        text.copyTo(json, 1);
        json[json.length - 1] = '"';
        return json;
    }

    /** The input as the model wrote it, byte for byte, or {@code {}} when it is empty or broken; null: the start JSON has it. */
    private byte @Nullable [] takeInput() {
        if (kind != BlockKind.TOOL_USE && input == null) {
            return null;
        }
        if (input == null) {
            return null;
        }
        try (JsonParser parser = JSON.createParser(quoted(input))) {
            parser.nextToken();
            byte[] json = parser.getText().strip().getBytes(StandardCharsets.UTF_8);
            if (json.length == 0) {
                return startHasInput() ? null : EMPTY_OBJECT;
            }
            if (MAPPER.reader(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .readTree(json)
                    .isObject()) {
                return json;
            }
            inputFault = "is not a JSON object; send it again";
        } catch (StreamConstraintsException e) {
            int longest = JSON.streamReadConstraints().getMaxStringLength();
            inputFault = input.length() > longest
                    ? "is " + input.length() + " bytes long (expected: at most " + longest
                            + "); send it in smaller parts"
                    : "is too deep, or holds a name or number that is too long (expected: at most "
                            + JSON.streamReadConstraints().getMaxNestingDepth() + " levels); send a simpler one";
        } catch (IOException e) {
            inputFault = "is not JSON, it was cut or garbled; send it again";
        }
        return EMPTY_OBJECT;
    }

    /** A model may call a tool by a name that the API takes from nobody; null if it is a possible one. */
    private byte @Nullable [] mendedName() {
        String name;
        try {
            name = MAPPER.readTree(start).path("name").asText();
        } catch (IOException e) {
            return null;
        }
        if (name.matches("[a-zA-Z0-9_-]{1,128}")) {
            return null;
        }
        String mended = name.replaceAll("[^a-zA-Z0-9_-]", "_");
        mended = mended.isEmpty() ? "unnamed" : mended.substring(0, Math.min(mended.length(), 128));
        return ("\"" + mended + "\"").getBytes(StandardCharsets.UTF_8);
    }

    private boolean startHasInput() throws IOException {
        JsonNode given = MAPPER.readTree(start).path("input");
        return given.isObject();
    }
}
