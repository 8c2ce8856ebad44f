package dev.agentws.agent.record;

import dev.agentws.agent.model.Block;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A stretch of a conversation. Immutable.
 *
 * @param messages in the order that was asked for
 * @param total how many messages the conversation has
 * @param next the cursor of the page after this; null when this is the last
 */
public record MessagePage(
        List<SaidMessage> messages, int total, @Nullable Integer next) {
    /** How much may be in a page; a single message may be larger. */
    private static final long MAX_BYTES = 1024 * 1024;

    public MessagePage {
        messages = List.copyOf(messages);
    }

    /**
     * The page after {@code cursor}.
     *
     * @param said a conversation, oldest message first
     * @param cursor the index of the last message of the page before, or null for the first page
     * @param limit the most messages
     */
    public static MessagePage of(List<SaidMessage> said, boolean newestFirst, @Nullable Integer cursor, int limit) {
        List<SaidMessage> page = new ArrayList<>();
        long bytes = 0;
        int size = said.size();
        for (int i = 0; i < size; i++) {
            SaidMessage each = said.get(newestFirst ? size - 1 - i : i);
            boolean before = cursor != null && (newestFirst ? each.index() >= cursor : each.index() <= cursor);
            if (before) {
                continue;
            }
            bytes += bytes(each);
            if (!page.isEmpty() && (page.size() == limit || bytes > MAX_BYTES)) {
                return new MessagePage(page, size, page.get(page.size() - 1).index());
            }
            page.add(each);
        }
        return new MessagePage(page, size, null);
    }

    private static long bytes(SaidMessage said) {
        long bytes = 0;
        for (Block block : said.message().blocks()) {
            bytes += block.json().length;
        }
        return bytes;
    }
}
