package dev.agentws.agent.record;

import com.fasterxml.jackson.databind.JsonNode;
import dev.agentws.agent.event.SessionEvent.ForkOrigin;
import dev.agentws.agent.model.Block;
import dev.agentws.agent.options.ContentReader;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What people know a session by: its title, how it began, where it was forked from. Confined to the session's loop. */
public final class SessionLabel {
    private static final int LONGEST_TITLE = 60;
    private static final int LONGEST_BEGINNING = 200;

    private @Nullable String title;
    private @Nullable String beginning;
    private @Nullable ForkOrigin origin;

    /** Of a fork: begins as the other does, under the same title. */
    public static SessionLabel fork(SessionLabel other, @Nullable String title, ForkOrigin origin) {
        SessionLabel fork = new SessionLabel();
        fork.title = title == null ? other.title : title;
        fork.beginning = other.beginning;
        fork.origin = origin;
        return fork;
    }

    /** Takes everything over from another. */
    public void copy(SessionLabel other) {
        title = other.title;
        beginning = other.beginning;
        origin = other.origin;
    }

    /** As a session's first record says. */
    void read(JsonNode fork) {
        if (fork.isObject()) {
            origin = new ForkOrigin(
                    fork.path("session_id").asText(), fork.path("index").asInt());
            title = fork.path("title").textValue();
            beginning = fork.path("beginning").textValue();
        }
    }

    /** Only the first prompt with any words counts. */
    public void prompted(List<Block> content) {
        for (Block block : content) {
            String words = beginning == null ? plain(ContentReader.textOf(block)) : "";
            if (!words.isEmpty()) {
                beginning = cut(words, LONGEST_BEGINNING);
            }
        }
    }

    /** @param chosen null for the one that follows from the first prompt */
    public void rename(@Nullable String chosen) {
        title = chosen;
    }

    /** The title that was chosen, or the beginning of the first prompt; null before that. */
    public @Nullable String title() {
        String words = beginning;
        return title != null || words == null ? title : cut(words, LONGEST_TITLE);
    }

    /** The title that was chosen, or null. */
    @Nullable
    String chosen() {
        return title;
    }

    /** How the first prompt begins, in one line; null before that. */
    public @Nullable String beginning() {
        return beginning;
    }

    /** Where it was forked from, or null. */
    public @Nullable ForkOrigin origin() {
        return origin;
    }

    /** One line without anything that does not print. Looks only at as much of a text as can be shown. */
    private static String plain(String text) {
        String start = text.strip();
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < start.length() && line.length() <= LONGEST_BEGINNING; i++) {
            char c = start.charAt(i);
            boolean blank = Character.isWhitespace(c) || Character.isSpaceChar(c) || Character.isISOControl(c);
            boolean again = blank && (line.length() == 0 || line.charAt(line.length() - 1) == ' ');
            if (!again) {
                line.append(blank ? ' ' : c);
            }
        }
        return line.toString().strip();
    }

    /** Behind a word, if one ends in the second half. */
    private static String cut(String line, int longest) {
        if (line.length() <= longest) {
            return line;
        }
        int end = line.lastIndexOf(' ', longest - 1);
        if (end < longest / 2) {
            end = longest - 1;
            end -= Character.isHighSurrogate(line.charAt(end - 1)) ? 1 : 0;
        }
        return line.substring(0, end).stripTrailing() + "…";
    }
}
