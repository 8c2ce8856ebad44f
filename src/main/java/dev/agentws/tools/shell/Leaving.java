package dev.agentws.tools.shell;

import java.util.Set;
import java.util.regex.Pattern;

/** Judges which commands may go on in the background after their timeout. */
final class Leaving {
    /** What only waits has no use afterwards. */
    private static final Pattern WAITS = Pattern.compile("\\s*sleep\\b.*", Pattern.DOTALL);

    /** Half a commit in the background, while the conversation goes on, does harm. */
    private static final Pattern GIT = Pattern.compile("\\bgit\\b");

    private static final Pattern FIRST_WORDS = Pattern.compile("(?:^|[;|&\\n])\\s*([A-Za-z{!]+)");

    private static final Set<String> COMPOUNDS = Set.of(
            "if", "for", "while", "until", "case", "select", "function", "{", "!", "trap", "exec", "eval", "coproc");

    private Leaving() {}

    /** In doubt not: a list or a pipe of simple commands may, anything with an inner structure may not. */
    static boolean mayLeave(String command) {
        return !WAITS.matcher(command).matches()
                && !GIT.matcher(command).find()
                && command.chars().noneMatch(c -> c == '(' || c == ')' || c == '`' || c == '\\')
                && !command.contains("<<")
                && quotesClosed(command)
                && !backgrounds(command)
                && FIRST_WORDS.matcher(command).results().noneMatch(word -> COMPOUNDS.contains(word.group(1)));
    }

    private static boolean quotesClosed(String command) {
        char open = 0;
        for (int i = 0; i < command.length(); i++) {
            char c = command.charAt(i);
            if (open == 0 && (c == '\'' || c == '"')) {
                open = c;
            } else if (c == open) {
                open = 0;
            }
        }
        return open == 0;
    }

    /** Whether some {@code &} stands alone, which puts a part of it into the background already. */
    private static boolean backgrounds(String command) {
        String rest =
                command.replace("&&", "").replace(">&", "").replace("&>", "").replace("|&", "");
        return rest.indexOf('&') >= 0;
    }
}
