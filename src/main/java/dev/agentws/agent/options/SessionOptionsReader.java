package dev.agentws.agent.options;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agentws.agent.model.CompactionMode;
import dev.agentws.agent.options.SessionOptions.Invalid;
import dev.agentws.agent.permission.Behavior;
import dev.agentws.agent.permission.InvalidRule;
import dev.agentws.agent.permission.PermissionMode;
import dev.agentws.agent.permission.PermissionRules;
import dev.agentws.agent.permission.PermissionUpdateReader;
import dev.agentws.agent.permission.Rule;
import dev.agentws.agent.permission.RuleReader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Reads the {@code options} of {@code create_session}. What this server cannot do is refused by name; unknown options are ignored, as
 * unknown fields are everywhere. Thread-safe.
 */
public final class SessionOptionsReader {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final List<String> DEFAULT_TOOLS = List.of("Read", "Write", "Edit", "Bash", "Search");
    private static final Set<String> SEARCH = Set.of("Glob", "Grep");
    /** Names of the protocol whose tool is not built in; told apart from a misspelt name. */
    private static final Set<String> NOT_BUILT = Set.of("Task");

    private static final List<String> EFFORTS = List.of("low", "medium", "high", "xhigh", "max");
    /** Options of the protocol that this server does not act on: anything but empty is refused rather than ignored. */
    private static final List<String> NOT_SUPPORTED = List.of("mcp_servers", "agents", "setting_sources");

    private static final int FEW_OPTIONS = 8;
    private static final int SHORT = 512;
    private static final int MOST_RECENT = 256;

    private final Set<String> known;
    /** Thousands of sessions are usually made with a handful of different options: equal ones share one object. */
    private final Map<String, SessionOptions> recent = new ConcurrentHashMap<>();

    private final SessionOptions defaults;
    private final RuleReader rules;

    /** @param known the names of the tools that are built in */
    public SessionOptionsReader(Set<String> known) {
        this.known = Set.copyOf(known);
        this.rules = new RuleReader(known);
        this.defaults = build(MAPPER.createObjectNode(), expand(DEFAULT_TOOLS));
    }

    /** @throws Invalid naming the first option that cannot be honoured */
    public SessionOptions read(ObjectNode options) throws Invalid {
        if (options.isEmpty()) {
            return defaults;
        }
        boolean plain = options.size() <= FEW_OPTIONS && !options.has("env") && !options.has("conversation_history");
        String text = plain ? options.toString() : null;
        SessionOptions same = text == null ? null : recent.get(text);
        if (same != null) {
            return same;
        }
        SessionOptions fresh = readFresh(options);
        if (text != null && text.length() <= SHORT && recent.size() < MOST_RECENT) {
            recent.put(text, fresh);
        }
        return fresh;
    }

    private SessionOptions readFresh(ObjectNode options) throws Invalid {
        for (String name : NOT_SUPPORTED) {
            JsonNode value = options.get(name);
            if (value != null && !value.isNull() && !(value.isContainerNode() && value.isEmpty())) {
                throw new Invalid(name + ": not supported by this server (expected: absent or empty)");
            }
        }
        Fields fields = new Fields(options);
        List<String> tools = fields.strings("tools");
        return build(options, tools("tools", tools == null ? DEFAULT_TOOLS : tools), fields);
    }

    /** The tools of these names, with {@code Search} resolved. {@code option} is what a refusal names. */
    public Set<String> tools(String option, List<String> names) throws Invalid {
        Set<String> chosen = expand(names);
        for (String name : chosen) {
            requireTool(option, name);
        }
        return chosen;
    }

    private SessionOptions build(ObjectNode empty, Set<String> tools) {
        try {
            return build(empty, tools, new Fields(empty));
        } catch (Invalid e) {
            throw new IllegalStateException(e);
        }
    }

