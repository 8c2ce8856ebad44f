package dev.agentws.agent.permission;

/** A permission rule, or a change of the permissions, that cannot be honoured; the message names it and says what was expected. */
public final class InvalidRule extends Exception {
    private static final long serialVersionUID = 1L;

    InvalidRule(String message) {
        super(message, null, false, false);
    }
}
