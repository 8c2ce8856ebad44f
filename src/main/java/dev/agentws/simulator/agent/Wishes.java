package dev.agentws.simulator.agent;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Understands simple wishes in plain English and plans calls of the tools that the request offers. Used by one thread. */
final class Wishes {
    private static final String QUOTED = "(\"[^\"]*\"|'[^']*'|`[^`]*`)";
    private static final String FILE = "(\"[^\"]+\"|'[^']+'|`[^`]+`|[\\w./~@+-]*[\\w~@+-])";
    private static final String WORDS = "(\"[^\"]*\"|'[^']*'|`[^`]*`|[^\\s\"'`]+)";
    private static final JsonMapper JSON = new JsonMapper();

    private static final Pattern POLITE = phrase("^(?:(?:please|now|also|and|first|next|finally|can you|could you"
            + "|would you|i want you to|let's|let us)[\\s,]+)+");
    /** What a further wish begins with. */
    private static final String VERB =
            "(?:please\\s+)?(?:list|read|show|search|grep|write|create|save|replace|change|edit|run|execute|fetch"
                    + "|find|locate|delete|remove|append|rename|move"
                    + "|make a|todo)\\b";

    private static final Pattern THEN = phrase("[\\s,.;]*\\b(?:and\\s+)?then\\b[\\s,:]*|\\s*,?\\s+and\\s+(?=" + VERB
            + ")|[,.;]\\s+(?=" + VERB + ")|\\s*\\n\\s*(?=" + VERB + ")");
    private static final Pattern EDIT =
            phrase("^(?:edit\\s+" + FILE + "\\s*[:,]?\\s*(?:and\\s+)?)?(?:replace|change)\\s+" + WORDS
                    + "\\s+(?:with|by|to|into)\\s+" + WORDS + "(?:\\s+in\\s+(?:the\\s+)?(?:file\\s+)?" + FILE + ")?.*");
    private static final Pattern WRITE = phrase(
            "^(?:write|create|make|save)\\s+(?:a\\s+|the\\s+)?(?:new\\s+)?(file\\s+)?"
                    + "(?:called\\s+|named\\s+)?" + FILE
                    + "(?:\\s*(?::|containing|saying|with\\s+(?:the\\s+)?(?:text|contents?))\\s*:?\\s*(.+)|[\\s,.].*)?");
    private static final Pattern WRITE_INTO = phrase("^(?:write|save|put)\\s+(?:" + QUOTED
            + "\\s+(?:to|into|in)|([^\"'`:]+?)\\s+(?:to|into))\\s+(?:the\\s+)?(?:file\\s+)?" + FILE + ".*");
    private static final Pattern FETCH = phrase("^(?:fetch|get|open|download|read)\\s+(?:the\\s+)?(?:page\\s+|url\\s+)?"
            + "[<\"'`]?(https?://[^\\s>\"'`]*[^\\s>\"'`.,!?])[>\"'`]?(.*)");
    private static final Pattern READ =
            phrase("^(?:read|show(?:\\s+me)?|open|cat|print)\\s+(?:the\\s+)?(?:contents?\\s+of\\s+)?(?:the\\s+)?"
                    + "(files?\\s+)?" + FILE + ".*");
    private static final Pattern NEXT_FILE =
            phrase("\\G\\s*(?:,\\s*(?:and\\s+)?|and\\s+)(?:the\\s+)?(?:file\\s+)?" + FILE);
    private static final Pattern SEARCH =
            phrase("^(?:search|grep|look)\\s+(?:for\\s+)?(" + QUOTED + "|.+?)(?:\\s+in\\s+" + FILE + ")?[.!?]*");
    private static final Pattern RUN =
            phrase("^(?:run|execute)\\b:?\\s*(?:the\\s+)?(?:command\\b\\s*)?:?\\s*(?:`([^`]+)`.*|(.+))");
    private static final Pattern LIST = phrase("^(?:ls|list(?:\\s.*)?|what(?:'s| is)\\s+(?:in\\s+)?here"
            + "|what\\s+files.*|show(?:\\s+me)?\\s+(?:the\\s+|all\\s+)*files.*)[.!?]*");
    private static final Pattern LIST_IN =
            phrase(".*\\s(?:in|inside|under)\\s+(?:the\\s+)?(?:directory\\s+|folder\\s+)?" + FILE
                    + "(?:\\s+(?:directory|folder))?[.!?]*");
    private static final Set<String> HERE =
            Set.of("here", "this", "it", "current", "working", "directory", "folder", "workspace", "project");

