package dev.agentws.agent.permission;

import java.util.List;

/**
 * A command line, taken apart.
 *
 * @param parts its simple commands, also those inside of substitutions and subshells
 * @param unclear why not all of it could be read, or empty; then {@code parts} holds only some
 */
record CommandLine(String text, List<CommandPart> parts, String unclear) {
    /** Longer ones are not taken apart: nobody can say what they do at a glance, a rule neither. */
    static final int MAX_CHARS = 10_000;

    CommandLine {
        parts = List.copyOf(parts);
    }

    static CommandLine of(String text) {
        if (text.length() > MAX_CHARS) {
            return new CommandLine(text, List.of(), "the command has more than " + MAX_CHARS + " characters");
        }
        return new CommandScanner(text).scan();
    }

    boolean isUnclear() {
        return !unclear.isEmpty();
    }
}
