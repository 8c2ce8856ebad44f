package dev.agentws.journal.files;

import java.io.IOException;

/** Finds where to start reading in a segment, by halving: lines carry rising numbers, so no index has to be kept. */
final class SegmentSearch {
    /** Less than this is read through. */
    private static final long NEAR = 32 << 10;

    private SegmentSearch() {}

    /**
     * Puts the reader at a line that lies not far before the first one above {@code afterSeq}. Lines that are not intact are not judged
     * here: the search only stops early.
     */
    static void seek(LineReader lines, long afterSeq) throws IOException {
        long low = 0;
        long high = lines.limit();
        while (high - low > NEAR) {
            long middle = low + (high - low) / 2;
            lines.seekBehind(middle);
            long seq = lines.next() ? RecordLine.seq(lines.bytes(), lines.start(), lines.end()) : -1;
            if (seq < 0 || lines.offset() >= high) {
                // No line begins in the upper half, or none that can be trusted.
                high = middle;
            } else if (seq <= afterSeq) {
                low = lines.offset();
            } else {
                high = middle;
            }
        }
        lines.seek(low);
    }
}
