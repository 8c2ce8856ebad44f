package dev.agentws.tools.search;

import java.util.Arrays;
import java.util.List;

/**
 * Finds where in some bytes a match is possible at all: where one of the texts stands that the
 * expression needs, or anywhere when it needs none. Holds where it
 * found them last, so it is confined to one thread.
 */
final class Prefilter {
    private static final int UNKNOWN = -2;

    private final List<Needle> needles;
    private final int[] places;

    Prefilter(List<Needle> needles) {
        this.needles = needles;
        places = new int[needles.size()];
    }

    /** Other bytes come. */
    void begin() {
        Arrays.fill(places, UNKNOWN);
    }

    /** The first such place from {@code from} on, or -1; {@code from} only rises until {@link #begin} is called. */
    int find(byte[] bytes, int from, int end) {
        if (places.length == 0) {
            return from < end ? from : -1;
        }
        int nearest = -1;
        for (int i = 0; i < places.length; i++) {
            int place = places[i];
            if (place == UNKNOWN || (place >= 0 && place < from)) {
                place = needles.get(i).find(bytes, from, end);
                places[i] = place;
            }
            if (place >= 0 && (nearest < 0 || place < nearest)) {
                nearest = place;
            }
        }
        return nearest;
    }
}
