package dev.agentws.simulator.agent;

/**
 * What a stream of many deltas looks like.
 *
 * @param count deltas in all
 * @param paceNanos mean time between two deltas; 0 = none
 * @param burst deltas per write to the socket
 * @param filling text after the stamp of each delta
 * @param thinking whether thinking is streamed, not text
 */
record LoadShape(int count, long paceNanos, int burst, String filling, boolean thinking) {
    private static final int FEW = 3;

    static LoadShape of(Markers markers) {
        int count = markers.number("cut", markers.number("stall", markers.number("n", FEW)));
        return new LoadShape(
                count,
                markers.number("pace", 0) * 1000L,
                Math.max(1, markers.number("burst", 1)),
                filling(markers.word("lang", "ascii"), markers.number("pad", 0)),
                markers.word("kind", "text").equals("thinking"));
    }

    /** Text that takes so many bytes of UTF-8 before JSON escapes are added. */
    private static String filling(String lang, int bytes) {
        return switch (lang) {
            case "cjk" -> repeat("漢字仮名交", bytes / 3) + "x".repeat(bytes % 3);
            case "escape" -> repeat("a\"b\\c\n", bytes);
            default -> "x".repeat(bytes);
        };
    }

    private static String repeat(String pattern, int chars) {
        return pattern.repeat(chars / pattern.length() + 1).substring(0, chars);
    }
}
