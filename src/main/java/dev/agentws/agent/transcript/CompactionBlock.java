package dev.agentws.agent.transcript;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.agentws.agent.model.Block;
import dev.agentws.agent.model.BlockKind;
import dev.agentws.agent.model.Message;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the API says when it has shortened a conversation: a summary, from which on the conversation counts. Stateless. */
public final class CompactionBlock {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private CompactionBlock() {}

    /** The summary, or null for another block, or for one that says that there is no summary because it failed. */
    public static @Nullable String summary(Block block) {
        if (block.kind() != BlockKind.COMPACTION) {
            return null;
        }
        try {
            return MAPPER.readTree(block.json()).path("content").textValue();
        } catch (IOException e) {
            return null;
        }
    }

    /** Where the last summary stands among the blocks, or -1. */
    static int last(List<Block> blocks) {
        int at = blocks.size() - 1;
        while (at >= 0 && summary(blocks.get(at)) == null) {
            at--;
        }
        return at;
    }

    /** Whether the conversation goes on from a summary of the API's. */
    public static boolean begins(List<Message> messages) {
        return !messages.isEmpty() && last(messages.get(0).blocks()) >= 0;
    }

    /** The same conversation for an upstream that does not know such blocks: the summary becomes words of ours. */
    public static List<Message> inWords(List<Message> messages) {
        List<Block> first = messages.get(0).blocks();
        int at = last(first);
        String summary = summary(first.get(at));
        List<Block> opening = new ArrayList<>();
        opening.add(SummaryRequest.asBeginning(summary == null ? "" : summary));
        List<Message> rest = new ArrayList<>(messages.subList(1, messages.size()));
        if (at + 1 < first.size()) {
            rest.add(0, new Message(messages.get(0).role(), first.subList(at + 1, first.size())));
        } else if (!rest.isEmpty() && rest.get(0).role() == Message.Role.USER) {
            opening.addAll(rest.remove(0).blocks());
        }
        rest.add(0, new Message(Message.Role.USER, opening));
        return rest;
    }
}
