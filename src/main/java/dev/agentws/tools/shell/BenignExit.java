package dev.agentws.tools.shell;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Knows the commands that say "no" by exit code 1, which is an answer and not a failure. */
final class BenignExit {
    private static final Set<String> ANSWERING = Set.of("grep", "egrep", "fgrep", "rg", "find", "diff", "test", "[");
    private static final Set<String> ANSWERING_GIT = Set.of("diff", "grep");

    private BenignExit() {}

    /** Whether exit code 1 of this command line is the answer of the command that ran last. In doubt it is not. */
    static boolean answers(String commandLine) {
        List<String> words = lastCommand(commandLine);
        int first = 0;
        while (first < words.size() && words.get(first).matches("[A-Za-z_][A-Za-z0-9_]*=.*")) {
            first++;
        }
        if (first == words.size()) {
            return false;
        }
        String name = words.get(first);
        return ANSWERING.contains(name)
                || (name.equals("git") && first + 1 < words.size() && ANSWERING_GIT.contains(words.get(first + 1)));
    }

    /** The words after the last operator outside quotes. */
    private static List<String> lastCommand(String line) {
        List<String> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        char quote = 0;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c == '\\' && quote != '\'' && i + 1 < line.length()) {
                word.append(line.charAt(++i));
            } else if (quote != 0) {
                quote = c == quote ? 0 : quote;
                word.append(c);
            } else if (c == '\'' || c == '"') {
                quote = c;
                word.append(c);
            } else if (c == ' ' || c == '\t') {
                flush(word, words);
            } else if (c == '`' || c == '(' || c == ')') {
                // Substitutions and subshells are beyond this reading.
                return List.of();
            } else if (isOperator(line, i)) {
                flush(word, words);
                if (!line.substring(i + 1).isBlank()) {
                    words.clear();
                }
            } else {
                word.append(c);
            }
        }
        flush(word, words);
        return words;
    }

    private static boolean isOperator(String line, int at) {
        char c = line.charAt(at);
        boolean redirect = c == '&'
                && ((at > 0 && line.charAt(at - 1) == '>') || (at + 1 < line.length() && line.charAt(at + 1) == '>'));
        return (c == ';' || c == '\n' || c == '|' || c == '&') && !redirect;
    }

    private static void flush(StringBuilder word, List<String> words) {
        if (!word.isEmpty()) {
            words.add(word.toString());
            word.setLength(0);
        }
    }
}
