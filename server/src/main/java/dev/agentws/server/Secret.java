package dev.agentws.server;

/**
 * A value that must never be seen in a log, an error or a process list; its text form is a mask. Immutable.
 *
 * @param text the value itself, for the one place that sends it
 */
public record Secret(String text) {
    static final String MASK = "(hidden)";

    @Override
    public String toString() {
        return MASK;
    }
}
