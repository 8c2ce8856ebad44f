package dev.agentws.agent.permission;

import dev.agentws.agent.permission.CommandPart.Redirect;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Takes a command line apart as bash would. Where it is not sure, it says so: whatever is rare and could hide a command (arithmetic,
 * arrays, functions, {@code case}, {@code [[}) is unclear by design. Confined to one scan.
 */
final class CommandScanner extends WordScanner {
    private static final Set<String> OPENERS = Set.of("if", "then", "else", "elif", "while", "until", "do", "!", "{");
    private static final Set<String> CLOSERS = Set.of("fi", "done", "}");
    private static final Set<String> UNCLEAR =
            Set.of("case", "esac", "select", "function", "coproc", "[[", "in", "for");
    /** Longer ones first. */
    private static final List<String> OPERATORS =
            List.of("&>>", "<<<", "<<-", "&>", ">>", "<<", ">&", "<&", ">|", "<>", ">", "<");

    private static final int MAX_DEPTH = 20;

    private final List<CommandPart> parts = new ArrayList<>();
    private final List<HereDocument> documents = new ArrayList<>();
    private int depth;

    private record HereDocument(String delimiter, boolean expands, boolean tabs, int depth) {}

    /** The simple command that is being read. */
    private static final class Open {
        private final List<Word> assignments = new ArrayList<>(0);
        private final List<Word> words = new ArrayList<>();
        private final List<Redirect> redirects = new ArrayList<>(0);
        /** A compound command came before: only redirects may follow. */
        private boolean closed;

        private boolean atStart() {
            return words.isEmpty() && !closed;
        }
    }

    CommandScanner(String source) {
        super(source);
    }

    CommandLine scan() {
        try {
            list(false);
            if (!documents.isEmpty()) {
                throw new Unclear("a here-document has no end");
            }
            return new CommandLine(source, parts, "");
        } catch (Unclear e) {
            return new CommandLine(source, parts, String.valueOf(e.getMessage()));
        }
    }

    /** Reads commands up to the end, or up to the closing parenthesis. */
    @Override
    void list(boolean nested) throws Unclear {
        if (++depth > MAX_DEPTH) {
            throw unclear("too many levels");
        }
        Open open = new Open();
        while (true) {
            blanks();
            if (at >= source.length()) {
                finish(open);
                if (nested) {
                    throw unclear("a parenthesis is not closed");
                }
                break;
            }
            char c = source.charAt(at);
            if (c == ')') {
                if (!nested) {
                    throw unclear("a parenthesis too many");
                }
                at++;
                finish(open);
                break;
            }
            open = step(open, c);
        }
        depth--;
    }

    private Open step(Open open, char c) throws Unclear {
        switch (c) {
            case '\n':
                at++;
                finish(open);
                bodies();
                return new Open();
            case ';':
            case '|':
                separator();
                finish(open);
                return new Open();
            case '&':
                if (next('>')) {
                    redirect(open);
                    return open;
                }
                separator();
                finish(open);
                return new Open();
            case '#':
                comment();
                return open;
            case '(':
                if (!open.atStart() || !open.assignments.isEmpty() || next('(')) {
                    throw unclear("a parenthesis");
                }
                at++;
                list(true);
                open.closed = true;
                return open;
            case '<':
            case '>':
                if (next('(')) {
                    word(open);
                } else {
                    redirect(open);
                }
                return open;
            default:
                word(open);
                return open;
        }
    }

    private void separator() throws Unclear {
        char c = source.charAt(at++);
        if (c == ';' && at < source.length() && (source.charAt(at) == ';' || source.charAt(at) == '&')) {
            throw unclear("a branch of case");
        }
        if (c != ';' && at < source.length() && (source.charAt(at) == c || (c == '|' && source.charAt(at) == '&'))) {
            at++;
        }
    }

    private void finish(Open open) {
        if (!open.words.isEmpty() || !open.assignments.isEmpty() || !open.redirects.isEmpty()) {
            parts.add(new CommandPart(open.assignments, open.words, open.redirects));
        }
    }

    private void blanks() {
        while (at < source.length()) {
            char c = source.charAt(at);
            if (c == ' ' || c == '\t') {
                at++;
            } else if (c == '\\' && next('\n')) {
                at += 2;
            } else {
                return;
            }
        }
    }

    private void comment() {
        int end = source.indexOf('\n', at);
        at = end < 0 ? source.length() : end;
    }

    private void word(Open open) throws Unclear {
        Word word = readWord();
        if (!documents.isEmpty() && word.raw().indexOf('\n') >= 0) {
            throw unclear("a here-document");
        }
        if (word.raw().matches("[0-9]+|\\{[A-Za-z_][A-Za-z0-9_]*\\}")
                && at < source.length()
                && (source.charAt(at) == '<' || source.charAt(at) == '>')
                && !next('(')) {
            redirect(open);
            return;
        }
        if (open.closed) {
            throw unclear("a word after a compound command");
        }
        if (open.words.isEmpty() && reserved(open, word)) {
            return;
        }
        if (open.words.isEmpty() && word.raw().matches("(?s)[A-Za-z_][A-Za-z0-9_]*\\+?=.*")) {
            open.assignments.add(word);
            return;
        }
        if (open.words.isEmpty() && word.raw().matches("(?s)[A-Za-z_][A-Za-z0-9_]*\\[.*=.*")) {
            throw unclear("an array");
        }
        if (open.words.isEmpty() && word.raw().indexOf('{') >= 0 && word.dynamic()) {
            throw unclear("braces in the name of a command");
        }
        open.words.add(word);
    }

    private boolean reserved(Open open, Word word) throws Unclear {
        String raw = word.raw();
        if (!open.assignments.isEmpty()) {
            return false;
        }
        if (raw.equals("for")) {
            loopHead(open);
            return true;
        }
        if (UNCLEAR.contains(raw)) {
            throw unclear("the keyword " + raw);
        }
        open.closed |= CLOSERS.contains(raw);
        return OPENERS.contains(raw) || CLOSERS.contains(raw);
    }

    /** {@code for NAME in words}: runs nothing by itself. */
    private void loopHead(Open open) throws Unclear {
        blanks();
        if (at >= source.length() || (!Character.isLetter(source.charAt(at)) && source.charAt(at) != '_')) {
            throw unclear("a loop");
        }
        Word name = readWord();
        // A loop over PATH or IFS would change what the commands in it are.
        if (!name.raw().matches("[a-z_][a-z0-9_]*")) {
            throw unclear("a loop over the variable " + name.raw());
        }
        blanks();
        if (!source.startsWith("in", at)) {
            throw unclear("a loop");
        }
        readWord();
        for (blanks(); at < source.length() && ";\n".indexOf(source.charAt(at)) < 0; blanks()) {
            if ("&|()<>".indexOf(source.charAt(at)) >= 0) {
                throw unclear("a loop");
            }
            readWord();
        }
        open.closed = true;
    }

    private void redirect(Open open) throws Unclear {
        String operator = OPERATORS.stream()
                .filter(each -> source.startsWith(each, at))
                .findFirst()
                .orElseThrow(() -> unclear("an operator"));
        at += operator.length();
        blanks();
        boolean substitution = at < source.length() && "<>".indexOf(source.charAt(at)) >= 0 && next('(');
        if (at >= source.length() || (!substitution && ";&|()<>\n".indexOf(source.charAt(at)) >= 0)) {
            throw unclear("a redirect without a target");
        }
        Word target = readWord();
        switch (operator) {
            case "<<":
            case "<<-":
                if (target.dynamic()) {
                    throw unclear("a here-document");
                }
                boolean expands = target.raw().equals(target.text());
                documents.add(new HereDocument(target.text(), expands, operator.equals("<<-"), depth));
                break;
            case "<<<":
                break;
            case "<":
                open.redirects.add(new Redirect(false, target));
                break;
            case ">&":
            case "<&":
                if (!target.raw().matches("[0-9]+-?|-")) {
                    open.redirects.add(new Redirect(true, target));
                }
                break;
            default:
                open.redirects.add(new Redirect(true, target));
        }
    }

    /** The bodies of the here-documents that the line before announced. */
    private void bodies() throws Unclear {
        for (HereDocument document : List.copyOf(documents)) {
            if (document.depth() != depth) {
                throw unclear("a here-document");
            }
            String body = body(document);
            if (document.expands()) {
                // Joined lines may hide the end from one reader and not from the other.
                if (body.contains("\\\n")) {
                    throw unclear("a here-document with joined lines");
                }
                CommandScanner inner = inner(body);
                WordBuilder word = new WordBuilder();
                try {
                    while (inner.at < body.length()) {
                        inner.quotedCharacter(word, false);
                    }
                } finally {
                    parts.addAll(inner.parts);
                }
            }
        }
        documents.clear();
    }

    private String body(HereDocument document) throws Unclear {
        StringBuilder body = new StringBuilder();
        while (at < source.length()) {
            int end = source.indexOf('\n', at);
            String line = source.substring(at, end < 0 ? source.length() : end);
            at = end < 0 ? source.length() : end + 1;
            String bare = document.tabs() ? line.replaceFirst("^\t+", "") : line;
            if (bare.equals(document.delimiter())) {
                return body.toString();
            }
            body.append(line).append('\n');
        }
        throw unclear("a here-document has no end");
    }

    @Override
    void commands(String text) throws Unclear {
        CommandScanner inner = inner(text);
        try {
            inner.list(false);
        } finally {
            parts.addAll(inner.parts);
        }
    }

    private CommandScanner inner(String text) throws Unclear {
        if (depth >= MAX_DEPTH) {
            throw unclear("too many levels");
        }
        CommandScanner inner = new CommandScanner(text);
        inner.depth = depth + 1;
        return inner;
    }
}
