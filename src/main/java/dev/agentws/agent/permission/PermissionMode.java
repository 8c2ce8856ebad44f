package dev.agentws.agent.permission;

import org.jspecify.annotations.Nullable;

/** How a session decides about tool calls that want permission. */
public enum PermissionMode {
    /** Asks. */
    DEFAULT("default"),
    /** Edits inside the workspace go without asking; commands ask. */
    ACCEPT_EDITS("acceptEdits"),
    /** The model is told only to look and to plan; whatever would change something asks, whatever the rules allow. */
    PLAN("plan"),
    /** Never asks: what is not allowed beforehand is denied. */
    DONT_ASK("dontAsk"),
    /** Everything goes. */
    BYPASS("bypassPermissions");

    private final String wireName;

    PermissionMode(String wireName) {
        this.wireName = wireName;
    }

    /** The name on the wire. */
    public String wireName() {
        return wireName;
    }

    /** The mode of that name, of one of the older names {@code read-only} and {@code allow-all}, or null. */
    public static @Nullable PermissionMode find(String name) {
        if (name.equals("read-only")) {
            return PLAN;
        }
        if (name.equals("allow-all")) {
            return BYPASS;
        }
        for (PermissionMode mode : values()) {
            if (mode.wireName.equals(name)) {
                return mode;
            }
        }
        return null;
    }
}
