package dev.agentws.benchmarks.report;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The flags of a command: {@code --name value}, or {@code --name} alone for a switch. Confined to one thread. */
public final class Flags {
    /** A flag that is wrong; the message is the line for the user. */
    public static final class Misuse extends RuntimeException {
        private static final long serialVersionUID = 1L;

        /** @param message of the form {@code name: value (expected: ...)} */
        public Misuse(String message) {
            super(message);
        }
    }

    private final Map<String, String> values = new LinkedHashMap<>();

    /**
     * Reads the flags.
     *
     * @param known the names that take a value
     * @param switches the names that take none
     * @throws Misuse for any other, or a missing value
     */
    public Flags(List<String> arguments, List<String> known, List<String> switches) {
        Deque<String> rest = new ArrayDeque<>(arguments);
        while (!rest.isEmpty()) {
            String name = rest.pop();
            if (switches.contains(name)) {
                values.put(name, "");
            } else if (!known.contains(name)) {
                throw new Misuse(name + ": not known (expected: one of " + known + " or " + switches + ")");
            } else if (rest.isEmpty()) {
                throw new Misuse(name + ": without a value (expected: one)");
            } else {
                values.put(name, rest.pop());
            }
        }
    }

    public boolean has(String name) {
        return values.containsKey(name);
    }

    /** The value, or null. */
    public @Nullable String text(String name) {
        return values.get(name);
    }

    public String text(String name, String otherwise) {
        return values.getOrDefault(name, otherwise);
    }

    public Path path(String name, String otherwise) {
        return Path.of(text(name, otherwise));
    }

    /** Parts of a comma list. */
    public List<String> list(String name, String otherwise) {
        return Arrays.stream(text(name, otherwise).split(","))
                .map(String::strip)
                .filter(part -> !part.isEmpty())
                .toList();
    }

    /** A whole number within limits. */
    public int number(String name, int otherwise, int least, int most) {
        String text = values.get(name);
        int value = otherwise;
        if (text != null) {
            try {
                value = Integer.parseInt(text);
            } catch (NumberFormatException e) {
                throw new Misuse(name + ": " + text + " (expected: " + least + " to " + most + ")");
            }
        }
        if (value < least || value > most) {
            throw new Misuse(name + ": " + value + " (expected: " + least + " to " + most + ")");
        }
        return value;
    }
}
