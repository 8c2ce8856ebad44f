package dev.agentws.tools.search;

import java.util.ArrayList;
import java.util.List;

/**
 * A glob pattern over paths: {@code *} and {@code ?} within a name, <code>**</code> across names, {@code [a-z]}, and
 * {@code {a,b}} where asked for. Immutable.
 */
final class GlobPattern {
    private static final int MAX_CHARS = 4_000;
    private static final int MAX_ALTERNATIVES = 1_000;

    private final List<List<GlobSegment>> alternatives;

    private GlobPattern(List<List<GlobSegment>> alternatives) {
        this.alternatives = alternatives;
    }

    /**
     * @param braces whether {@code {a,b}} means either
     * @throws IllegalArgumentException with the reason, for a pattern that makes no sense
     */
    static GlobPattern parse(String text, boolean braces) {
        if (text.length() > MAX_CHARS) {
            throw new IllegalArgumentException(text.length() + " chars, at most " + MAX_CHARS + " are possible");
        }
        List<String> texts = new ArrayList<>();
        if (braces) {
            expand("", text, texts);
        } else {
            texts.add(text);
        }
        return new GlobPattern(texts.stream().map(GlobPattern::segments).toList());
    }

    /** Whether the names of {@code path} from index {@code from} on match as a whole. */
    boolean matches(List<String> path, int from) {
        for (List<GlobSegment> alternative : alternatives) {
            if (matches(alternative, path, from)) {
                return true;
            }
        }
        return false;
    }

    private static boolean matches(List<GlobSegment> segments, List<String> path, int from) {
        int segment = 0;
        int at = from;
        int deepSegment = -1;
        int deepAt = 0;
        while (at < path.size()) {
            GlobSegment next = segment < segments.size() ? segments.get(segment) : null;
            if (next != null && next.anyDepth()) {
                deepSegment = segment++;
                deepAt = at;
            } else if (next != null && next.matches(path.get(at))) {
                segment++;
                at++;
            } else if (deepSegment >= 0) {
                deepAt++;
                at = deepAt;
                segment = deepSegment + 1;
            } else {
                return false;
            }
        }
        return segment == segments.size();
    }

    private static List<GlobSegment> segments(String text) {
        List<GlobSegment> segments = new ArrayList<>();
        for (String part : text.split("/", -1)) {
            // Empty parts come from doubled slashes, and two any-depths in a row are one.
            boolean repeated = part.equals("**")
                    && !segments.isEmpty()
                    && segments.get(segments.size() - 1).anyDepth();
            if (!part.isEmpty() && !part.equals(".") && !repeated) {
                segments.add(GlobSegment.parse(part));
            }
        }
        if (!segments.isEmpty() && segments.get(segments.size() - 1).anyDepth()) {
            // "a/**" means all that is inside a, not a itself.
            segments.add(GlobSegment.parse("*"));
        }
        return segments;
    }

    private static void expand(String done, String rest, List<String> into) {
        int open = find(rest, 0, '{');
        if (open < 0) {
            if (into.size() >= MAX_ALTERNATIVES) {
                throw new IllegalArgumentException("the braces stand for more than " + MAX_ALTERNATIVES + " patterns");
            }
            into.add(done + rest);
            return;
        }
        int close = closing(rest, open);
        String before = done + rest.substring(0, open);
        String after = rest.substring(close + 1);
        int start = open + 1;
        int depth = 0;
        for (int i = start; i <= close; i++) {
            char c = rest.charAt(i);
            if (c == '\\') {
                i++;
            } else if (i == close || (c == ',' && depth == 0)) {
                expand(before, rest.substring(start, i) + after, into);
                start = i + 1;
            } else {
                depth += c == '{' ? 1 : c == '}' ? -1 : 0;
            }
        }
    }

    private static int closing(String text, int open) {
        int depth = 0;
        for (int i = open; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\\') {
                i++;
            } else if (c == '{') {
                depth++;
            } else if (c == '}' && --depth == 0) {
                return i;
            }
        }
        throw new IllegalArgumentException("the { is not closed");
    }

    private static int find(String text, int from, char wanted) {
        for (int i = from; i < text.length(); i++) {
            if (text.charAt(i) == '\\') {
                i++;
            } else if (text.charAt(i) == wanted) {
                return i;
            }
        }
        return -1;
    }
}
