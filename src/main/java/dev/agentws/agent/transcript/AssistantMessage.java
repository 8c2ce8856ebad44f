package dev.agentws.agent.transcript;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.agentws.agent.event.EscapedText;
import dev.agentws.agent.model.Block;
import dev.agentws.agent.model.BlockKind;
import dev.agentws.agent.options.ContentReader;
import io.netty.buffer.ByteBufAllocator;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One answer of the model while it arrives, block by block. Confined to the session's loop. */
public final class AssistantMessage {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final ByteBufAllocator allocator;
    private final List<OpenBlock> open = new ArrayList<>(2);
    /** All blocks in the order in which they began, which is the order they go back in. */
    private final List<OpenBlock> order = new ArrayList<>(4);

    private final List<ToolUse> toolUses = new ArrayList<>(2);
    private @Nullable OpenBlock last;

    /**
     * A call of a tool.
     *
     * @param fault why the call must not run, as the end of a sentence that begins with its input; null: it may
     */
    public record ToolUse(
            String id, String name, byte[] input, @Nullable String fault) {
        /** Whether the input was cut, garbled or is too much, so that the call must not run. */
        public boolean broken() {
            return fault != null;
        }
    }

    public AssistantMessage(ByteBufAllocator allocator) {
        this.allocator = allocator;
    }

    public void start(int index, BlockKind kind, byte[] json) {
        OpenBlock block = new OpenBlock(index, kind, json, allocator);
        open.add(block);
        order.add(block);
        last = block;
    }

    /** The open block of that index, or null. */
    @Nullable
    public OpenBlock find(int index) {
        OpenBlock recent = last;
        if (recent != null && recent.index() == index) {
            return recent;
        }
        for (OpenBlock block : open) {
            if (block.index() == index) {
                return block;
            }
        }
        return null;
    }

    /** Finishes a block; for a call of a tool returns the call. */
    @Nullable
    public ToolUse stop(int index) {
        OpenBlock block = find(index);
        if (block == null) {
            return null;
        }
        open.remove(block);
        if (last == block) {
            last = open.isEmpty() ? null : open.get(open.size() - 1);
        }
        Block whole = block.finish();
        if (block.kind() != BlockKind.TOOL_USE) {
            return null;
        }
        ToolUse use = toolUse(whole, block.inputFault());
        toolUses.add(use);
        return use;
    }

    private static ToolUse toolUse(Block block, @Nullable String fault) {
        try {
            JsonNode json = MAPPER.readTree(block.json());
            return new ToolUse(
                    json.path("id").asText(),
                    json.path("name").asText(),
                    MAPPER.writeValueAsBytes(
                            json.path("input").isObject() ? json.get("input") : MAPPER.createObjectNode()),
                    fault);
        } catch (IOException e) {
            return new ToolUse("", "", new byte[] {'{', '}'}, "is not JSON; send it again");
        }
    }

    /** The calls of a message that is whole. */
    public static List<ToolUse> toolUses(List<Block> blocks) {
        return blocks.stream()
                .filter(block -> block.kind() == BlockKind.TOOL_USE)
                .map(block -> toolUse(block, null))
                .toList();
    }

    /** The calls so far, in the order in which they were finished. */
    public List<ToolUse> toolUses() {
        return toolUses;
    }

    /** All of it, as it goes back upstream: every block as it came, except texts that the API would refuse as empty. */
    public List<Block> blocks() {
        return collect(false, true);
    }

    /** What of a message that ends the turn before its calls ran can go back: everything but the calls. */
    public List<Block> withoutCalls() {
        return collect(false, false);
    }

    /**
     * What of a message that was cut may go back: whole or partial text, a summary of the API's, and nothing that needs a signature or an
     * answer.
     */
    public List<Block> textOnly() {
        // Not by stop(): a call that was cut was never shown, so it is none.
        open.forEach(OpenBlock::finish);
        open.clear();
        last = null;
        return collect(true, false);
    }

    /** The finished text blocks, one after the other. */
    public String text() {
        StringBuilder all = new StringBuilder();
        for (OpenBlock block : order) {
            Block whole = block.whole();
            if (whole != null && whole.kind() == BlockKind.TEXT) {
                all.append(ContentReader.textOf(whole));
            }
        }
        return all.toString();
    }

    private List<Block> collect(boolean textOnly, boolean calls) {
        List<Block> all = new ArrayList<>();
        for (OpenBlock block : order) {
            Block whole = block.whole();
            if (whole != null && goesBack(block, textOnly, calls)) {
                all.add(whole);
            }
        }
        dropTrailingThinking(all);
        return all;
    }

    /** The API refuses a message that ends with thinking; thoughts that led to nothing may be left out. */
    private static void dropTrailingThinking(List<Block> blocks) {
        int last = blocks.size() - 1;
        while (last >= 0 && isThinking(blocks.get(last).kind())) {
            blocks.remove(last--);
        }
    }

    private static boolean isThinking(BlockKind kind) {
        return kind == BlockKind.THINKING || kind == BlockKind.REDACTED_THINKING;
    }

    private static boolean goesBack(OpenBlock block, boolean textOnly, boolean calls) {
        if (block.kind() == BlockKind.TEXT) {
            return block.text().length() > 0 && !isBlank(block.text());
        }
        if (block.kind() == BlockKind.COMPACTION) {
            Block whole = block.whole();
            return whole != null && CompactionBlock.summary(whole) != null;
        }
        return !textOnly && (calls || block.kind() != BlockKind.TOOL_USE);
    }

    /** The API refuses text that is nothing but white space, which may come escaped. */
    private static boolean isBlank(EscapedText text) {
        byte[] json = new byte[text.length() + 2];
        text.copyTo(json, 1);
        byte first = json[1];
        if (first > ' ' && first != '\\') {
            return false;
        }
        json[0] = '"';
        json[json.length - 1] = '"';
        try {
            return ContentReader.isBlank(MAPPER.readValue(json, String.class));
        } catch (IOException e) {
            return false;
        }
    }

    /** Gives all growing room back. Idempotent; what has been shown stays readable. */
    public void discard() {
        open.forEach(OpenBlock::discard);
        open.clear();
        last = null;
    }
}
