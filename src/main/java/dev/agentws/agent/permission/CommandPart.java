package dev.agentws.agent.permission;

import java.util.List;

/** One simple command of a command line: what stands between two separators. */
record CommandPart(List<Word> assignments, List<Word> words, List<Redirect> redirects) {
    CommandPart {
        assignments = List.copyOf(assignments);
        words = List.copyOf(words);
        redirects = List.copyOf(redirects);
    }

    /** A file that the shell opens for a command. */
    record Redirect(boolean writes, Word target) {}

    /** The same command without its first words. */
    CommandPart from(int word) {
        return new CommandPart(List.of(), words.subList(word, words.size()), List.of());
    }

    /** The name of the program without its directory, or nothing. */
    String program() {
        if (words.isEmpty()) {
            return "";
        }
        String name = words.get(0).told();
        return name.substring(name.lastIndexOf('/') + 1);
    }
}
