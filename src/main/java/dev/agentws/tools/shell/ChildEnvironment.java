package dev.agentws.tools.shell;

import dev.agentws.tools.call.Shown;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** The environment of commands: what the allow-list lets through of the server's, and what the session adds. Immutable. */
public final class ChildEnvironment {
    /** Marks every process of one call, so that all of them can be found when it ends, whatever group they moved to. */
    static final String MARK = "AGENTWS_CALL";

    private final Map<String, String> inherited;

    /**
     * @param parent the server's environment
     * @param allowed names that pass; a trailing {@code *} stands for any rest
     */
    public ChildEnvironment(Map<String, String> parent, Set<String> allowed) {
        Map<String, String> passing = new HashMap<>();
        parent.forEach((name, value) -> {
            if (allowed(allowed, name)) {
                passing.put(name, value);
            }
        });
        inherited = Map.copyOf(passing);
    }

    Map<String, String> with(Map<String, String> session) {
        return with(Map.of(), session);
    }

    /** The same with values that take the place of inherited ones. */
    Map<String, String> with(Map<String, String> replaced, Map<String, String> session) {
        Map<String, String> result = new HashMap<>(inherited);
        result.putAll(replaced);
        result.putAll(session);
        return result;
    }

    /**
     * Refuses what cannot be an environment variable, before a command fails for it.
     *
     * @throws IllegalArgumentException that names the variable
     */
    public static void check(Map<String, String> session) {
        session.forEach((name, value) -> {
            if (name.isEmpty() || name.indexOf('=') >= 0 || name.indexOf('\0') >= 0) {
                throw new IllegalArgumentException("environment name: " + Shown.line(name, 100)
                        + " (expected: a name that is not empty and holds neither = nor NUL)");
            }
            if (name.equals(MARK)) {
                throw new IllegalArgumentException(
                        "environment name: " + MARK + " (expected: a name that is not reserved)");
            }
            if (value.indexOf('\0') >= 0) {
                throw new IllegalArgumentException(
                        "environment value of " + Shown.line(name, 100) + ": holds NUL (expected: no NUL)");
            }
            if (!ShellScript.passable(name + value)) {
                throw new IllegalArgumentException(
                        "environment value of " + Shown.line(name, 100)
                                + ": not encodable (expected: characters of this server's locale, or a server with a UTF-8 locale)");
            }
        });
    }

    private static boolean allowed(Set<String> list, String name) {
        return list.contains(name)
                || list.stream()
                        .anyMatch(entry ->
                                entry.endsWith("*") && name.startsWith(entry.substring(0, entry.length() - 1)));
    }
}
