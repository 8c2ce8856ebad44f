package dev.agentws.simulator.api;

import java.util.random.RandomGenerator;

/** Ids in the shapes of the API, drawn from a generator that is handed in. */
public final class Ids {
    private static final String ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

    private Ids() {}

    public static String request(RandomGenerator random) {
        return draw("req_011C", 20, random);
    }

    public static String message(RandomGenerator random) {
        return draw("msg_01", 22, random);
    }

    public static String toolUse(RandomGenerator random) {
        return draw("toolu_01", 22, random);
    }

    public static String serverToolUse(RandomGenerator random) {
        return draw("srvtoolu_01", 22, random);
    }

    public static String signature(RandomGenerator random) {
        return draw("EqQB", 84, random);
    }

    private static String draw(String prefix, int length, RandomGenerator random) {
        StringBuilder id = new StringBuilder(prefix.length() + length).append(prefix);
        for (int i = 0; i < length; i++) {
            id.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
        }
        return id.toString();
    }
}
