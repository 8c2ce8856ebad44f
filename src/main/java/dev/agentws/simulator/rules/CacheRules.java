package dev.agentws.simulator.rules;

import com.fasterxml.jackson.databind.JsonNode;
import dev.agentws.simulator.api.ApiError;
import dev.agentws.simulator.api.MessageJson;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The rules for {@code cache_control}: how many, where, of what kind. */
final class CacheRules {
    private static final int MAX_MARKS = 4;

    static final List<Rule> ALL =
            List.of(CacheRules::placement, CacheRules::kinds, CacheRules::count, CacheRules::order);

    private CacheRules() {}

    /** A block that may carry a mark, and its path. */
    private record Place(String at, JsonNode block) {}

    private static List<Place> places(ApiRequest request) {
        List<Place> places = new ArrayList<>();
        addAll(places, "tools", request.field("tools"));
        if (request.field("system").isArray()) {
            addAll(places, "system", request.field("system"));
        }
        for (int i = 0; i < request.messages().size(); i++) {
            JsonNode content = request.messages().get(i).path("content");
            if (content.isArray()) {
                addAll(places, "messages." + i + ".content", content);
            }
        }
        return places;
    }

    private static void addAll(List<Place> places, String path, JsonNode list) {
        for (int i = 0; i < list.size(); i++) {
            places.add(new Place(path + "." + i, list.get(i)));
        }
    }

    private static List<Place> marked(ApiRequest request) {
        List<Place> marked = places(request);
        marked.removeIf(place -> !place.block().hasNonNull("cache_control"));
        if (request.body().hasNonNull("cache_control")) {
            marked.add(new Place("", request.body()));
        }
        return marked;
    }

    /** A mark goes on the tool_result, not on what is inside it. */
    private static @Nullable ApiError placement(ApiRequest request) {
        for (Place place : places(request)) {
            JsonNode inner = place.block().path("content");
            for (int i = 0; inner.isArray() && i < inner.size(); i++) {
                if (inner.get(i).has("cache_control")) {
                    return ApiError.invalid(place.at() + ".tool_result.content." + i + "."
                            + inner.get(i).path("type").asText() + ".cache_control: Extra inputs are not permitted");
                }
            }
        }
        return null;
    }

    private static @Nullable ApiError kinds(ApiRequest request) {
        for (Place place : marked(request)) {
            String at = (place.at().isEmpty() ? "" : place.at() + ".") + "cache_control";
            JsonNode mark = place.block().path("cache_control");
            if (!MessageJson.is(mark, "ephemeral")) {
                return ApiError.invalid(at + ".type: Input should be 'ephemeral'");
            }
            for (Iterator<String> names = mark.fieldNames(); names.hasNext(); ) {
                String name = names.next();
                if (!List.of("type", "ttl", "scope").contains(name)) {
                    return ApiError.invalid(at + "." + name + ": Extra inputs are not permitted");
                }
            }
            ApiError ttl = FieldRules.choice(mark.path("ttl"), at + ".ttl", List.of("5m", "1h"));
            if (ttl != null) {
                return ttl;
            }
        }
        return null;
    }

    private static @Nullable ApiError count(ApiRequest request) {
        int found = marked(request).size();
        return found <= MAX_MARKS
                ? null
                : ApiError.invalid("A maximum of " + MAX_MARKS + " blocks with cache_control may be provided. Found "
                        + found + ".");
    }

    private static @Nullable ApiError order(ApiRequest request) {
        boolean shortSeen = false;
        for (Place place : marked(request)) {
            boolean hourLong =
                    place.block().path("cache_control").path("ttl").asText().equals("1h");
            if (hourLong && shortSeen) {
                return ApiError.invalid(place.at() + ".cache_control.ttl: a ttl='1h' cache_control block must not come"
                        + " after a ttl='5m' cache_control block. Note that blocks are processed in the following"
                        + " order: `tools`, `system`, `messages`.");
            }
            shortSeen |= !hourLong;
        }
        return null;
    }
}
