package dev.agentws.agent.permission;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The commands that are known only to look, as long as their options do not say otherwise. */
final class ReadOnlyCommands {
    /** What the words of a command are that are no options. */
    private enum Operands {
        FILES,
        /** Names of files that are not opened for what is in them. */
        NAMES,
        /** A pattern first, then files. */
        PATTERN,
        TEXT,
        NONE
    }

    /**
     * @param letters options of one letter that make it more than looking
     * @param longs the same for long options, which may be shortened
     */
    private record Look(Operands operands, String letters, List<String> longs) {}

    /**
     * What a command looks at.
     *
     * @param places files and directories
     * @param deep whether it opens all that is in them
     */
    record Reading(List<Word> places, boolean deep) {}

    private static final Map<String, Look> LOOKS = new HashMap<>();

    static {
        put(Operands.FILES, "", List.of(), "cat head tail nl tac rev cut fold expand unexpand paste strings md5sum");
        put(Operands.FILES, "", List.of(), "sha1sum sha256sum sha512sum cksum comm cmp column od hexdump");
        put(Operands.FILES, "oT", List.of("output", "compress-program", "temporary-directory"), "sort");
        put(Operands.FILES, "l", List.of("paginate"), "diff");
        put(Operands.FILES, "C", List.of("compile"), "file");
        put(Operands.NAMES, "", List.of(), "ls wc stat du df cd realpath readlink");
        put(Operands.NAMES, "oR", List.of("output"), "tree");
        put(Operands.NAMES, "v", List.of(), "[ test");
        put(Operands.PATTERN, "R", List.of("dereference-recursive"), "grep egrep fgrep");
        put(Operands.PATTERN, "zL", List.of("pre", "hostname-bin", "search-zip", "follow"), "rg");
        put(Operands.TEXT, "v", List.of(), "printf");
        put(Operands.TEXT, "", List.of(), "echo which type basename dirname tr seq true false :");
        put(Operands.NONE, "", List.of(), "pwd whoami id groups uname nproc uptime arch hostname free tty");
    }

    private static void put(Operands operands, String letters, List<String> longs, String names) {
        for (String name : names.split(" ")) {
            LOOKS.put(name, new Look(operands, letters, longs));
        }
    }

    private static final Set<String> PATTERN_OPTIONS = Set.of("-e", "-f", "--regexp", "--file");

    private ReadOnlyCommands() {}

    /** What it looks at, or null when it is not known to do nothing but look. */
    static @Nullable Reading of(CommandPart part) {
        if (part.words().isEmpty() || !part.words().get(0).plain()) {
            return null;
        }
        String name = part.words().get(0).text();
        List<Word> operands = part.words().subList(1, part.words().size());
        switch (name) {
            case "find":
                List<Word> places = FindReading.places(operands);
                return places == null ? null : new Reading(places, false);
            case "git":
                return GitReading.of(operands);
            case "date":
                return date(operands);
            case "command":
                boolean asks = operands.size() > 1 && operands.get(0).raw().matches("-[vV]");
                return asks && operands.stream().allMatch(Word::plain) ? new Reading(List.of(), false) : null;
            case "uniq":
                // A second file would be written, also behind a - for the standard input.
                return files(operands) > 1 ? null : looks(operands, new Look(Operands.FILES, "", List.of()));
            default:
                Look look = LOOKS.get(name);
                Reading reading = look == null ? null : looks(operands, look);
                return reading == null || !deep(name, operands) ? reading : new Reading(reading.places(), true);
        }
    }

    private static int files(List<Word> operands) {
        int files = 0;
        boolean onlyOperands = false;
        for (Word word : operands) {
            boolean option =
                    !onlyOperands && word.text().startsWith("-") && word.text().length() > 1;
            files += option ? 0 : 1;
            onlyOperands |= word.text().equals("--");
        }
        return files;
    }

    private static @Nullable Reading date(List<Word> operands) {
        boolean shows = operands.stream()
                .allMatch(word -> word.plain()
                        && word.text().matches("\\+.*|-[uIR].*|--(utc|universal|iso-8601.*|rfc-.*)")
                        && !word.text().matches("-[a-zA-Z]*[sfr].*"));
        return shows ? new Reading(List.of(), false) : null;
    }

    private static boolean deep(String name, List<Word> operands) {
        return name.equals("rg")
                || (List.of("grep", "egrep", "fgrep", "diff").contains(name)
                        && operands.stream().anyMatch(word -> word.text().matches("-[a-zA-Z]*r.*|--r.*|-d.*|--di.*")));
    }

    private static @Nullable Reading looks(List<Word> operands, Look look) {
        List<Word> places = new ArrayList<>();
        boolean onlyOperands = false;
        boolean pattern = look.operands() == Operands.PATTERN
                && operands.stream()
                        .noneMatch(word -> PATTERN_OPTIONS.contains(word.text())
                                || word.text().matches("-[a-zA-Z]*[ef].*|--(reg|fil).*"));
        for (Word word : operands) {
            boolean option =
                    !onlyOperands && word.text().startsWith("-") && word.text().length() > 1;
            if (word.dynamic() && (look.operands() != Operands.TEXT || option)) {
                return null;
            }
            if (option && (word.glob() || beyondLooking(word.text(), look.letters(), look.longs()))) {
                return null;
            }
            onlyOperands |= word.text().equals("--");
            if (option) {
                addValue(word, look, places);
            } else if (pattern) {
                pattern = false;
            } else if (!operand(word, look, places)) {
                return null;
            }
        }
        return new Reading(places, false);
    }

    /** Options may bring a file along, as in {@code --file=x} or {@code -f/x}. */
    private static void addValue(Word option, Look look, List<Word> places) {
        String text = option.text();
        int equals = text.indexOf('=');
        boolean files = look.operands() != Operands.TEXT && look.operands() != Operands.NONE;
        if (!files || text.equals("--")) {
            return;
        }
        if (equals > 0) {
            places.add(literal(text.substring(equals + 1)));
        } else if (!text.startsWith("--") && text.length() > 2) {
            places.add(literal(text.substring(2)));
            // Behind several letters, as in -rf/x.
            int path = text.indexOf('/');
            if (path > 2) {
                places.add(literal(text.substring(path)));
            }
        }
    }

    private static Word literal(String text) {
        return new Word(text, text, false, false, text.startsWith("~"));
    }

    private static boolean operand(Word word, Look look, List<Word> places) {
        switch (look.operands()) {
            case TEXT:
                if (word.glob()) {
                    places.add(word);
                }
                return true;
            case NONE:
                return false;
            case NAMES:
                places.add(word);
                return !word.text().contains("[") || !word.glob() || word.text().equals("]");
            default:
                places.add(word);
                // Which files a pattern stands for, and where their links lead, is not known here.
                return !word.glob();
        }
    }

    /** Whether an option is, or may be short for, one of those that do more than look. */
    static boolean beyondLooking(String option, String letters, List<String> longs) {
        if (option.startsWith("--")) {
            int equals = option.indexOf('=');
            String name = equals < 0 ? option.substring(2) : option.substring(2, equals);
            return !name.isEmpty() && longs.stream().anyMatch(each -> each.startsWith(name) || name.startsWith(each));
        }
        return option.chars().skip(1).anyMatch(letter -> letters.indexOf(letter) >= 0);
    }
}
