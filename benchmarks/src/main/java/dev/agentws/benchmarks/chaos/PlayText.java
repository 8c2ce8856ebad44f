package dev.agentws.benchmarks.chaos;

/** What the model says to a prompt: a function of the prompt alone, so that whoever reads it knows what must come next. */
final class PlayText {
    private static final String VERB = "say ";

    private PlayText() {}

    /** A prompt for so many pieces of text; {@code name} is its own. */
    static String prompt(String name, int pieces) {
        return VERB + name + " " + pieces;
    }

    static boolean isPrompt(String text) {
        return text.startsWith(VERB);
    }

    static int pieces(String prompt) {
        return Integer.parseInt(prompt.substring(prompt.lastIndexOf(' ') + 1));
    }

    /** One piece, its place in it: a piece that is missing, doubled or misplaced cannot pass for another. */
    static String piece(String prompt, int index) {
        String name = prompt.substring(VERB.length(), prompt.lastIndexOf(' '));
        int mixed = (name.hashCode() * 31 + index) * 0x9E3779B1;
        return name + "#" + index + ":" + Integer.toHexString(mixed) + (index % 7 == 3 ? "\n\"é\" " : " ");
    }

    static String whole(String prompt) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < pieces(prompt); i++) {
            text.append(piece(prompt, i));
        }
        return text.toString();
    }
}
