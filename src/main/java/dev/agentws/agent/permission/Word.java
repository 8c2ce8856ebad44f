package dev.agentws.agent.permission;

/**
 * One word of a command line.
 *
 * @param raw as it was written, without line continuations
 * @param text what the shell makes of it, quotes removed; of a dynamic word only the part that is known
 * @param dynamic whether the shell puts something in that nobody knows beforehand
 * @param glob whether it has unquoted {@code * ? [}, so that it may stand for several names
 * @param tilde whether it begins with an unquoted {@code ~}
 */
record Word(String raw, String text, boolean dynamic, boolean glob, boolean tilde) {
    /** Whether it stands for exactly its text. */
    boolean plain() {
        return !dynamic && !glob && !tilde;
    }

    /** How rules that forbid see it: what is known, and what is not as it was written. */
    String told() {
        return dynamic ? raw : text;
    }
}
