package dev.agentws.benchmarks.jmh;

import java.nio.charset.StandardCharsets;

/**
 * The text of one delta and the messages around it.
 *
 * @param escaped the inside of the JSON string, as the API writes it
 */
record Sample(String escaped) {
    static final String SESSION = "3f1d6d1e-9d4b-4c7b-8f61-0d2f3c1b5a77";
    static final String MESSAGE = "msg_01XFDUDYJgAACzvnptvVoYEL";

    private static final String ASCII = "The quick brown fox jumps over the lazy dog. ";
    private static final String ESCAPED = "say \\\"hi\\\"\\n\\tC:\\\\dir ";
    private static final String CJK = "漢字仮名交じり文";

    /** A text that takes about so many bytes of the wire, in whole characters and escapes. */
    static Sample of(String script, int bytes) {
        return new Sample(
                switch (script) {
                    case "ascii" -> repeat(ASCII, 1, bytes);
                    case "escaped" -> repeatWhole(ESCAPED, bytes);
                    case "cjk" -> repeat(CJK, 3, bytes);
                    default ->
                        throw new IllegalArgumentException("script: " + script + " (expected: ascii, escaped or cjk)");
                });
    }

    private static String repeat(String pattern, int bytesPerCharacter, int bytes) {
        int characters = bytes / bytesPerCharacter;
        return pattern.repeat(characters / pattern.length() + 1).substring(0, characters)
                + "x".repeat(bytes % bytesPerCharacter);
    }

    /** Never ends inside an escape. */
    private static String repeatWhole(String pattern, int bytes) {
        return pattern.repeat(bytes / pattern.length()) + "x".repeat(bytes % pattern.length());
    }

    /** The event as the API writes it, without the random spaces. */
    byte[] event() {
        return utf8("event: content_block_delta\n"
                + "data: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\""
                + escaped + "\"}}\n\n");
    }

    byte[] text() {
        return utf8(escaped);
    }

    /** A client's prompt with this text. */
    byte[] prompt() {
        return utf8("{\"type\":\"send_prompt\",\"session_id\":\"" + SESSION + "\",\"prompt\":\"" + escaped
                + "\",\"prompt_id\":\"p-1\"}");
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
