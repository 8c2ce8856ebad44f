package dev.agentws.benchmarks.chaos;

/** What the model says and does to a prompt: a function of the prompt alone, so that whoever reads it knows what must come next. */
final class PlayText {
    private static final String SAY = "say ";
    private static final String RUN = "run ";
    private static final int CALLS = 2;

    private PlayText() {}

    /** A prompt for so many pieces of text; {@code name} is its own. */
    static String prompt(String name, int pieces) {
        return SAY + name + " " + pieces;
    }

    /** The same with calls of a tool between the pieces. */
    static String errand(String name, int pieces) {
        return RUN + name + " " + pieces;
    }

    static boolean isPrompt(String text) {
        return text.startsWith(SAY) || text.startsWith(RUN);
    }

    static int pieces(String prompt) {
        return Integer.parseInt(prompt.substring(prompt.lastIndexOf(' ') + 1));
    }

    /** How often the model calls a tool before it is done. */
    static int calls(String prompt) {
        return prompt.startsWith(RUN) ? Math.min(CALLS, pieces(prompt) - 1) : 0;
    }

    /** Which piece the model says first after so many calls. */
    static int firstPieceAfter(String prompt, int calls) {
        return pieces(prompt) * calls / (calls(prompt) + 1);
    }

    /** The name of a call, which no other call of any prompt has. */
    static String callId(String prompt, int before) {
        return "toolu_" + name(prompt).replace('/', '-') + "-" + before;
    }

    /** One piece, its place in it: a piece that is missing, doubled or misplaced cannot pass for another. */
    static String piece(String prompt, int index) {
        String name = name(prompt);
        int mixed = (name.hashCode() * 31 + index) * 0x9E3779B1;
        return name + "#" + index + ":" + Integer.toHexString(mixed) + (index % 7 == 3 ? "\n\"é\" " : " ");
    }

    /** The pieces from one up to, but without, another. */
    static String text(String prompt, int from, int to) {
        StringBuilder text = new StringBuilder();
        for (int i = from; i < to; i++) {
            text.append(piece(prompt, i));
        }
        return text.toString();
    }

    private static String name(String prompt) {
        return prompt.substring(SAY.length(), prompt.lastIndexOf(' '));
    }
}
