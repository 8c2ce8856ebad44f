package dev.agentws.agent.permission;

import dev.agentws.agent.permission.Rule.Parameter;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads permission rules. What cannot be honoured is refused, never ignored: a rule promises a check. Thread-safe. */
public final class RuleReader {
    private static final Pattern SHAPE = Pattern.compile("(?s)([^()\\s]+)(?:\\((.*)\\))?");
    private static final Pattern PARAMETER = Pattern.compile("(?s)([A-Za-z_-][A-Za-z0-9_-]*):(.+)");
    private static final Pattern ALLOWED_MCP =
            Pattern.compile("mcp__[A-Za-z0-9.-]+(_[A-Za-z0-9.-]+)*(__[A-Za-z0-9_.*-]+)?");
    private static final Pattern DENIED_MCP = Pattern.compile("mcp__[A-Za-z0-9_.*-]+");
    /** Names of the protocol whose tool need not be built in to be forbidden. */
    private static final Set<String> FORBIDDABLE = Set.of(
            "Task", "Agent", "Skill", "WebFetch", "WebSearch", "NotebookEdit", "AskUserQuestion", "ExitPlanMode");
    /** The fields that are no path, command or address, which rules of their own are about. */
    private static final Map<String, Set<String>> PARAMETERS = Map.of(
            "Bash", Set.of("run_in_background", "timeout", "dangerouslyDisableSandbox", "description"),
            "Read", Set.of("offset", "limit", "pages"),
            "Edit", Set.of("replace_all"),
            "NotebookEdit", Set.of("cell_id", "cell_type", "edit_mode"),
            "Grep", Set.of("output_mode", "multiline", "type", "-i", "-n", "head_limit"));

    private static final Set<String> GOVERNED_BY_EDIT = Set.of("Write", "NotebookEdit");
    private static final Set<String> GOVERNED_BY_READ = Set.of("Grep", "Glob");
    private static final int SHOWN = 120;

    private final Set<String> known;

    /** @param known the names of the tools that are built in */
    public RuleReader(Set<String> known) {
        this.known = Set.copyOf(known);
    }

    /**
     * Reads a list of rules.
     *
     * @param option what the list is called, for the message
     * @throws InvalidRule naming the option, the rule and what was expected
     */
    public List<Rule> read(String option, List<String> texts, Behavior behavior) throws InvalidRule {
        Set<Rule> all = new LinkedHashSet<>();
        for (String text : texts) {
            all.addAll(read(option, text, behavior));
        }
        return List.copyOf(all);
    }

    private List<Rule> read(String option, String text, Behavior behavior) throws InvalidRule {
        Matcher shape = SHAPE.matcher(text.strip());
        try {
            if (!shape.matches()) {
                throw new InvalidRule("Tool or Tool(specifier)");
            }
            String tool = shape.group(1);
            String content = shape.group(2);
            List<Rule> rules = new ArrayList<>();
            for (String name : tool.equals("Search") ? List.of("Glob", "Grep") : List.of(tool)) {
                boolean whole =
                        content == null || content.isBlank() || (content.strip().equals("*") && !isPath(name));
                rules.add(whole ? whole(name, behavior) : scoped(name, content.strip(), behavior));
            }
            return rules;
        } catch (InvalidRule e) {
            String shown = text.length() > SHOWN ? text.substring(0, SHOWN) + "..." : text;
            throw new InvalidRule(option + ": " + shown + " (expected: " + e.getMessage() + ")");
        }
    }

    private static boolean isPath(String tool) {
        return tool.equals("Read") || tool.equals("Edit");
    }

    private Rule whole(String name, Behavior behavior) throws InvalidRule {
        if (behavior.forbids() && (name.equals("*") || DENIED_MCP.matcher(name).matches())) {
            return Rule.whole(name);
        }
        if (ALLOWED_MCP.matcher(name).matches()) {
            return Rule.whole(name);
        }
        requireTool(name, behavior);
        return Rule.whole(name);
    }

    private void requireTool(String name, Behavior behavior) throws InvalidRule {
        boolean named = known.contains(name) || (behavior.forbids() && FORBIDDABLE.contains(name));
        if (!named) {
            throw new InvalidRule("the name of a tool, one of " + String.join(", ", new TreeSet<>(known))
                    + ", Search, mcp__server__tool");
        }
    }

    private Rule scoped(String name, String content, Behavior behavior) throws InvalidRule {
        Matcher parameter = PARAMETER.matcher(content);
        boolean mcp = name.startsWith("mcp__");
        if (mcp ? !ALLOWED_MCP.matcher(name).matches() || !parameter.matches() : false) {
            throw new InvalidRule("mcp__server__tool, for deny and ask also mcp__server__tool(field:value)");
        }
        if (!mcp) {
            requireTool(name, behavior);
        }
        boolean field = parameter.matches()
                && (mcp || PARAMETERS.getOrDefault(name, Set.of()).contains(parameter.group(1)));
        if (field) {
            if (!behavior.forbids()) {
                throw new InvalidRule("a rule on a field of the input only to deny or to ask");
            }
            Parameter subject = new Parameter(parameter.group(1), Wildcard.of(parameter.group(2)));
            return Rule.parameter(name, content, subject);
        }
        switch (name) {
            case "Bash":
                return Rule.command(content);
            case "Read":
            case "Edit":
                return Rule.path(name, content);
            case "WebFetch":
                if (!content.startsWith("domain:")) {
                    throw new InvalidRule("WebFetch(domain:host)");
                }
                return Rule.host(content, content.substring("domain:".length()));
            default:
                throw new InvalidRule(advice(name));
        }
    }

    private static String advice(String name) {
        if (GOVERNED_BY_EDIT.contains(name)) {
            return "Edit(path), which holds for " + name + " too";
        }
        if (GOVERNED_BY_READ.contains(name)) {
            return "Read(path), which holds for " + name + " too";
        }
        return name + " without a specifier";
    }
}
