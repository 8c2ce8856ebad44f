package dev.agentws.tools.search;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** What Grep found in one file: a count, and in content mode the rows to show with their context. Confined to one call. */
final class FileHits {
    private static final int MAX_SHOWN_CHARS = 500;

    private final String path;
    private final GrepQuery query;
    private final long wanted;
    private final List<String> rows = new ArrayList<>();
    private final Deque<String> before = new ArrayDeque<>();
    private long count;
    private long lastRow;
    private int after;

    /** @param wanted rows after which there is no interest in more */
    FileHits(String path, GrepQuery query, long wanted) {
        this.path = path;
        this.query = query;
        this.wanted = wanted;
    }

    void matched() {
        count++;
    }

    long count() {
        return count;
    }

    List<String> rows() {
        return rows;
    }

    /** Whether searching on can change nothing in the answer. */
    boolean enough() {
        return switch (query.mode()) {
            case FILES -> count > 0;
            case CONTENT -> rows.size() >= wanted;
            case COUNT -> false;
        };
    }

    /** Takes one part of a line that matched. */
    void part(long number, String text) {
        rows.add(row(number, ':', text, text.length()));
    }

    /**
     * Takes the next line of the file, in order.
     *
     * @param length of the whole line, of which {@code text} may be the beginning
     */
    void line(long number, String text, long length, boolean hit) {
        if (hit) {
            boolean gap = lastRow > 0 && number - before.size() > lastRow + 1;
            if (gap && query.before() + query.after() > 0) {
                rows.add("--");
            }
            rows.addAll(before);
            before.clear();
            show(number, ':', text, length);
            after = query.after();
        } else if (after > 0) {
            after--;
            show(number, '-', text, length);
        } else if (query.before() > 0) {
            if (before.size() == query.before()) {
                before.remove();
            }
            before.add(row(number, '-', text, length));
        }
    }

    private void show(long number, char mark, String text, long length) {
        rows.add(row(number, mark, text, length));
        lastRow = number;
    }

    private String row(long number, char mark, String text, long length) {
        String shown = text;
        if (length > MAX_SHOWN_CHARS) {
            int end = Math.min(text.length(), MAX_SHOWN_CHARS);
            end -= Character.isHighSurrogate(text.charAt(end - 1)) ? 1 : 0;
            shown = text.substring(0, end) + "... [cut, " + length + " chars]";
        }
        return query.lineNumbers() ? path + mark + number + mark + shown : path + mark + shown;
    }
}
