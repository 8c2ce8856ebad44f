package dev.agentws.agent.permission;

import java.util.List;

/** The rules a session starts with. Immutable. */
public record PermissionRules(List<Rule> deny, List<Rule> ask, List<Rule> allow) {
    /** None. */
    public static final PermissionRules NONE = new PermissionRules(List.of(), List.of(), List.of());

    public PermissionRules {
        deny = List.copyOf(deny);
        ask = List.copyOf(ask);
        allow = List.copyOf(allow);
    }
}
