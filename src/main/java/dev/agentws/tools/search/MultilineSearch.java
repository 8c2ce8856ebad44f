package dev.agentws.tools.search;

import com.google.re2j.Matcher;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/** Searches one file as one text, so that matches may span lines. Holds the file in memory. Confined to one call. */
final class MultilineSearch {
    static final long MAX_BYTES = 16L << 20;

    private final GrepQuery query;
    private final SearchWatch watch;
    private final FileHits hits;
    private List<String> lines = List.of();
    private String text = "";
    private int at;
    private int lineAt = 1;
    private int shown;

    MultilineSearch(GrepQuery query, SearchWatch watch, FileHits hits) {
        this.query = query;
        this.watch = watch;
        this.hits = hits;
    }

    TextSearch.Outcome search(SeekableByteChannel file, long size) throws IOException, InterruptedException {
        try (file) {
            if (size > MAX_BYTES) {
                return TextSearch.Outcome.TOO_LARGE;
            }
            byte[] bytes = load(file, (int) size);
            Prefilter prefilter = new Prefilter(query.needles());
            prefilter.begin();
            text = prefilter.find(bytes, 0, bytes.length) < 0 ? "" : decode(bytes);
        }
        if (text.indexOf('\0') >= 0) {
            return TextSearch.Outcome.BINARY;
        }
        boolean content = query.mode() == GrepQuery.Mode.CONTENT;
        lines = content ? text.lines().toList() : List.of();
        Matcher matcher = query.pattern().matcher(watch.over(text));
        while (!hits.enough() && matcher.find() && !behindLastLine(matcher)) {
            hits.matched();
            if (content) {
                show(matcher);
            }
        }
        if (content && !query.onlyMatching() && hits.count() > 0) {
            handOn((int) Math.min(lines.size(), (long) shown + query.after()), Integer.MAX_VALUE);
        }
        return TextSearch.Outcome.SEARCHED;
    }

    /** The nothing after the last newline is no line. */
    private boolean behindLastLine(Matcher matcher) {
        return matcher.start() == text.length() && (text.isEmpty() || text.endsWith("\n"));
    }

    private void show(Matcher matcher) {
        int first = lineOf(matcher.start());
        if (query.onlyMatching()) {
            hits.part(first, text.substring(matcher.start(), matcher.end()));
        } else {
            handOn(lineOf(Math.max(matcher.start(), matcher.end() - 1)), first);
        }
    }

    /** Hands on the lines up to {@code last}; those from {@code firstHit} on belong to the match. */
    private void handOn(int last, int firstHit) {
        while (shown < last && shown < lines.size()) {
            String line = lines.get(shown++);
            hits.line(shown, line, line.length(), shown >= firstHit);
        }
    }

    /** The number of the line at a position; positions only rise. */
    private int lineOf(int position) {
        while (at < position) {
            lineAt += text.charAt(at++) == '\n' ? 1 : 0;
        }
        return lineAt;
    }

    private static byte[] load(SeekableByteChannel file, int size) throws IOException, InterruptedException {
        ByteBuffer bytes = ByteBuffer.allocate(size);
        while (bytes.hasRemaining() && file.read(bytes) >= 0) {
            if (Thread.interrupted()) {
                throw new InterruptedException("cancelled while reading");
            }
        }
        return bytes.hasRemaining() ? Arrays.copyOf(bytes.array(), bytes.position()) : bytes.array();
    }

    private static String decode(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.UTF_8).replace("\r\n", "\n");
        return text.startsWith("\uFEFF") ? text.substring(1) : text;
    }
}
