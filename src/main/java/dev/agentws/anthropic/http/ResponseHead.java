package dev.agentws.anthropic.http;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The status line and headers of a response. Immutable.
 *
 * @param minor the minor version of HTTP/1
 * @param fields name, value, name, value...: names in lower case, values without the white space around them
 */
public record ResponseHead(int status, int minor, List<String> fields) {
    public ResponseHead {
        fields = List.copyOf(fields);
    }

    /** The value of the first header of that lower-case name, or null. */
    public @Nullable String first(String name) {
        for (int i = 0; i < fields.size(); i += 2) {
            if (fields.get(i).equals(name)) {
                return fields.get(i + 1);
            }
        }
        return null;
    }

    int count(String name) {
        int count = 0;
        for (int i = 0; i < fields.size(); i += 2) {
            if (fields.get(i).equals(name)) {
                count++;
            }
        }
        return count;
    }

    /** Whether one of the comma-separated words in the headers of that name is {@code word}, whatever the case. */
    boolean lists(String name, String word) {
        for (int i = 0; i < fields.size(); i += 2) {
            if (fields.get(i).equals(name)) {
                for (String part : fields.get(i + 1).split(",")) {
                    if (part.strip().equalsIgnoreCase(word)) {
                        return true;
                    }
                }
            }
        }
        return false;
    }
}
