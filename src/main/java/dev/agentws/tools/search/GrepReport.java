package dev.agentws.tools.search;

import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Gathers what a Grep found and words the answer. Confined to one call. */
final class GrepReport {
    private record FoundFile(String path, FileTime modified, long count) {}

    private final GrepQuery query;
    private final int maxChars;
    private final List<FoundFile> files = new ArrayList<>();
    private final List<String> rows = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();
    private long matches;

    GrepReport(GrepQuery query, int maxChars) {
        this.query = query;
        this.maxChars = maxChars;
    }

    /** Rows that still matter; one more than shown, to know whether there are more. */
    long wantedRows() {
        long wanted = query.wantedRows();
        return wanted == Long.MAX_VALUE ? wanted : wanted + 1 - rows.size();
    }

    /** Takes the hits of one file; false when further files can change nothing. */
    boolean add(String path, FileTime modified, FileHits hits) {
        if (hits.count() == 0) {
            return true;
        }
        matches += hits.count();
        files.add(new FoundFile(path, modified, hits.count()));
        if (query.mode() != GrepQuery.Mode.CONTENT) {
            return true;
        }
        boolean separate = !rows.isEmpty() && query.before() + query.after() > 0 && !query.onlyMatching();
        if (separate && !hits.rows().isEmpty()) {
            rows.add("--");
        }
        rows.addAll(hits.rows());
        return wantedRows() > 0;
    }

    void note(String note) {
        notes.add(note);
    }

    String text() {
        List<String> all =
                switch (query.mode()) {
                    case FILES -> filesNewestFirst();
                    case CONTENT -> rows;
                    case COUNT ->
                        files.stream()
                                .map(file -> file.path() + ":" + file.count())
                                .toList();
                };
        List<String> lines = new ArrayList<>();
        if (all.isEmpty()) {
            lines.add("No matches found");
        } else if (query.offset() >= all.size()) {
            lines.add("No entries at this offset");
        } else {
            page(all, lines);
        }
        lines.addAll(notes);
        return String.join("\n", lines);
    }

    private void page(List<String> all, List<String> lines) {
        if (query.mode() == GrepQuery.Mode.FILES) {
            lines.add("Found " + files.size() + (files.size() == 1 ? " file" : " files"));
        }
        int end = (int) Math.min(all.size(), query.wantedRows());
        int at = query.offset();
        for (long chars = 0; at < end; at++) {
            chars += all.get(at).length() + 1L;
            if (chars > maxChars && at > query.offset()) {
                break;
            }
            lines.add(all.get(at));
        }
        if (query.mode() == GrepQuery.Mode.COUNT) {
            lines.add("");
            lines.add("Found " + matches + (matches == 1 ? " match" : " matches") + " in " + files.size()
                    + (files.size() == 1 ? " file" : " files"));
        }
        if (at < all.size()) {
            lines.add("[Entries " + (query.offset() + 1) + " to " + at
                    + " are shown, there are more. Go on with offset " + at + ".]");
        }
    }

    private List<String> filesNewestFirst() {
        return files.stream()
                .sorted(Comparator.comparing(FoundFile::modified).reversed().thenComparing(FoundFile::path))
                .map(FoundFile::path)
                .toList();
    }
}
