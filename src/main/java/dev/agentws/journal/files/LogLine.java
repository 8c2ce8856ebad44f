package dev.agentws.journal.files;

import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A line of a log that says what the lines behind it are; see {@link Lines}.
 *
 * @param entry how many entries the session has before them; -1: nothing before this counts
 * @param count how many lines follow that are the session's
 */
record LogLine(String sessionId, long entry, long count) {
    private static final Pattern GROUP =
            Pattern.compile("\\{\"session\":\"([^\"]+)\",\"entry\":(\\d{1,18}),\"lines\":(\\d{1,18})");
    private static final Pattern FORGET = Pattern.compile("\\{\"forget\":\"([^\"]+)\"");

    /** @return null when it is no such line, or not as it was written */
    static @Nullable LogLine parse(byte[] bytes, int start, int end) {
        if (!RecordLine.checked(bytes, start, end)) {
            return null;
        }
        String text = new String(bytes, start, end - start - RecordLine.CHECK_LENGTH, StandardCharsets.US_ASCII);
        Matcher group = GROUP.matcher(text);
        if (group.matches()) {
            return of(group.group(1), Long.parseLong(group.group(2)), Long.parseLong(group.group(3)));
        }
        Matcher forget = FORGET.matcher(text);
        return forget.matches() ? of(forget.group(1), -1, 0) : null;
    }

    private static @Nullable LogLine of(String name, long entry, long count) {
        String sessionId = SessionNames.decode(name);
        return sessionId == null ? null : new LogLine(sessionId, entry, count);
    }

    boolean forgets() {
        return entry < 0;
    }
}