    private static final Pattern TODO =
            phrase("^(?:(?:make|write|create)\\s+)?(?:a\\s+|the\\s+)?(?:todos?|to-dos?|plan)"
                    + "\\b(?:\\s+list)?(?:\\s+for)?\\s*:?\\s*(.*)");
    private static final Pattern COMMAND = phrase(".*`([^`]+)`.*");

    private final Conversation talk;
    private final Set<String> tools;
    private final Set<String> read = new HashSet<>();
    private final FileChores chores;
    private String lastPath = "";

    Wishes(Conversation talk) {
        this.talk = talk;
        this.tools = talk.tools();
        chores = new FileChores(talk, this::path);
    }

    private static Pattern phrase(String regex) {
        return Pattern.compile(regex, Pattern.CASE_INSENSITIVE | Pattern.DOTALL);
    }

    /** All calls that the prompt asks for, in order; the same for the same prompt, however often it is asked. */
    List<Wish> plan() {
        List<Wish> plan = new ArrayList<>();
        for (String clause : clauses(talk.promptText())) {
            plan.addAll(understand(POLITE.matcher(clause).replaceFirst("").strip()));
        }
        return plan;
    }

    /** Cuts at "then", but not inside quotes. */
    static List<String> clauses(String prompt) {
        List<String> clauses = new ArrayList<>();
        Matcher then = THEN.matcher(prompt);
        int from = 0;
        while (then.find()) {
            String before = prompt.substring(from, then.start());
            boolean open = before.chars().filter(c -> c == '"').count() % 2 == 1
                    || before.chars().filter(c -> c == '`').count() % 2 == 1;
            if (!open) {
                clauses.add(before);
                from = then.end();
            }
        }
        clauses.add(prompt.substring(from));
        clauses.removeIf(String::isBlank);
        return clauses;
    }

    private List<Wish> understand(String clause) {
        List<Function<String, List<Wish>>> readings = List.of(
                this::fetch,
                chores::understand,
                this::edit,
                this::todo,
                this::writeInto,
                this::write,
                this::list,
                this::read,
                this::search,
                this::run,
                this::command);
        for (Function<String, List<Wish>> reading : readings) {
            List<Wish> wishes = reading.apply(clause);
            if (!wishes.isEmpty()) {
                return wishes;
            }
        }
        return List.of();
    }

    private List<Wish> fetch(String clause) {
        Matcher fetch = FETCH.matcher(clause);
        if (!tools.contains("WebFetch") || !fetch.matches()) {
            return List.of();
        }
        String rest = fetch.group(2).strip();
        ObjectNode input = JSON.createObjectNode()
                .put("url", fetch.group(1))
                .put("prompt", rest.matches("\\W*") ? "What does the page say?" : rest);
        return List.of(new Wish("I will fetch " + fetch.group(1) + ".", "WebFetch", input.toString()));
    }

    private List<Wish> edit(String clause) {
        Matcher edit = EDIT.matcher(clause);
        if (!tools.contains("Edit") || !edit.matches()) {
            return List.of();
        }
        String file = edit.group(4) != null ? edit.group(4) : edit.group(1);
        if (file == null) {
            return List.of();
        }
        String path = path(file);
        List<Wish> wishes = new ArrayList<>();
        if (tools.contains("Read") && !talk.readBefore(path) && read.add(path)) {
            wishes.add(readWish(path));
        }
        ObjectNode input = JSON.createObjectNode()
                .put("file_path", path)
                .put("old_string", unquote(edit.group(2)))
                .put("new_string", unquote(edit.group(3)));
        wishes.add(new Wish("I will change " + unquote(file) + ".", "Edit", input.toString()));
        return wishes;
    }

    private Wish readWish(String path) {
        read.add(path);
        String input = JSON.createObjectNode().put("file_path", path).toString();
        return new Wish("I will read " + path + ".", "Read", input);
    }

    private List<Wish> todo(String clause) {
        Matcher todo = TODO.matcher(clause);
        if (!tools.contains("TodoWrite") || !todo.matches()) {
            return List.of();
        }
        ArrayNode list = JSON.createArrayNode();
        String items = todo.group(1).isBlank() ? "Look around, Do the work, Check the result" : todo.group(1);
        for (String item : items.split("\\s*[,;\\n]\\s*(?:and\\s+)?", -1)) {
            if (!item.isBlank()) {
                list.addObject()
                        .put("content", item.strip())
                        .put("status", list.size() == 1 ? "in_progress" : "pending")
                        .put("activeForm", "Working on: " + item.strip());
            }
        }
        ObjectNode input = JSON.createObjectNode();
        input.set("todos", list);
        return List.of(new Wish("I will write that down as a list.", "TodoWrite", input.toString()));
    }

