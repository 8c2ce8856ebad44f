package dev.agentws.tools.search;

import com.google.re2j.Matcher;
import dev.agentws.tools.files.LineReader;
import java.io.IOException;
import java.nio.channels.SeekableByteChannel;

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
        return query.multiline() ? new MultilineSearch(query, watch, hits).search(file) : lineByLine(file, hits);
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
}