    private SessionOptions build(ObjectNode options, Set<String> tools, Fields fields) throws Invalid {
        byte[] echo = echo(options);
        return new SessionOptions(
                fields.text("system_prompt"),
                tools,
                fields.text("working_directory"),
                fields.text("model"),
                fields.integer("max_tokens", 1),
                mode(fields.text("permission_mode")),
                fields.text("agent_name"),
                HistoryReader.read(options.get("conversation_history")),
                fields.number("temperature", 0, 1),
                permissionRules(fields),
                orNone(fields.strings("add_dirs")),
                fields.integer("max_turns", 1),
                fields.number("max_budget_usd", 0, Double.MAX_VALUE),
                fields.object("thinking"),
                effort(fields.text("effort")),
                fields.flag("include_partial_messages", true),
                fields.flag("include_prompts", false),
                fields.textMap("env"),
                tokens(fields.integer("compact_at_tokens", 1000)),
                compaction(fields),
                fields.object("output_format") == null ? null : OutputFormat.read(options.get("output_format")),
                echo,
                options.has("env") ? written(without(options)) : echo);
    }

    private static Set<String> expand(List<String> names) {
        Set<String> all = new LinkedHashSet<>();
        for (String name : names) {
            if (name.equals("Search")) {
                all.addAll(new TreeSet<>(SEARCH));
            } else {
                all.add(name);
            }
        }
        return java.util.Collections.unmodifiableSet(all);
    }

    private void requireTool(String option, String name) throws Invalid {
        if (known.contains(name)) {
            return;
        }
        String cut = name.length() > 80 ? name.substring(0, 80) + "..." : name;
        if (NOT_BUILT.contains(name) || name.startsWith("mcp__")) {
            throw new Invalid(
                    option + ": the tool " + cut + " is not available on this server (expected: " + names() + ")");
        }
        throw new Invalid(option + ": unknown tool " + cut + " (expected: " + names() + ")");
    }

    private String names() {
        return String.join(", ", new TreeSet<>(known)) + ", Search";
    }

    private PermissionRules permissionRules(Fields fields) throws Invalid {
        return new PermissionRules(
                rules("disallowed_tools", fields, Behavior.DENY),
                rules("ask_tools", fields, Behavior.ASK),
                rules("allowed_tools", fields, Behavior.ALLOW));
    }

    private List<Rule> rules(String option, Fields fields, Behavior behavior) throws Invalid {
        List<String> texts = fields.strings(option);
        try {
            return texts == null ? List.of() : rules.read(option, texts, behavior);
        } catch (InvalidRule e) {
            throw new Invalid(e.getMessage());
        }
    }

    private static List<String> orNone(@Nullable List<String> texts) {
        return texts == null ? List.of() : List.copyOf(texts);
    }

    /** Reads the rules of options and of what clients change later. */
    public RuleReader rules() {
        return rules;
    }

    private static PermissionMode mode(@Nullable String name) throws Invalid {
        try {
            return name == null ? PermissionMode.DEFAULT : PermissionUpdateReader.mode("permission_mode", name);
        } catch (InvalidRule e) {
            throw new Invalid(e.getMessage());
        }
    }

    private static @Nullable Long tokens(@Nullable Integer value) {
        return value == null ? null : value.longValue();
    }

    private static @Nullable CompactionMode compaction(Fields fields) throws Invalid {
        String name = fields.text("compaction");
        if (name == null) {
            return null;
        }
        for (CompactionMode mode : CompactionMode.values()) {
            if (mode.wireName().equals(name)) {
                return mode;
            }
        }
        throw new Invalid("compaction: " + Fields.cut(name) + " (expected: auto, api, client or off)");
    }

    private static @Nullable String effort(@Nullable String name) throws Invalid {
        if (name != null && !EFFORTS.contains(name)) {
            throw new Invalid("effort: " + Fields.cut(name) + " (expected: " + String.join(", ", EFFORTS) + ")");
        }
        return name;
    }

