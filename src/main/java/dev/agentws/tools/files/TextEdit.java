package dev.agentws.tools.files;

import java.util.ArrayList;
import java.util.List;

/**
 * One replacement in a text. The model sees and writes {@code \n} only, so it is matched against the text with {@code \r\n} taken
 * as {@code \n}; all that is not replaced keeps its bytes, and what is put in takes the line ending of its place. Immutable.
 *
 * @param from not empty
 */
record TextEdit(String from, String to) {
    /** Where the text to replace stands: positions in the original text, without overlap. */
    private record Place(int start, int end) {}

    int count(String text) {
        return places(text).size();
    }

    /** Replaces every occurrence. */
    String apply(String text) {
        List<Place> places = places(text);
        boolean windows = text.contains("\r\n");
        StringBuilder result = new StringBuilder(text.length() + to.length());
        int done = 0;
        for (Place place : places) {
            result.append(text, done, place.start());
            result.append(windows ? withEnding(text, place) : to);
            done = place.end();
        }
        return result.append(text, done, text.length()).toString();
    }

    private List<Place> places(String text) {
        boolean windows = text.contains("\r\n");
        String seen = windows ? text.replace("\r\n", "\n") : text;
        String wanted = windows ? from.replace("\r\n", "\n") : from;
        List<Place> places = new ArrayList<>();
        Original original = new Original(text, windows);
        for (int at = seen.indexOf(wanted); at >= 0; at = seen.indexOf(wanted, at + wanted.length())) {
            int start = original.positionOf(at);
            places.add(new Place(start, original.positionOf(at + wanted.length())));
        }
        return places;
    }

    private String withEnding(String text, Place place) {
        int newline = text.indexOf('\n', place.start());
        if (newline < 0) {
            newline = text.indexOf('\n');
        }
        boolean windowsHere = newline > 0 && text.charAt(newline - 1) == '\r';
        String plain = to.replace("\r\n", "\n");
        return windowsHere ? plain.replace("\n", "\r\n") : plain;
    }

    /** Turns rising positions in the simplified text into positions in the original. */
    private static final class Original {
        private final String text;
        private final boolean windows;
        private int simple;
        private int real;

        Original(String text, boolean windows) {
            this.text = text;
            this.windows = windows;
        }

        int positionOf(int wanted) {
            if (!windows) {
                return wanted;
            }
            while (simple < wanted) {
                real += text.startsWith("\r\n", real) ? 2 : 1;
                simple++;
            }
            return real;
        }
    }
}
