package dev.agentws.agent.permission;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Reads the changes of permissions that clients send. Thread-safe. */
public final class PermissionUpdateReader {
    private static final int MOST = 100;

    private final RuleReader rules;
    private final List<Path> roots;

    /** @param roots directories may only be added under one of them; empty: anywhere */
    public PermissionUpdateReader(RuleReader rules, List<Path> roots) {
        this.rules = rules;
        this.roots = List.copyOf(roots);
    }

    /**
     * Reads one change, or a list of them.
     *
     * @throws InvalidRule naming the first that cannot be honoured
     */
    public List<PermissionUpdate> read(String name, JsonNode json) throws InvalidRule {
        List<PermissionUpdate> all = new ArrayList<>();
        if (json.isObject()) {
            all.add(one(name, json));
        } else if (json.isArray() && json.size() <= MOST) {
            for (int i = 0; i < json.size(); i++) {
                all.add(one(name + "[" + i + "]", json.get(i)));
            }
        } else {
            throw new InvalidRule(
                    name + ": not usable (expected: true, false, a permission update or up to " + MOST + " of them)");
        }
        return all;
    }

    private PermissionUpdate one(String name, JsonNode json) throws InvalidRule {
        String wished = json.path("type").asText();
        PermissionUpdate.Type type = null;
        for (PermissionUpdate.Type each : PermissionUpdate.Type.values()) {
            type = each.wireName().equals(wished) ? each : type;
        }
        String destination = json.path("destination").asText("session");
        if (!destination.equals("session")) {
            throw wrong(name + ".destination", destination, "session");
        }
        if (type == null) {
            throw wrong(
                    name + ".type",
                    wished,
                    "addRules, replaceRules, removeRules, setMode, addDirectories or removeDirectories");
        }
        switch (type) {
            case SET_MODE:
                return PermissionUpdate.mode(
                        mode(name + ".mode", json.path("mode").asText()));
            case ADD_DIRECTORIES:
            case REMOVE_DIRECTORIES:
                List<Path> directories = directories(name, json.path("directories"), type);
                return new PermissionUpdate(type, List.of(), Behavior.ALLOW, null, directories);
            default:
                Behavior behavior = behavior(name, json.path("behavior").asText());
                return new PermissionUpdate(type, rules(name, json.path("rules"), behavior), behavior, null, List.of());
        }
    }

    /** The mode of that name. */
    public static PermissionMode mode(String name, String wished) throws InvalidRule {
        PermissionMode mode = PermissionMode.find(wished);
        if (mode == null) {
            throw wrong(name, wished, "default, acceptEdits, plan, dontAsk or bypassPermissions");
        }
        return mode;
    }

    private static Behavior behavior(String name, String wished) throws InvalidRule {
        for (Behavior each : Behavior.values()) {
            if (each.wireName().equals(wished)) {
                return each;
            }
        }
        throw wrong(name + ".behavior", wished, "allow, deny or ask");
    }

    private List<Rule> rules(String name, JsonNode list, Behavior behavior) throws InvalidRule {
        if (!list.isArray() || list.size() > MOST) {
            throw wrong(name + ".rules", "not usable", "up to " + MOST + " rules");
        }
        List<Rule> all = new ArrayList<>();
        for (JsonNode each : list) {
            JsonNode content = each.path("ruleContent");
            String tool = each.path("toolName").asText();
            String text = content.isTextual() ? tool + "(" + content.textValue() + ")" : tool;
            all.addAll(rules.read(name + ".rules", List.of(text), behavior));
        }
        return all;
    }

    private List<Path> directories(String name, JsonNode list, PermissionUpdate.Type type) throws InvalidRule {
        List<Path> all = new ArrayList<>();
        for (JsonNode each : list) {
            all.add(directory(name + ".directories", each.asText(), type));
        }
        if (!list.isArray() || all.isEmpty() || all.size() > MOST) {
            throw wrong(name + ".directories", "not usable", "1 to " + MOST + " absolute paths");
        }
        return all;
    }

    private Path directory(String name, String text, PermissionUpdate.Type type) throws InvalidRule {
        Path path;
        try {
            path = Path.of(text).normalize();
        } catch (InvalidPathException e) {
            throw wrong(name, text, "an absolute path");
        }
        if (!path.isAbsolute()) {
            throw wrong(name, text, "an absolute path");
        }
        boolean outside = !roots.isEmpty() && roots.stream().noneMatch(path::startsWith);
        if (type == PermissionUpdate.Type.ADD_DIRECTORIES && outside) {
            throw wrong(name, text, "a directory under one of " + roots);
        }
        return path;
    }

    private static InvalidRule wrong(String name, String value, String expected) {
        String shown = value.length() > 120 ? value.substring(0, 120) + "..." : value;
        return new InvalidRule(name + ": " + shown + " (expected: " + expected + ")");
    }
}
