package dev.agentws.agent.options;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * A Markdown file with a head of YAML between two lines {@code ---}. Immutable.
 *
 * @param fields what the head says
 * @param body the text after it, without white space around it
 */
record FrontMatter(Map<?, ?> fields, String body) {
    private static final String FENCE = "---";
    /** Files of a repository are other people's text: no towers of aliases, no depth that overflows a stack. */
    private static final int MAX_ALIASES = 10;

    private static final int MAX_DEPTH = 10;

    /**
     * Splits and reads a file.
     *
     * @throws IllegalArgumentException if there is no head or it is not a YAML mapping
     */
    static FrontMatter parse(String text) {
        List<String> lines = text.replaceFirst("^\\uFEFF", "").lines().toList();
        int end = lines.isEmpty() || !lines.get(0).stripTrailing().equals(FENCE) ? -1 : closing(lines);
        if (end < 0) {
            throw new IllegalArgumentException("no head (expected: YAML between two lines ---)");
        }
        String head = String.join("\n", lines.subList(1, end));
        String body = String.join("\n", lines.subList(end + 1, lines.size())).strip();
        return new FrontMatter(mapping(head), body);
    }

    /** The agent this file describes; the name of the file stands in for a missing name. */
    AgentDefinition agent(String nameOfFile) {
        String name = text("name");
        String description = text("description");
        if (description == null) {
            throw new IllegalArgumentException("description: missing (expected: when to use this agent)");
        }
        return new AgentDefinition(name == null ? nameOfFile : name, description, tools(), text("model"), body);
    }

    private static int closing(List<String> lines) {
        for (int line = 1; line < lines.size(); line++) {
            if (lines.get(line).stripTrailing().equals(FENCE)) {
                return line;
            }
        }
        return -1;
    }

    private static Map<?, ?> mapping(String head) {
        LoadSettings settings = LoadSettings.builder()
                .setLabel("head")
                .setAllowDuplicateKeys(false)
                .setAllowRecursiveKeys(false)
                .setMaxAliasesForCollections(MAX_ALIASES)
                .setCodePointLimit(AgentDefinitions.MAX_FILE_BYTES)
                .build();
        Object value;
        try {
            requireShallow(settings, head);
            value = new Load(settings).loadFromString(head);
        } catch (MarkedYamlEngineException e) {
            String where = e.getProblemMark()
                    .map(mark -> " in line " + (mark.getLine() + 2))
                    .orElse("");
            throw new IllegalArgumentException("the head is not YAML: " + e.getProblem() + where, e);
        } catch (YamlEngineException e) {
            throw new IllegalArgumentException("the head is not YAML: " + firstLine(e.getMessage()), e);
        }
        if (value instanceof Map<?, ?> map) {
            return map;
        }
        throw new IllegalArgumentException("the head is no mapping (expected: lines such as name: reviewer)");
    }

    /** The event parser does not recurse, the loader does: so depth is measured with the one before the other runs. */
    private static void requireShallow(LoadSettings settings, String head) {
        int depth = 0;
        for (Event event : new Parse(settings).parseString(head)) {
            switch (event.getEventId()) {
                case MappingStart, SequenceStart -> depth++;
                case MappingEnd, SequenceEnd -> depth--;
                default -> {}
            }
            if (depth > MAX_DEPTH) {
                throw new IllegalArgumentException(
                        "the head is nested too deeply (expected: at most " + MAX_DEPTH + " levels)");
            }
        }
    }

    private static String firstLine(@Nullable String text) {
        return text == null ? "unreadable" : text.lines().findFirst().orElse("unreadable");
    }

    private @Nullable String text(String field) {
        Object value = fields.get(field);
        if (value == null) {
            return null;
        }
        if (value instanceof String || value instanceof Number || value instanceof Boolean) {
            String text = value.toString().strip();
            return text.isEmpty() ? null : text;
        }
        throw new IllegalArgumentException(field + ": " + kind(value) + " (expected: text)");
    }

    private @Nullable List<String> tools() {
        Object value = fields.get("tools");
        if (value == null) {
            return null;
        }
        if (value instanceof String text) {
            return Arrays.stream(text.split(",", -1))
                    .map(String::strip)
                    .filter(tool -> !tool.isEmpty())
                    .toList();
        }
        if (value instanceof List<?> list && list.stream().allMatch(String.class::isInstance)) {
            return list.stream().map(String.class::cast).map(String::strip).toList();
        }
        throw new IllegalArgumentException(
                "tools: " + kind(value) + " (expected: a list of names, or names with commas)");
    }

    private static String kind(Object value) {
        return value instanceof Map ? "a mapping" : value instanceof List ? "a list of other things" : "not a text";
    }
}
