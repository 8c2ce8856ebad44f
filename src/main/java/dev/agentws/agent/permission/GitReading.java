package dev.agentws.agent.permission;

import dev.agentws.agent.permission.ReadOnlyCommands.Reading;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The commands of git that only look. */
final class GitReading {
    private static final Set<String> LOOKING = Set.of(
            "status",
            "log",
            "diff",
            "show",
            "blame",
            "annotate",
            "rev-parse",
            "rev-list",
            "ls-files",
            "ls-tree",
            "describe",
            "shortlog",
            "merge-base",
            "name-rev",
            "for-each-ref",
            "show-ref",
            "count-objects",
            "diff-tree",
            "diff-index",
            "diff-files",
            "check-ignore",
            "whatchanged",
            "cherry",
            "var",
            "version",
            "grep");
    private static final Set<String> HARMLESS_GLOBALS = Set.of("--no-pager", "-P", "--no-optional-locks", "--version");
    /** They run programs or write files. */
    private static final List<String> LONGS = List.of(
            "output",
            "output-directory",
            "ext-diff",
            "textconv",
            "open-files-in-pager",
            "show-signature",
            "exec",
            "upload-pack",
            "filters",
            "contents",
            "no-index");

    private GitReading() {}

    /** What it looks at besides the repository, or null when it is not known only to look. */
    static @Nullable Reading of(List<Word> words) {
        int at = 0;
        while (at < words.size() && HARMLESS_GLOBALS.contains(words.get(at).text())) {
            at++;
        }
        if (at >= words.size() || !words.stream().allMatch(word -> !word.dynamic() && !word.tilde())) {
            return null;
        }
        String command = words.get(at).text();
        List<Word> rest = words.subList(at + 1, words.size());
        boolean looks = LOOKING.contains(command) ? plain(command, rest) : lists(command, rest);
        return looks ? new Reading(places(rest), command.equals("grep")) : null;
    }

    private static boolean plain(String command, List<Word> rest) {
        boolean beyond = rest.stream()
                .map(Word::text)
                .filter(text -> text.startsWith("-"))
                .anyMatch(text -> ReadOnlyCommands.beyondLooking(text, "", LONGS)
                        || (command.equals("grep") && text.matches("-[a-zA-Z]*O.*"))
                        || (text.startsWith("-o") && !command.equals("grep") && !command.startsWith("ls-")));
        return !beyond;
    }

    /** Commands that look only in some of their forms. */
    private static boolean lists(String command, List<Word> rest) {
        List<String> texts = rest.stream().map(Word::text).toList();
        String first = texts.isEmpty() ? "" : texts.get(0);
        switch (command) {
            case "branch":
                return texts.stream()
                        .allMatch(text -> text.matches("-[arv]+|--(all|remotes|list|show-current|verbose|no-color)"));
            case "tag":
                return texts.stream().allMatch(text -> text.matches("-l|--list|-n[0-9]*"));
            case "remote":
                return texts.isEmpty() || texts.equals(List.of("-v")) || first.equals("get-url");
            case "stash":
            case "worktree":
                return texts.equals(List.of("list"));
            case "reflog":
                return texts.isEmpty() || texts.equals(List.of("show"));
            case "config":
                return List.of("--list", "-l", "--get", "--get-all").contains(first)
                        && texts.stream().noneMatch(text -> text.matches("-f.*|--f.*|--b.*|--e.*|-e"))
                        && texts.size() <= 2;
            default:
                return false;
        }
    }

    /** Words that can only be paths: git itself stays in its repository unless told otherwise. */
    private static List<Word> places(List<Word> rest) {
        List<Word> places = new ArrayList<>();
        for (Word word : rest) {
            if (word.text().startsWith("/")
                    || (word.text().startsWith("..") && !word.text().matches("\\.\\.\\.?[^/.].*"))) {
                places.add(word);
            }
        }
        return places;
    }
}