    /** The values of {@code env} stay here: they are the usual place for secrets, and the session object is shown to everyone. */
    private static byte[] echo(ObjectNode options) {
        ObjectNode shown = options.deepCopy();
        if (shown.get("env") instanceof ObjectNode env) {
            List<String> names = new ArrayList<>();
            env.fieldNames().forEachRemaining(names::add);
            names.forEach(name -> env.put(name, "***"));
        }
        shown.remove("conversation_history");
        return written(shown);
    }

    private static ObjectNode without(ObjectNode options) {
        ObjectNode rest = options.deepCopy();
        rest.remove("conversation_history");
        return rest;
    }

    private static byte[] written(ObjectNode options) {
        try {
            return MAPPER.writeValueAsBytes(options);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("options: cannot be written again", e);
        }
    }

    /** Typed access that names the option when its value is of another kind. */
    private record Fields(ObjectNode options) {
        @Nullable
        JsonNode get(String name) {
            JsonNode value = options.get(name);
            return value == null || value.isNull() ? null : value;
        }

        @Nullable
        String text(String name) throws Invalid {
            JsonNode value = get(name);
            if (value == null) {
                return null;
            }
            if (!value.isTextual()) {
                throw wrong(name, value, "a string");
            }
            return value.textValue();
        }

        @Nullable
        List<String> strings(String name) throws Invalid {
            JsonNode value = get(name);
            if (value == null) {
                return null;
            }
            List<String> all = new ArrayList<>();
            for (JsonNode each : value) {
                if (each.isTextual()) {
                    all.add(each.textValue());
                }
            }
            if (!value.isArray() || all.size() != value.size()) {
                throw wrong(name, value, "an array of strings");
            }
            return all;
        }

        @Nullable
        Integer integer(String name, int least) throws Invalid {
            JsonNode value = get(name);
            if (value == null) {
                return null;
            }
            if (!value.canConvertToInt() || !value.isIntegralNumber() || value.intValue() < least) {
                throw wrong(name, value, "a whole number of at least " + least);
            }
            return value.intValue();
        }

        @Nullable
        Double number(String name, double least, double most) throws Invalid {
            JsonNode value = get(name);
            if (value == null) {
                return null;
            }
            if (!value.isNumber() || !(value.doubleValue() >= least && value.doubleValue() <= most)) {
                throw wrong(name, value, most == Double.MAX_VALUE ? "a number of at least 0" : "a number from 0 to 1");
            }
            return value.doubleValue();
        }

        boolean flag(String name, boolean otherwise) throws Invalid {
            JsonNode value = get(name);
            if (value == null) {
                return otherwise;
            }
            if (!value.isBoolean()) {
                throw wrong(name, value, "true or false");
            }
            return value.booleanValue();
        }

        @Nullable
        String object(String name) throws Invalid {
            JsonNode value = get(name);
            if (value == null) {
                return null;
            }
            if (!value.isObject()) {
                throw wrong(name, value, "an object");
            }
            return value.toString();
        }

        Map<String, String> textMap(String name) throws Invalid {
            JsonNode value = get(name);
            if (value == null) {
                return Map.of();
            }
            if (!value.isObject()) {
                throw wrong(name, value, "an object of names and string values");
            }
            Map<String, String> all = new LinkedHashMap<>();
            for (Map.Entry<String, JsonNode> each : value.properties()) {
                String key = each.getKey();
                if (!key.matches("[A-Za-z_][A-Za-z0-9_]*")) {
                    throw new Invalid(name + ": " + cut(key) + " (expected: names of letters, digits and _)");
                }
                // Values are often secrets, so an error does not repeat them.
                if (!each.getValue().isTextual() || each.getValue().textValue().indexOf('\0') >= 0) {
                    throw new Invalid(
                            name + "." + cut(key) + ": not usable (expected: a string without NUL characters)");
                }
                all.put(key, each.getValue().textValue());
            }
            return Map.copyOf(all);
        }

        static Invalid wrong(String name, JsonNode value, String expected) {
            return new Invalid(name + ": " + cut(value.toString()) + " (expected: " + expected + ")");
        }

        static String cut(String value) {
            return value.length() > 80 ? value.substring(0, 80) + "..." : value;
        }
    }
}
