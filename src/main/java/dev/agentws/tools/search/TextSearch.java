package dev.agentws.tools.search;

import com.google.re2j.Matcher;
import java.io.IOException;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;

/**
 * Searches one file at a time. Bytes are looked through for lines that may match; only those become text. Confined
 * to one thread.
 */
final class TextSearch {
    /** How one file went. */
    enum Outcome {
        SEARCHED,
        BINARY,
        /** Too large to be matched as one text. */
        TOO_LARGE
    }

    private final GrepQuery query;
    private final SearchWatch watch;
    private final Candidates candidates;
    private final TextWindow window = new TextWindow();
    private final boolean content;
    private final boolean context;
    private int cutLines;

    TextSearch(GrepQuery query, SearchWatch watch) {
        this.query = query;
        this.watch = watch;
        candidates = new Candidates(query);
        content = query.mode() == GrepQuery.Mode.CONTENT;
        context = content && !query.onlyMatching() && query.before() + query.after() > 0;
    }

    /** How many lines were too long to be searched to their end. */
    int cutLines() {
        return cutLines;
    }

    /**
     * Searches a file and closes it.
     *
     * @param size of the file
     * @param named whether the call named this file, so that it matters to know that it is binary even if nothing is found
     */
    Outcome search(SeekableByteChannel file, long size, boolean named, FileHits hits)
            throws IOException, InterruptedException {
        if (query.multiline()) {
            return new MultilineSearch(query, watch, hits).search(file, size);
        }
        try (file) {
            window.open(size);
            return lineByLine(file, named, hits);
        } finally {
            window.shrink();
        }
    }

    private Outcome lineByLine(SeekableByteChannel file, boolean named, FileHits hits)
            throws IOException, InterruptedException {
        long number = 0;
        while (!hits.enough() && window.next(file)) {
            watch.look(window.end() - window.start());
            candidates.begin();
            boolean maybe = candidates.find(window.bytes(), window.start(), window.end()) >= 0;
            // What cannot match may be anything, unless it tells how to take what follows.
            if ((maybe || named || !window.last()) && hasNul()) {
                return Outcome.BINARY;
            }
            cutLines += window.cut() ? 1 : 0;
            if (maybe || context) {
                number = lines(number, hits);
            } else if (content && !window.last()) {
                number += newlines(window.start(), window.end()) + (window.cut() ? 1 : 0);
            }
        }
        return Outcome.SEARCHED;
    }

    /** Goes through the lines of the window; returns the number of the last. */
    private long lines(long before, FileHits hits) {
        byte[] bytes = window.bytes();
        long number = before;
        int at = window.start();
        int end = window.end();
        while (at < end && !hits.enough()) {
            int candidate = candidates.find(bytes, at, end);
            if (!context) {
                int next = candidate < 0 ? end : lineStart(candidate, at);
                number += content ? newlines(at, next) : 0;
                at = next;
            }
            if (at < end) {
                int lineEnd = lineEnd(at, end);
                number++;
                oneLine(at, lineEnd, candidate >= 0 && candidate <= lineEnd, number, hits);
                at = lineEnd + 1;
            }
        }
        return number;
    }

    private void oneLine(int from, int newline, boolean maybe, long number, FileHits hits) {
        boolean certain = maybe && candidates.certain(window.bytes(), from, newline);
        String line = content || (maybe && !certain) ? text(from, newline) : "";
        boolean found =
                maybe && (certain || query.pattern().matcher(watch.over(line)).find());
        if (found) {
            hits.matched();
        }
        if (!content) {
            return;
        }
        if (!query.onlyMatching()) {
            if (found || context) {
                hits.line(number, line, line.length(), found);
            }
        } else if (found) {
            Matcher matcher = query.pattern().matcher(watch.over(line));
            while (matcher.find()) {
                if (matcher.end() > matcher.start()) {
                    hits.part(number, line.substring(matcher.start(), matcher.end()));
                }
            }
        }
    }

    private String text(int from, int newline) {
        byte[] bytes = window.bytes();
        boolean carriageReturn = newline < window.end() && newline > from && bytes[newline - 1] == '\r';
        int length = (carriageReturn ? newline - 1 : newline) - from;
        return new String(bytes, from, length, StandardCharsets.UTF_8);
    }

    private boolean hasNul() {
        byte[] bytes = window.bytes();
        for (int i = window.start(); i < window.end(); i++) {
            if (bytes[i] == 0) {
                return true;
            }
        }
        return false;
    }

    private long newlines(int from, int end) {
        byte[] bytes = window.bytes();
        long count = 0;
        for (int i = from; i < end; i++) {
            count += bytes[i] == '\n' ? 1 : 0;
        }
        return count;
    }

    private int lineStart(int place, int least) {
        int start = place;
        while (start > least && window.bytes()[start - 1] != '\n') {
            start--;
        }
        return start;
    }

    private int lineEnd(int from, int end) {
        int at = from;
        while (at < end && window.bytes()[at] != '\n') {
            at++;
        }
        return at;
    }
}
