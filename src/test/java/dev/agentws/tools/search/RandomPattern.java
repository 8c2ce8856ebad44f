package dev.agentws.tools.search;

import java.util.Random;

/** Makes up regular expressions of everything that RE2 knows and a pattern of Grep may hold. */
final class RandomPattern {
    private static final String[] ATOMS = {
        "a",
        "b",
        "k",
        "S",
        "Z",
        "0",
        "_",
        " ",
        "é",
        "ß",
        "\u212A",
        "\u017F",
        "日",
        "😀",
        "\uFFFD",
        ".",
        "\\.",
        "\\-",
        "\\d",
        "\\w",
        "\\s",
        "\\D",
        "\\W",
        "\\S",
        "\\x41",
        "\\x{e9}",
        "\\t",
        "\\r",
        "\\pL",
        "\\p{Lu}",
        "\\P{Greek}",
        "\\Qa.\\E",
        "ab",
        "ka",
        "{",
        "a{,2}"
    };
    private static final String[] MEMBERS = {
        "a",
        "k-s",
        "A-C",
        "0-9",
        "é",
        "a-ſ",
        "\\d",
        "\\w",
        "\\S",
        "[:alpha:]",
        "[:^digit:]",
        "[:space:]",
        "\\pN",
        "\\-",
        "\\]",
        "\\n",
        "."
    };
    private static final String[] PLACES = {"^", "$", "\\b", "\\B", "\\A", "\\z", "(?i)", "(?m)", "(?s)", "(?-i)"};
    private static final String[] COUNTS = {
        "*", "+", "?", "{2}", "{0,2}", "{1,}", "{0}", "*?", "+?", "??", "{1,3}?", "{01}"
    };

    private final Random random;

    RandomPattern(Random random) {
        this.random = random;
    }

    String next() {
        return alternatives(3);
    }

    private String alternatives(int depth) {
        StringBuilder text = new StringBuilder(sequence(depth));
        while (random.nextInt(4) == 0) {
            text.append('|').append(sequence(depth));
        }
        return text.toString();
    }

    private String sequence(int depth) {
        StringBuilder text = new StringBuilder();
        for (int parts = random.nextInt(5); parts > 0; parts--) {
            text.append(part(depth));
        }
        return text.toString();
    }

    private String part(int depth) {
        switch (random.nextInt(8)) {
            case 0:
                return one(PLACES);
            case 1:
                return members() + (random.nextBoolean() ? one(COUNTS) : "");
            case 2:
                String open = random.nextInt(3) == 0
                        ? "(?i:"
                        : random.nextInt(3) == 0 ? "(?P<n" + random.nextInt(1000) + ">" : "(";
                return depth == 0
                        ? one(ATOMS)
                        : open + alternatives(depth - 1) + ")" + (random.nextBoolean() ? one(COUNTS) : "");
            default:
                return one(ATOMS) + (random.nextInt(3) == 0 ? one(COUNTS) : "");
        }
    }

    private String members() {
        StringBuilder text = new StringBuilder(random.nextInt(3) == 0 ? "[^" : "[");
        for (int i = random.nextInt(3); i >= 0; i--) {
            text.append(one(MEMBERS));
        }
        return text.append(']').toString();
    }

    private String one(String[] from) {
        return from[random.nextInt(from.length)];
    }
}
