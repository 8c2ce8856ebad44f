package dev.agentws.agent.permission;

/** Reads words as bash does: quotes, escapes, expansions. Where an expansion runs commands, {@link #list} reads those. */
abstract class WordScanner {
    final String source;
    int at;

    WordScanner(String source) {
        this.source = source;
    }

    /** Reads the commands up to the closing parenthesis. */
    abstract void list(boolean nested) throws Unclear;

    /** Reads the commands in a text of their own. */
    abstract void commands(String text) throws Unclear;

    /** Not to be read by rules. */
    static final class Unclear extends Exception {
        private static final long serialVersionUID = 1L;

        Unclear(String why) {
            super(why, null, false, false);
        }
    }

    final Unclear unclear(String what) {
        return new Unclear(what + " at character " + at);
    }

    final boolean next(char wanted) {
        return at + 1 < source.length() && source.charAt(at + 1) == wanted;
    }

    static final class WordBuilder {
        private final StringBuilder text = new StringBuilder();
        private boolean dynamic;
        private boolean glob;
        private boolean tilde;
        private boolean brace;
    }

    final Word readWord() throws Unclear {
        int start = at;
        WordBuilder word = new WordBuilder();
        while (at < source.length() && !ends(source.charAt(at))) {
            plainCharacter(word, start);
        }
        if (at < source.length() && source.charAt(at) == '(') {
            throw unclear("a parenthesis inside of a word");
        }
        String raw = source.substring(start, at).replace("\\\n", "");
        return new Word(raw, word.text.toString(), word.dynamic, word.glob && !raw.equals("["), word.tilde);
    }

    private boolean ends(char c) {
        if ((c == '<' || c == '>') && next('(')) {
            return false;
        }
        return " \t\n;&|<>()".indexOf(c) >= 0;
    }

    private void plainCharacter(WordBuilder word, int start) throws Unclear {
        char c = source.charAt(at);
        switch (c) {
            case '\\':
                escape(word);
                break;
            case '\'':
                int end = source.indexOf('\'', at + 1);
                if (end < 0) {
                    throw unclear("a quote is not closed");
                }
                word.text.append(source, at + 1, end);
                at = end + 1;
                break;
            case '"':
                quoted(word);
                break;
            case '$':
                dollar(word, false);
                break;
            case '`':
                backticks(word);
                break;
            case '<':
            case '>':
                at += 2;
                list(true);
                word.dynamic = true;
                break;
            default:
                special(word, c, start);
                word.text.append(c);
                at++;
        }
    }

    private void special(WordBuilder word, char c, int start) {
        word.glob |= c == '*' || c == '?' || c == '[';
        word.tilde |= c == '~' && at == start;
        word.brace |= c == '{';
        // Brace expansion makes several words of one.
        word.dynamic |= word.brace && (c == ',' || (c == '.' && next('.')));
        // After = and : a tilde is expanded as well, in assignments.
        word.dynamic |= c == '~' && at > start && (source.charAt(at - 1) == '=' || source.charAt(at - 1) == ':');
    }

    private void escape(WordBuilder word) throws Unclear {
        if (at + 1 >= source.length()) {
            throw unclear("a backslash at the end");
        }
        if (!next('\n')) {
            word.text.append(source.charAt(at + 1));
        }
        at += 2;
    }

    private void quoted(WordBuilder word) throws Unclear {
        at++;
        while (at < source.length() && source.charAt(at) != '"') {
            quotedCharacter(word, true);
        }
        if (at >= source.length()) {
            throw unclear("a quote is not closed");
        }
        at++;
    }

    final void quotedCharacter(WordBuilder word, boolean inQuotes) throws Unclear {
        char c = source.charAt(at);
        if (c == '$') {
            dollar(word, true);
        } else if (c == '`') {
            backticks(word);
        } else if (c == '\\' && at + 1 < source.length()) {
            char escaped = source.charAt(at + 1);
            if ("$`\\".indexOf(escaped) < 0 && !(escaped == '"' && inQuotes) && escaped != '\n') {
                word.text.append(c);
            }
            if (escaped != '\n') {
                word.text.append(escaped);
            }
            at += 2;
        } else {
            word.text.append(c);
            at++;
        }
    }

    private void dollar(WordBuilder word, boolean quoted) throws Unclear {
        int after = at + 1;
        char c = after < source.length() ? source.charAt(after) : ' ';
        if (c == '(') {
            if (source.startsWith("$((", at)) {
                throw unclear("arithmetic");
            }
            at += 2;
            list(true);
        } else if (c == '{') {
            int end = source.indexOf('}', at);
            if (end < 0 || !source.substring(at + 2, end).matches("[A-Za-z_][A-Za-z0-9_]*|[0-9@*#?]")) {
                throw unclear("a parameter expansion");
            }
            at = end + 1;
        } else if (c == '[') {
            throw unclear("arithmetic");
        } else if (c == '\'' && !quoted) {
            ansiQuoted();
        } else if (c == '"' && !quoted) {
            at++;
            quoted(word);
        } else if (Character.isLetterOrDigit(c) || "_@*#?$!-".indexOf(c) >= 0) {
            at++;
            boolean name = Character.isLetter(c) || c == '_';
            do {
                at++;
            } while (name
                    && at < source.length()
                    && (Character.isLetterOrDigit(source.charAt(at)) || source.charAt(at) == '_'));
        } else {
            word.text.append('$');
            at++;
            return;
        }
        word.dynamic = true;
    }

    /** {@code $'...'}: its escapes could spell anything, so the word counts as unknown. */
    private void ansiQuoted() throws Unclear {
        for (at += 2; at < source.length() && source.charAt(at) != '\''; at++) {
            if (source.charAt(at) == '\\') {
                at++;
            }
        }
        if (at >= source.length()) {
            throw unclear("a quote is not closed");
        }
        at++;
    }

    private void backticks(WordBuilder word) throws Unclear {
        StringBuilder command = new StringBuilder();
        for (at++; at < source.length() && source.charAt(at) != '`'; at++) {
            char c = source.charAt(at);
            if (c == '\\' && at + 1 < source.length() && "`\\$".indexOf(source.charAt(at + 1)) >= 0) {
                at++;
            }
            command.append(source.charAt(at));
        }
        if (at >= source.length()) {
            throw unclear("a backtick is not closed");
        }
        at++;
        word.dynamic = true;
        commands(command.toString());
    }
}
