package dev.agentws.simulator.agent;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What {@code [[name=value,flag]]} marks in a prompt ask of the simulator. Immutable.
 *
 * <p>Square brackets whose first word is no known name are ordinary text. A known name with a value that cannot be is a {@link
 * #problem}.
 */
final class Markers {
    private static final Set<String> FLAGS = Set.of("refusal", "max_tokens", "pause_turn", "crlf", "noevent", "bytes");
    private static final Map<String, Integer> NUMBERS = Map.of(
            "n", 0xFFFFFF,
            "pace", 60_000_000,
            "pad", 1 << 20,
            "burst", 10_000,
            "retry_after", 86_400,
            "times", 1_000_000,
            "cut", 0xFFFFFF,
            "stall", 0xFFFFFF,
            "slowstart", 600_000);
    private static final Map<String, Set<String>> CHOICES = Map.of(
            "error", Set.of("400", "401", "404", "413", "429", "500", "529"),
            "midstream", Set.of("overloaded_error", "api_error", "timeout_error", "rate_limit_error"),
            "lang", Set.of("ascii", "cjk", "escape"),
            "kind", Set.of("text", "thinking"),
            "deviant", Set.of("llamacpp", "vllm", "ollama", "litellm"));

    private static final JsonMapper JSON = new JsonMapper();

    /** A tool that the first answer is to call. */
    record ToolCall(String name, String inputJson) {}

    private final Map<String, String> values = new LinkedHashMap<>();
    private final List<ToolCall> tools = new ArrayList<>();
    private @Nullable String problem;

    private Markers() {}

    static Markers in(String text) {
        Markers markers = new Markers();
        for (int at = text.indexOf("[["); at >= 0; at = text.indexOf("[[", at + 2)) {
            markers.read(text, at + 2);
        }
        return markers;
    }

    private void read(String text, int from) {
        int at = from;
        while (at < text.length()) {
            int end = at;
            while (end < text.length() && isWord(text.charAt(end))) {
                end++;
            }
            String key = text.substring(at, end);
            if (!known(key)) {
                if (at > from) {
                    problem(key, "a known name");
                }
                return;
            }
            at = key.equals("tool") ? readTool(text, end) : readValue(key, text, end);
            if (at < 0 || !text.startsWith(",", at)) {
                return;
            }
            do {
                at++;
            } while (text.startsWith(" ", at));
        }
    }

    private static boolean isWord(char c) {
        return (c >= 'a' && c <= 'z') || c == '_';
    }

    private static boolean known(String key) {
        return FLAGS.contains(key) || NUMBERS.containsKey(key) || CHOICES.containsKey(key) || key.equals("tool");
    }

    /** Returns where the value ends, or -1. */
    private int readValue(String key, String text, int from) {
        int close = text.indexOf("]]", from);
        int comma = text.indexOf(',', from);
        int end = comma >= 0 && comma < close ? comma : close;
        if (end < 0) {
            problem(key, "a closing ]]");
            return -1;
        }
        String value = text.substring(from, end).strip();
        if (FLAGS.contains(key) ? !value.isEmpty() : !value.startsWith("=")) {
            problem(key + value, FLAGS.contains(key) ? key + " alone" : key + "=VALUE");
            return -1;
        }
        if (!FLAGS.contains(key)) {
            value = value.substring(1);
            checkValue(key, value);
        }
        values.put(key, value);
        return end;
    }

    private void checkValue(String key, String value) {
        Set<String> choices = CHOICES.get(key);
        Integer most = NUMBERS.get(key);
        if (choices != null && !choices.contains(value)) {
            problem(key + "=" + value, "one of " + choices.stream().sorted().toList());
        } else if (most != null && (!value.matches("\\d{1,8}") || Integer.parseInt(value) > most)) {
            problem(key + "=" + value, "0 to " + most);
        }
    }

    private int readTool(String text, int from) {
        int name = from + 1;
        int end = name;
        while (end < text.length() && " {],".indexOf(text.charAt(end)) < 0) {
            end++;
        }
        if (!text.startsWith("=", from) || end == name) {
            problem("tool", "tool=NAME {INPUT}");
            return -1;
        }
        int input = end;
        while (input < text.length() && text.charAt(input) == ' ') {
            input++;
        }
        if (!text.startsWith("{", input)) {
            tools.add(new ToolCall(text.substring(name, end), "{}"));
            return input;
        }
        int close = endOfJson(text, input);
        if (close < 0) {
            problem("tool=" + text.substring(name, end), "input as a JSON object");
            return -1;
        }
        tools.add(new ToolCall(text.substring(name, end), text.substring(input, close)));
        return close;
    }

    /** Brackets inside the input do not end the marker, so the JSON itself says where it ends; -1 when it is none. */
    private static int endOfJson(String text, int from) {
        try (JsonParser parser = JSON.createParser(text.substring(from))) {
            parser.nextToken();
            parser.skipChildren();
            return from + (int) parser.currentLocation().getCharOffset();
        } catch (IOException e) {
            return -1;
        }
    }

    private void problem(String what, String expected) {
        if (problem == null) {
            problem = "marker: " + what + " (expected: " + expected + ")";
        }
    }

    boolean isEmpty() {
        return values.isEmpty() && tools.isEmpty() && problem == null;
    }

    /** What is wrong with the markers, or null. */
    @Nullable
    String problem() {
        return problem;
    }

    boolean has(String key) {
        return values.containsKey(key);
    }

    int number(String key, int otherwise) {
        String value = values.get(key);
        return value == null ? otherwise : Integer.parseInt(value);
    }

    String word(String key, String otherwise) {
        return values.getOrDefault(key, otherwise);
    }

    List<ToolCall> tools() {
        return List.copyOf(tools);
    }
}
