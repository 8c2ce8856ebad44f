package dev.agentws.server;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.agentws.agent.cost.PriceTable;
import dev.agentws.agent.cost.PriceTable.Price;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A price table as a file: one JSON object of model ids, each with {@code input}, {@code output}, {@code cache_write},
 * {@code cache_write_hour} and {@code cache_read} in US dollars per million tokens. It takes the place of the built-in table.
 */
final class PriceFile {
    private PriceFile() {}

    /** @throws StartFailure naming the file, the model and the field that is wrong */
    static PriceTable read(@Nullable Path file) throws StartFailure {
        if (file == null) {
            return PriceTable.published();
        }
        JsonNode json;
        try {
            json = new ObjectMapper().readTree(Files.readString(file));
        } catch (JsonProcessingException e) {
            throw new StartFailure("price file " + file + ": no JSON (expected: an object of model ids)");
        } catch (IOException e) {
            throw new StartFailure("price file " + file + ": cannot be read (" + e.getMessage() + ")");
        }
        if (!json.isObject()) {
            throw new StartFailure("price file " + file + ": not an object (expected: an object of model ids)");
        }
        Map<String, Price> prices = new TreeMap<>();
        for (Map.Entry<String, JsonNode> each : json.properties()) {
            String place = "price file " + file + ": " + each.getKey();
            JsonNode price = each.getValue();
            prices.put(
                    each.getKey(),
                    Price.flat(
                            number(place, price, "input"),
                            number(place, price, "output"),
                            number(place, price, "cache_write"),
                            number(place, price, "cache_write_hour"),
                            number(place, price, "cache_read")));
        }
        return new PriceTable(prices);
    }

    private static double number(String place, JsonNode price, String field) throws StartFailure {
        JsonNode value = price.get(field);
        if (value == null || !value.isNumber() || value.doubleValue() < 0) {
            throw new StartFailure(place + "." + field + ": " + value + " (expected: US dollars per million tokens)");
        }
        return value.doubleValue();
    }
}
