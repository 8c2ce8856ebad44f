package dev.agentws.websocket.session;

import com.fasterxml.jackson.databind.JsonNode;
import dev.agentws.agent.event.SessionEvent.SessionInfo;
import dev.agentws.protocol.SessionFilter;
import dev.agentws.protocol.SessionSearch;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Sessions that somebody looked for, newest activity first. Immutable.
 *
 * @param next the cursor of the page after this; null when this is the last
 */
record SessionPage(List<SessionInfo> sessions, @Nullable String next) {
    /** The time of the last session of a page, and its id. */
    private static final Pattern CURSOR = Pattern.compile("\\d{1,18}:.+");

    private static final Comparator<SessionInfo> NEWEST_FIRST =
            Comparator.comparingLong(SessionInfo::updatedAtMs).reversed().thenComparing(SessionInfo::id);

    SessionPage {
        sessions = List.copyOf(sessions);
    }

    /** Whether a listing can have given this; null is the beginning. */
    static boolean isCursor(@Nullable String cursor) {
        return cursor == null || CURSOR.matcher(cursor).matches();
    }

    /** @param all sessions in any order */
    static SessionPage of(List<SessionInfo> all, SessionSearch search) {
        List<SessionInfo> sorted = new ArrayList<>(all);
        sorted.removeIf(info -> !matches(info, search) || !isAfter(info, search.cursor()));
        sorted.sort(NEWEST_FIRST);
        if (sorted.size() <= search.limit()) {
            return new SessionPage(sorted, null);
        }
        SessionInfo last = sorted.get(search.limit() - 1);
        return new SessionPage(sorted.subList(0, search.limit()), last.updatedAtMs() + ":" + last.id());
    }

    private static boolean isAfter(SessionInfo info, @Nullable String cursor) {
        if (cursor == null) {
            return true;
        }
        int colon = cursor.indexOf(':');
        long time = Long.parseLong(cursor.substring(0, colon));
        boolean same = info.updatedAtMs() == time;
        return same ? info.id().compareTo(cursor.substring(colon + 1)) > 0 : info.updatedAtMs() < time;
    }

    private static boolean matches(SessionInfo info, SessionSearch search) {
        SessionFilter status = search.status();
        if (status != null && !status.wireName().equals(info.status().wireName())) {
            return false;
        }
        String query = search.query();
        return query == null
                || holds(info.id(), query)
                || holds(info.title(), query)
                || holds(info.directory(), query)
                || holds(info.firstPrompt(), query);
    }

    /** The same for a session that has ended, as it was shown last. */
    static boolean matches(JsonNode session, SessionSearch search) {
        String query = search.query();
        return query == null
                || holds(session.path("id").textValue(), query)
                || holds(session.path("title").textValue(), query)
                || holds(session.path("working_directory").textValue(), query)
                || holds(session.path("first_prompt").textValue(), query);
    }

    private static boolean holds(@Nullable String text, String query) {
        return text != null && text.toLowerCase(Locale.ROOT).contains(query.toLowerCase(Locale.ROOT));
    }
}
