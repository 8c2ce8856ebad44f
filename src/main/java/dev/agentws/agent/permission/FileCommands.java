package dev.agentws.agent.permission;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The commands that change files by name. */
final class FileCommands {
    /** What people expect to go without a question when edits do. */
    private static final Set<String> EDITING = Set.of("mkdir", "touch", "mv", "cp", "rm", "rmdir");

    private static final Set<String> WRITING = Set.of(
            "mkdir",
            "touch",
            "mv",
            "cp",
            "rm",
            "rmdir",
            "ln",
            "tee",
            "chmod",
            "chown",
            "chgrp",
            "truncate",
            "install",
            "unlink",
            "shred",
            "rsync",
            "mkfifo",
            "patch");

    private FileCommands() {}

    /** The files it changes, or null when it is not known to change files by name. What is unknown of them is in it too. */
    static @Nullable List<Word> writes(CommandPart part) {
        String name = part.program();
        boolean inPlace = name.equals("sed")
                && part.words().stream().anyMatch(word -> word.text().matches("-[a-zA-Z]*i.*|--in.*"));
        if (!WRITING.contains(name) && !inPlace) {
            return null;
        }
        List<Word> files = new ArrayList<>();
        for (Word word : part.words().subList(1, part.words().size())) {
            String text = word.text();
            if (!text.startsWith("-") || text.equals("-")) {
                files.add(word);
            } else if (text.indexOf('=') > 0) {
                files.add(value(word, text.substring(text.indexOf('=') + 1)));
            } else if (!text.startsWith("--") && text.length() > 2 && text.indexOf('/') > 0) {
                files.add(value(word, text.substring(2)));
            }
        }
        return files;
    }

    private static Word value(Word option, String text) {
        return new Word(text, text, option.dynamic(), option.glob(), text.startsWith("~"));
    }

    /** Whether it is one of the commands that count as edits, in a form that says plainly what it changes. */
    static boolean edits(CommandPart part) {
        if (part.words().size() < 2 || !part.words().stream().allMatch(Word::plain)) {
            return false;
        }
        String name = part.words().get(0).text();
        // Following links, a copy could bring in what lies outside.
        boolean follows = name.equals("cp")
                && part.words().stream().anyMatch(word -> word.text().matches("-[a-zA-Z]*[LH].*|--d.*"));
        return EDITING.contains(name) && !follows;
    }

    static boolean removes(CommandPart part) {
        String name = part.program();
        return name.equals("rm") || name.equals("rmdir");
    }
}
