package dev.agentws.tools;

import com.google.re2j.Matcher;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Searches one file at a time. Confined to one call. */
final class TextSearch {
    /** How one file went. */
    enum Outcome {
        SEARCHED,
        BINARY,
        /** Too large to be matched as one text. */
        TOO_LARGE
    }

    /** Only so much of a line is looked at; what is longer is data and not text. */
    static final int MAX_LINE_CHARS = 100_000;

    /** A multiline search holds the file in memory. */
    static final long MAX_MULTILINE_BYTES = 16L << 20;

    private static final int CHUNK_BYTES = 1 << 16;

    private final GrepQuery query;
    private final SearchWatch watch;
    private int cutLines;

    TextSearch(GrepQuery query, SearchWatch watch) {
        this.query = query;
        this.watch = watch;
    }

    /** How many lines were too long to be searched to their end. */
    int cutLines() {
        return cutLines;
    }

    Outcome search(SeekableByteChannel file, FileHits hits) throws IOException, InterruptedException {
        return query.multiline() ? wholeText(file, hits) : lineByLine(file, hits);
    }

    private Outcome lineByLine(SeekableByteChannel file, FileHits hits) throws IOException, InterruptedException {
        try (LineReader lines = new LineReader(file, MAX_LINE_CHARS)) {
            for (long number = 1; !hits.enough() && lines.next(); number++) {
                if (lines.sawNul()) {
                    return Outcome.BINARY;
                }
                cutLines += lines.cut() ? 1 : 0;
                oneLine(lines, number, hits);
            }
        }
        return Outcome.SEARCHED;
    }

    private void oneLine(LineReader lines, long number, FileHits hits) {
        String line = lines.line();
        boolean found = query.literal() != null
                ? line.contains(query.literal())
                : query.pattern().matcher(watch.over(line)).find();
        if (found) {
            hits.matched();
        }
        if (query.mode() != GrepQuery.Mode.CONTENT) {
            return;
        }
        if (!query.onlyMatching()) {
            hits.line(number, line, lines.length(), found);
        } else if (found) {
            Matcher matcher = query.pattern().matcher(watch.over(line));
            while (matcher.find()) {
                if (matcher.end() > matcher.start()) {
                    hits.part(number, line.substring(matcher.start(), matcher.end()));
                }
            }
        }
    }

    private Outcome wholeText(SeekableByteChannel file, FileHits hits) throws IOException, InterruptedException {
        String text;
        try (file) {
            if (file.size() > MAX_MULTILINE_BYTES) {
                return Outcome.TOO_LARGE;
            }
            text = load(file);
        }
        if (text.indexOf('\0') >= 0) {
            return Outcome.BINARY;
        }
        List<String> lines = text.lines().toList();
        LineCursor cursor = new LineCursor(text);
        Matcher matcher = query.pattern().matcher(watch.over(text));
        long shown = 0;
        while (!hits.enough() && matcher.find()) {
            boolean lastEmpty = matcher.start() == matcher.end() && matcher.start() == text.length();
            if (lastEmpty && (text.isEmpty() || text.endsWith("\n"))) {
                break;
            }
            hits.matched();
            if (query.mode() == GrepQuery.Mode.CONTENT) {
                long first = cursor.lineOf(matcher.start());
                long last = cursor.lineOf(Math.max(matcher.start(), matcher.end() - 1));
                if (query.onlyMatching()) {
                    hits.part(first, text.substring(matcher.start(), matcher.end()));
                } else {
                    shown = show(lines, shown, new long[] {first, last}, hits);
                }
            }
        }
        if (query.mode() == GrepQuery.Mode.CONTENT && !query.onlyMatching() && hits.count() > 0) {
            for (long number = shown + 1; number <= lines.size() && number <= shown + query.after(); number++) {
                String line = lines.get((int) number - 1);
                hits.line(number, line, line.length(), false);
            }
        }
        return Outcome.SEARCHED;
    }

    /** Hands on the lines after {@code shown} up to the end of the match; returns the number of the last one. */
    private static long show(List<String> lines, long shown, long[] match, FileHits hits) {
        for (long number = shown + 1; number <= match[1] && number <= lines.size(); number++) {
            String line = lines.get((int) number - 1);
            hits.line(number, line, line.length(), number >= match[0]);
        }
        return Math.max(shown, match[1]);
    }

    private static String load(SeekableByteChannel file) throws IOException, InterruptedException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream((int) file.size());
        ByteBuffer chunk = ByteBuffer.allocate(CHUNK_BYTES);
        while (bytes.size() <= MAX_MULTILINE_BYTES && file.read(chunk) >= 0) {
            if (Thread.interrupted()) {
                throw new InterruptedException("cancelled while reading");
            }
            bytes.write(chunk.array(), 0, chunk.position());
            chunk.clear();
        }
        String text = bytes.toString(StandardCharsets.UTF_8).replace("\r\n", "\n");
        return text.startsWith("\uFEFF") ? text.substring(1) : text;
    }

    /** Counts lines up to rising positions. */
    private static final class LineCursor {
        private final String text;
        private int at;
        private long line = 1;

        LineCursor(String text) {
            this.text = text;
        }

        long lineOf(int position) {
            while (at < position) {
                line += text.charAt(at++) == '\n' ? 1 : 0;
            }
            return line;
        }
    }
}
