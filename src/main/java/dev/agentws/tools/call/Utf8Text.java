package dev.agentws.tools.call;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Text of the model on its way to bytes. */
public final class Utf8Text {
    private Utf8Text() {}

    /**
     * @param name the field the text came in
     * @throws ToolFailure for half of a surrogate pair, which would become a question mark
     */
    public static byte[] encode(String name, String text) throws ToolFailure {
        try {
            ByteBuffer bytes = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
            byte[] content = new byte[bytes.remaining()];
            bytes.get(content);
            return content;
        } catch (CharacterCodingException failure) {
            throw new ToolFailure(
                    name + ": holds half of a surrogate pair (expected: text that can be written as UTF-8)");
        }
    }
}
