package dev.agentws.protocol;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agentws.protocol.ClientMessage.ForkSession;
import dev.agentws.protocol.ClientMessage.LoadMessages;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Reads the messages about what was said earlier. */
final class HistoryMessages {
    private static final int USUAL_MESSAGES = 50;
    private static final int MOST_MESSAGES = 500;
    private static final int USUAL_SESSIONS = 50;
    private static final int MOST_SESSIONS = 1000;
    private static final int LONGEST_TITLE = 200;

    /** The order of a page. */
    private enum Order {
        NEWEST_FIRST,
        OLDEST_FIRST;

        private final String wireName = name().toLowerCase(Locale.ROOT);
    }

    private HistoryMessages() {}

    static LoadMessages load(Fields fields) throws InvalidFieldException {
        return new LoadMessages(
                fields.sessionId(),
                order(fields) == Order.NEWEST_FIRST,
                cursor(fields),
                fields.count("limit", 1, MOST_MESSAGES, USUAL_MESSAGES));
    }

    private static Order order(Fields fields) throws InvalidFieldException {
        String name = fields.optionalText("order");
        for (Order order : Order.values()) {
            if (name == null || order.wireName.equals(name)) {
                return order;
            }
        }
        throw Fields.wrong("order", String.valueOf(name), "newest_first or oldest_first");
    }

    private static @Nullable Integer cursor(Fields fields) throws InvalidFieldException {
        String cursor = fields.optionalText("cursor");
        if (cursor == null) {
            return null;
        }
        try {
            return Integer.valueOf(cursor);
        } catch (NumberFormatException e) {
            throw Fields.wrong("cursor", cursor, "the next_cursor of a page before");
        }
    }

    /** Null when nothing is looked for, so that all are meant. */
    static @Nullable SessionSearch search(Fields fields) throws InvalidFieldException {
        boolean all = true;
        for (String name : List.of("cursor", "limit", "query", "status")) {
            all &= fields.value(name) == null;
        }
        if (all) {
            return null;
        }
        String query = fields.optionalText("query");
        return new SessionSearch(
                fields.optionalText("cursor"),
                fields.count("limit", 1, MOST_SESSIONS, USUAL_SESSIONS),
                query == null || query.isBlank() ? null : query.strip(),
                filter(fields));
    }

    private static @Nullable SessionFilter filter(Fields fields) throws InvalidFieldException {
        String status = fields.optionalText("status");
        if (status == null) {
            return null;
        }
        for (SessionFilter filter : SessionFilter.values()) {
            if (filter.wireName().equals(status)) {
                return filter;
            }
        }
        throw Fields.wrong("status", status, "idle, processing or ended");
    }

    /** A line for people; null to have none of its own. */
    static @Nullable String title(Fields fields) throws InvalidFieldException {
        String title = fields.optionalText("title");
        if (title == null) {
            return null;
        }
        String line = title.strip();
        int length = line.codePointCount(0, line.length());
        boolean prints = line.codePoints().noneMatch(HistoryMessages::breaksLine);
        if (length < 1 || length > LONGEST_TITLE || !prints) {
            throw Fields.wrong("title", title, "one line of 1 to " + LONGEST_TITLE + " characters, or null");
        }
        return line;
    }

    private static boolean breaksLine(int character) {
        int type = Character.getType(character);
        return type == Character.CONTROL
                || type == Character.LINE_SEPARATOR
                || type == Character.PARAGRAPH_SEPARATOR
                || type == Character.SURROGATE;
    }

    static ForkSession fork(Fields fields) throws InvalidFieldException {
        JsonNode index = fields.value("index");
        JsonNode seq = fields.value("seq");
        if (index != null && seq != null) {
            throw Fields.wrong("seq", seq, "either index or seq, not both");
        }
        ObjectNode options = fields.optionalObject("options");
        return new ForkSession(
                fields.sessionId(),
                fields.optionalSessionId("new_session_id"),
                index == null ? null : Integer.valueOf(fields.count("index", 0, Integer.MAX_VALUE, 0)),
                seq == null ? null : Long.valueOf(fields.count("seq")),
                title(fields),
                options == null ? JsonNodeFactory.instance.objectNode() : options);
    }
}
