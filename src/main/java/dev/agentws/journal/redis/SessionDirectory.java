package dev.agentws.journal.redis;

import dev.agentws.journal.JournalException;
import dev.agentws.journal.Listing;
import dev.agentws.journal.Shelf;
import io.lettuce.core.Limit;
import io.lettuce.core.Range;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.ScoredValue;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The lists of all sessions, by last activity. Thread-safe; blocks. */
final class SessionDirectory {
    private static final Pattern CURSOR = Pattern.compile("(\\d{1,18})\\.(.+)", Pattern.DOTALL);

    /** How many summaries are asked for in one go. */
    private static final int AT_A_TIME = 256;

    private final RedisLink link;

    SessionDirectory(RedisLink link) {
        this.link = link;
    }

    Listing list(Shelf shelf, @Nullable String cursor, int limit) throws JournalException {
        Place after = cursor == null ? new Place(Long.MAX_VALUE, "") : place(cursor);
        String key = shelf == Shelf.CURRENT ? RedisKeys.CURRENT : RedisKeys.ARCHIVE;
        List<Place> page = new ArrayList<>();
        int offset = 0;
        List<ScoredValue<byte[]>> piece;
        do {
            piece = link.await(link.commands()
                    .zrevrangebyscoreWithScores(key, Range.create(0L, after.millis), Limit.create(offset, limit + 1)));
            offset += piece.size();
            for (ScoredValue<byte[]> value : piece) {
                Place place = new Place((long) value.getScore(), new String(value.getValue(), StandardCharsets.UTF_8));
                // Those of the same millisecond come in falling order of their ids.
                if (place.millis < after.millis || place.id.compareTo(after.id) < 0) {
                    page.add(place);
                }
            }
        } while (page.size() <= limit && piece.size() == limit + 1);
        List<Listing.Item> items = new ArrayList<>();
        List<Place> shown = page.subList(0, Math.min(limit, page.size()));
        for (int from = 0; from < shown.size(); from += AT_A_TIME) {
            items.addAll(items(shown.subList(from, Math.min(shown.size(), from + AT_A_TIME))));
        }
        return new Listing(
                items, page.size() <= limit ? null : page.get(limit - 1).cursor());
    }

    /** All are asked for before the first answer is awaited. */
    private List<Listing.Item> items(List<Place> places) throws JournalException {
        List<RedisFuture<byte[]>> summaries = places.stream()
                .map(place -> link.commands().hget(new RedisKeys(place.id).meta(), "summary"))
                .toList();
        List<Listing.Item> items = new ArrayList<>();
        for (int i = 0; i < places.size(); i++) {
            Place place = places.get(i);
            byte[] summary = link.await(summaries.get(i));
            items.add(new Listing.Item(place.id, place.millis, summary == null ? new byte[0] : summary));
        }
        return items;
    }

    private static Place place(String cursor) {
        Matcher matcher = CURSOR.matcher(cursor);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("cursor: " + cursor + " (expected: the next of a listing)");
        }
        return new Place(Long.parseLong(matcher.group(1)), matcher.group(2));
    }

    /** Where a session stands in a listing. */
    private record Place(long millis, String id) {
        String cursor() {
            return millis + "." + id;
        }
    }
}
