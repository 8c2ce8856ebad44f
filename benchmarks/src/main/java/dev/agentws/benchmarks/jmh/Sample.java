package dev.agentws.benchmarks.jmh;

import java.nio.charset.StandardCharsets;

/**
 * The string of one delta and the messages around it.
 *
 * @param kind of the delta
 * @param escaped the inside of the JSON string, as the API writes it
 */
record Sample(Kind kind, String escaped) {
    static final String SESSION = "3f1d6d1e-9d4b-4c7b-8f61-0d2f3c1b5a77";
    static final String MESSAGE = "msg_01XFDUDYJgAACzvnptvVoYEL";

    private static final String ASCII = "The quick brown fox jumps over the lazy dog. ";
    private static final String ESCAPED = "say \\\"hi\\\"\\n\\tC:\\\\dir ";
    /** A piece of a program in the input of a tool: JSON in a string, so that each quote and line end is escaped twice. */
    private static final String TOOL_INPUT =
            "{\\\"content\\\": \\\"if (x == \\\\\\\"a\\\\\\\") {\\\\n    run();\\\\n}\\\\n\\\"}, ";

    private static final String CJK = "漢字仮名交じり文";

    /** The kinds of delta. */
    enum Kind {
        TEXT("text_delta", "text"),
        THINKING("thinking_delta", "thinking"),
        TOOL_INPUT("input_json_delta", "partial_json");

        private final String type;
        private final String field;

        Kind(String type, String field) {
            this.type = type;
            this.field = field;
        }

        /** What the delta calls itself. */
        String type() {
            return type;
        }

        /** Where its string stands. */
        String field() {
            return field;
        }
    }

    /** A string that takes about so many bytes of the wire, in whole characters and escapes. */
    static Sample of(String script, int bytes) {
        return switch (script) {
            case "ascii" -> new Sample(Kind.TEXT, repeat(ASCII, 1, bytes));
            case "escaped" -> new Sample(Kind.TEXT, repeatWhole(ESCAPED, bytes));
            case "cjk" -> new Sample(Kind.TEXT, repeat(CJK, 3, bytes));
            case "thinking" -> new Sample(Kind.THINKING, repeat(ASCII, 1, bytes));
            case "tool_input" -> new Sample(Kind.TOOL_INPUT, repeatWhole(TOOL_INPUT, bytes));
            default ->
                throw new IllegalArgumentException(
                        "script: " + script + " (expected: ascii, escaped, cjk, thinking or tool_input)");
        };
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
                + "data: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"" + kind.type + "\",\""
                + kind.field + "\":\"" + escaped + "\"}}\n\n");
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
