package dev.agentws.journal.files;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a session has in files of its own. Immutable.
 *
 * @param segments in order; all but the last are committed as they lie
 * @param length the committed bytes of the last segment
 * @param entries of all segments
 * @param lastSeq -1 when there is no entry
 */
record Extent(List<Segment> segments, long length, long entries, long lastSeq) {
    static final Extent EMPTY = new Extent(List.of(), 0, 0, -1);

    @Nullable
    Segment last() {
        return segments.isEmpty() ? null : segments.get(segments.size() - 1);
    }

    /** With one more segment, in which nothing is yet. */
    Extent rolled(Segment next) {
        List<Segment> all = new ArrayList<>(segments);
        all.add(next);
        return new Extent(List.copyOf(all), 0, entries, lastSeq);
    }

    Extent grown(long newLength, long newEntries, long newLastSeq) {
        return new Extent(segments, newLength, newEntries, newLastSeq);
    }
}
