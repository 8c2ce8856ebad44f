package dev.agentws.simulator.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The prompt cache: remembers the prefixes that ended at a {@code cache_control} mark, per API key.
 *
 * <p>Thread-safe: connections on several loops share it, and the lock is held only for a few look-ups.
 */
public final class PromptCache {
    private static final int LOOK_BACK = 20;
    private static final int MAX_ENTRIES = 10_000;
    private static final long FNV_PRIME = 0x100000001b3L;
    private static final long SHORT_MILLIS = 300_000;
    private static final long LONG_MILLIS = 3_600_000;

    private final Clock clock;
    private final Map<Long, Long> expiries = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Long> eldest) {
            return size() > MAX_ENTRIES;
        }
    };

    public PromptCache(Clock clock) {
        this.clock = clock;
    }

    /** A place where a prefix may end: the hash and the tokens of all up to it. */
    private record Position(long hash, long tokens, boolean marked, boolean hourLong) {}

    /** Looks the request up, remembers its marked prefixes, and says what the call is charged; {@code output} is passed on. */
    public TokenUsage charge(String apiKey, ModelInfo model, JsonNode body, long output) {
        List<Position> positions = positions(apiKey, model, body);
        long total = positions.isEmpty()
                ? 1
                : Math.max(1, positions.get(positions.size() - 1).tokens());
        synchronized (expiries) {
            return charge(positions, model.cacheMinimum(), total).withOutput(output);
        }
    }

    private TokenUsage charge(List<Position> positions, int minimum, long total) {
        long now = clock.millis();
        long read = 0;
        for (int i = 0; i < positions.size(); i++) {
            if (positions.get(i).marked()) {
                read = Math.max(read, longestHit(positions, i, now));
            }
        }
        long done = read;
        long shortWrites = 0;
        long longWrites = 0;
        for (Position position : positions) {
            if (!position.marked() || position.tokens() < minimum) {
                continue;
            }
            long written = Math.max(0, position.tokens() - done);
            done = Math.max(done, position.tokens());
            shortWrites += position.hourLong() ? 0 : written;
            longWrites += position.hourLong() ? written : 0;
            expiries.put(position.hash(), now + (position.hourLong() ? LONG_MILLIS : SHORT_MILLIS));
        }
        return new TokenUsage(total - done, shortWrites, longWrites, read, 0);
    }

    private long longestHit(List<Position> positions, int mark, long now) {
        for (int i = mark; i >= 0 && i > mark - LOOK_BACK; i--) {
            Long expiry = expiries.get(positions.get(i).hash());
            if (expiry != null && expiry > now) {
                return positions.get(i).tokens();
            }
        }
        return 0;
    }

    private static List<Position> positions(String apiKey, ModelInfo model, JsonNode body) {
        Walk walk = new Walk(model, hash(hash(0xcbf29ce484222325L, apiKey), model.id()));
        body.path("tools").forEach(tool -> walk.add("tool", tool));
        addContent(walk, "system", body.path("system"));
        for (JsonNode message : body.path("messages")) {
            addContent(walk, message.path("role").asText(), message.path("content"));
        }
        if (body.has("cache_control")) {
            walk.markLast(hourLong(body));
        }
        return walk.positions;
    }

    private static void addContent(Walk walk, String place, JsonNode content) {
        if (content.isTextual()) {
            walk.add(place, content);
        } else {
            content.forEach(block -> walk.add(place, block));
        }
    }

    private static boolean hourLong(JsonNode marked) {
        return marked.path("cache_control").path("ttl").asText().equals("1h");
    }

    private static long hash(long seed, String text) {
        long hash = seed;
        for (int i = 0; i < text.length(); i++) {
            hash = (hash ^ text.charAt(i)) * FNV_PRIME;
        }
        return hash;
    }

    /** Adds blocks up, one position each. */
    private static final class Walk {
        private final List<Position> positions = new ArrayList<>();
        private final ModelInfo model;
        private long hash;
        private double tokens;

        Walk(ModelInfo model, long seed) {
            this.model = model;
            this.hash = seed;
        }

        void add(String place, JsonNode block) {
            JsonNode plain = block;
            boolean marked = block.hasNonNull("cache_control");
            if (marked && block instanceof ObjectNode object) {
                plain = object.deepCopy().without("cache_control");
            }
            hash = hash(hash(hash, place), plain.toString());
            tokens += TokenCount.of(plain, model);
            positions.add(new Position(hash, Math.round(tokens), marked, hourLong(block)));
        }

        void markLast(boolean hourLong) {
            if (!positions.isEmpty()) {
                Position last = positions.remove(positions.size() - 1);
                positions.add(new Position(last.hash(), last.tokens(), true, hourLong));
            }
        }
    }
}
