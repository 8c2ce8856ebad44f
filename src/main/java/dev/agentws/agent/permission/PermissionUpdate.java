package dev.agentws.agent.permission;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A change of what a session may do, for its rest. Immutable.
 *
 * @param rules for the types about rules
 * @param behavior for the types about rules
 * @param mode for {@link Type#SET_MODE}
 * @param directories for the types about directories
 */
public record PermissionUpdate(
        Type type,
        List<Rule> rules,
        Behavior behavior,
        @Nullable PermissionMode mode,
        List<Path> directories) {
    /** The kinds of change. */
    public enum Type {
        ADD_RULES("addRules"),
        REPLACE_RULES("replaceRules"),
        REMOVE_RULES("removeRules"),
        SET_MODE("setMode"),
        ADD_DIRECTORIES("addDirectories"),
        REMOVE_DIRECTORIES("removeDirectories");

        private final String wireName;

        Type(String wireName) {
            this.wireName = wireName;
        }

        /** The name on the wire. */
        public String wireName() {
            return wireName;
        }

        boolean aboutRules() {
            return this == ADD_RULES || this == REPLACE_RULES || this == REMOVE_RULES;
        }
    }

    public PermissionUpdate {
        rules = List.copyOf(rules);
        directories = List.copyOf(directories);
    }

    static PermissionUpdate allow(List<Rule> rules) {
        return new PermissionUpdate(Type.ADD_RULES, rules, Behavior.ALLOW, null, List.of());
    }

    static PermissionUpdate mode(PermissionMode mode) {
        return new PermissionUpdate(Type.SET_MODE, List.of(), Behavior.ALLOW, mode, List.of());
    }

    static PermissionUpdate directory(Path directory) {
        return new PermissionUpdate(Type.ADD_DIRECTORIES, List.of(), Behavior.ALLOW, null, List.of(directory));
    }

    /** Whether there are directories that count as inside from then on. */
    public boolean addsDirectories() {
        return type == Type.ADD_DIRECTORIES;
    }

    /** As clients see it. */
    public ObjectNode json() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("type", type.wireName());
        if (type.aboutRules()) {
            ArrayNode list = json.putArray("rules");
            for (Rule rule : rules) {
                ObjectNode each = list.addObject().put("toolName", rule.tool());
                if (rule.content() != null) {
                    each.put("ruleContent", rule.content());
                }
            }
            json.put("behavior", behavior.wireName());
        } else if (mode != null) {
            json.put("mode", mode.wireName());
        } else {
            ArrayNode list = json.putArray("directories");
            directories.forEach(each -> list.add(each.toString()));
        }
        return json.put("destination", "session");
    }
}
