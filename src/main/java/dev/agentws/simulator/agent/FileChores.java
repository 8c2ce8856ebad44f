package dev.agentws.simulator.agent;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Understands wishes to find, delete, move and lengthen files. Used by one thread. */
final class FileChores {
    private static final String FILE = "(\"[^\"]+\"|'[^']+'|`[^`]+`|[\\w./~@+*-]*[\\w~@+*-])";
    private static final String THE = "(?:the\\s+)?(?:file\\s+)?";
    private static final String END = "(?:\\s+please)?[.!?]*";

    private static final Pattern FIND = phrase("^(?:find|locate)\\s+(?:me\\s+)?(?:all\\s+)?(?:of\\s+)?(?:the\\s+)?"
            + "(?:\\.?([\\w+#]+)\\s+)?files?(?:\\s+(?:called|named|matching)\\s+" + FILE + ")?"
            + "(?:\\s+(?:in|under|inside)\\s+(?:the\\s+)?(?:directory\\s+|folder\\s+)?" + FILE
            + "(?:\\s+(?:directory|folder))?)?" + END);
    private static final Pattern DELETE = phrase("^(?:delete|remove)\\s+" + THE + FILE + END);
    private static final Pattern APPEND =
            phrase("^append\\s+(?:the\\s+)?(?:text\\s+|line\\s+)?(\"[^\"]*\"|'[^']*'|`[^`]*`|.+?)"
                    + "\\s+to\\s+(?:the\\s+end\\s+of\\s+)?" + THE + FILE + END);
    private static final Pattern MOVE =
            phrase("^(?:rename|move)\\s+" + THE + FILE + "\\s+(?:to|into|as)\\s+" + THE + FILE + "/?" + END);

    private static final Set<String> HERE = Set.of("here", "this", "it", "current", "working", "workspace", "project");

    /** Kinds of files whose names do not end in the word itself. */
    private static final Map<String, String> ENDINGS = Map.ofEntries(
            Map.entry("python", "py"),
            Map.entry("javascript", "js"),
            Map.entry("typescript", "ts"),
            Map.entry("markdown", "md"),
            Map.entry("text", "txt"),
            Map.entry("yaml", "{yaml,yml}"),
            Map.entry("rust", "rs"),
            Map.entry("ruby", "rb"),
            Map.entry("kotlin", "kt"),
            Map.entry("shell", "sh"),
            Map.entry("bash", "sh"),
            Map.entry("c++", "{cpp,cc,h,hpp}"),
            Map.entry("c#", "cs"),
            Map.entry("image", "{png,jpg,jpeg,gif,webp}"));

    private static final JsonMapper JSON = new JsonMapper();

    private final Conversation talk;
    private final UnaryOperator<String> paths;

    /** @param paths makes an absolute path of what the prompt calls a file */
    FileChores(Conversation talk, UnaryOperator<String> paths) {
        this.talk = talk;
        this.paths = paths;
    }

    private static Pattern phrase(String regex) {
        return Pattern.compile(regex, Pattern.CASE_INSENSITIVE | Pattern.DOTALL);
    }

    /** Empty when the clause wishes for something else, or for tools that are not offered. */
    List<Wish> understand(String clause) {
        Matcher find = FIND.matcher(clause);
        if (talk.tools().contains("Glob") && find.matches()) {
            return List.of(find(find));
        }
        if (!talk.tools().contains("Bash")) {
            return List.of();
        }
        Matcher delete = DELETE.matcher(clause);
        if (delete.matches() && isFile(delete.group(1))) {
            String path = paths.apply(delete.group(1));
            return List.of(command("I will delete " + path + ".", "rm -- " + quoted(path)));
        }
        Matcher append = APPEND.matcher(clause);
        if (append.matches() && isFile(append.group(2))) {
            String path = paths.apply(append.group(2));
            String line = quoted(Wishes.unquote(append.group(1)));
            return List.of(
                    command("I will append that to " + path + ".", "printf '%s\\n' " + line + " >> " + quoted(path)));
        }
        Matcher move = MOVE.matcher(clause);
        if (move.matches() && isFile(move.group(1))) {
            String from = paths.apply(move.group(1));
            String to = paths.apply(move.group(2));
            return List.of(
                    command("I will move " + from + " to " + to + ".", "mv -- " + quoted(from) + " " + quoted(to)));
        }
        return List.of();
    }

    private Wish find(Matcher find) {
        String kind = find.group(1) == null ? "" : find.group(1).toLowerCase(Locale.ROOT);
        String name = find.group(2) != null
                ? Wishes.unquote(find.group(2))
                : kind.isEmpty() ? "*" : "*." + ENDINGS.getOrDefault(kind, kind);
        ObjectNode input = JSON.createObjectNode().put("pattern", "**/" + name);
        String place = find.group(3);
        if (place != null && !HERE.contains(place.toLowerCase(Locale.ROOT))) {
            input.put("path", talk.absolute(Wishes.unquote(place)));
        }
        return new Wish("I will look for " + name + ".", "Glob", input.toString());
    }

    private Wish command(String words, String command) {
        ObjectNode input = JSON.createObjectNode().put("command", command);
        if (talk.takes("Bash", "description")) {
            input.put("description", words);
        }
        return new Wish(words, "Bash", input.toString());
    }

    /** Whether a word is meant as a file, and not as part of ordinary talk. */
    private static boolean isFile(String word) {
        return word.equalsIgnoreCase("it") || Wishes.looksLikeFile(word);
    }

    private static String quoted(String text) {
        return text.matches("[\\w./@+-]+") ? text : "'" + text.replace("'", "'\\''") + "'";
    }
}