    private List<Wish> writeInto(String clause) {
        Matcher write = WRITE_INTO.matcher(clause);
        return tools.contains("Write") && write.matches()
                ? List.of(writeWish(write.group(3), write.group(1) == null ? write.group(2) : unquote(write.group(1))))
                : List.of();
    }

    private List<Wish> write(String clause) {
        Matcher write = WRITE.matcher(clause);
        if (!tools.contains("Write") || !write.matches()) {
            return List.of();
        }
        boolean meant = write.group(1) != null || looksLikeFile(write.group(2));
        String content = write.group(3) == null ? "Written by the simulated Claude.\n" : unquote(write.group(3));
        return meant ? List.of(writeWish(write.group(2), content)) : List.of();
    }

    private Wish writeWish(String file, String content) {
        ObjectNode input = JSON.createObjectNode().put("file_path", path(file)).put("content", content);
        return new Wish("I will write " + unquote(file) + ".", "Write", input.toString());
    }

    private List<Wish> list(String clause) {
        if (!LIST.matcher(clause).matches()) {
            return List.of();
        }
        String words = "I will look at what is here.";
        if (tools.contains("Glob")) {
            ObjectNode input = JSON.createObjectNode().put("pattern", "*");
            Matcher in = LIST_IN.matcher(clause);
            if (in.matches() && !HERE.contains(in.group(1).toLowerCase(Locale.ROOT))) {
                input.put("path", talk.absolute(unquote(in.group(1))));
            }
            return List.of(new Wish(words, "Glob", input.toString()));
        }
        return tools.contains("Bash") ? List.of(new Wish(words, "Bash", "{\"command\":\"ls\"}")) : List.of();
    }

    private List<Wish> read(String clause) {
        Matcher file = READ.matcher(clause);
        if (!file.matches() || !tools.contains("Read")) {
            return List.of();
        }
        if (file.group(2).equalsIgnoreCase("it") && !lastPath.isEmpty()) {
            return List.of(readWish(lastPath));
        }
        boolean meant = file.group(1) != null || looksLikeFile(file.group(2));
        if (!meant) {
            return List.of();
        }
        List<Wish> wishes = new ArrayList<>(List.of(readWish(path(file.group(2)))));
        Matcher next = NEXT_FILE.matcher(clause).region(file.end(2), clause.length());
        while (next.find() && looksLikeFile(next.group(1))) {
            wishes.add(readWish(path(next.group(1))));
        }
        return wishes;
    }

    /** Remembers the file, so that the next clause may call it "it". */
    private String path(String file) {
        if (file.equalsIgnoreCase("it") && !lastPath.isEmpty()) {
            return lastPath;
        }
        lastPath = talk.absolute(unquote(file));
        return lastPath;
    }

    private List<Wish> search(String clause) {
        Matcher search = SEARCH.matcher(clause);
        if (!tools.contains("Grep") || !search.matches()) {
            return List.of();
        }
        String sought = unquote(search.group(1));
        ObjectNode input =
                JSON.createObjectNode().put("pattern", sought.replaceAll("[\\\\^$.|?*+()\\[\\]{}]", "\\\\$0"));
        if (search.group(3) != null) {
            input.put("path", talk.absolute(unquote(search.group(3))));
        }
        if (talk.takes("Grep", "output_mode")) {
            input.put("output_mode", "content");
        }
        return List.of(new Wish("I will search for " + sought + ".", "Grep", input.toString()));
    }

    private List<Wish> run(String clause) {
        Matcher run = RUN.matcher(clause);
        if (!run.matches()) {
            return List.of();
        }
        return bash(run.group(1) != null ? run.group(1) : unquote(run.group(2)));
    }

    private List<Wish> command(String clause) {
        Matcher command = COMMAND.matcher(clause);
        return command.matches() ? bash(command.group(1)) : List.of();
    }

    private List<Wish> bash(String command) {
        ObjectNode input = JSON.createObjectNode().put("command", command.strip());
        if (talk.takes("Bash", "description")) {
            input.put("description", "Run what the user asked for");
        }
        return tools.contains("Bash")
                ? List.of(new Wish("I will run `" + command.strip() + "`.", "Bash", input.toString()))
                : List.of();
    }

    static boolean looksLikeFile(String token) {
        return token.contains(".")
                || token.contains("/")
                || token.startsWith("`")
                || token.startsWith("\"")
                || (token.length() > 1 && token.equals(token.toUpperCase(Locale.ROOT)));
    }

    static String unquote(String text) {
        String plain = text.strip();
        boolean quoted = plain.length() > 1
                && "\"'`".indexOf(plain.charAt(0)) >= 0
                && plain.charAt(plain.length() - 1) == plain.charAt(0);
        return quoted ? plain.substring(1, plain.length() - 1) : plain;
    }
}
