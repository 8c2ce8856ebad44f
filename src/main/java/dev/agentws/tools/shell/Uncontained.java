package dev.agentws.tools.shell;

/** No sandbox: commands run with the rights of the server. Immutable. */
public record Uncontained(Kind kind) implements Sandbox {
    /** As an operator asked for. */
    public static final Uncontained OFF = new Uncontained(Kind.OFF);

    /** For want of a sandbox that works. */
    public static final Uncontained NONE = new Uncontained(Kind.NONE);

    public Uncontained {
        if (kind == Kind.BUBBLEWRAP) {
            throw new IllegalArgumentException("kind: " + kind + " (expected: NONE or OFF)");
        }
    }
}
