package dev.agentws.anthropic.stream;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Takes the data of an event out of the read buffer for the parser, mended where an upstream writes what is not quite JSON: bytes that
 * are no UTF-8 become U+FFFD, raw control characters inside of strings become escapes. Sound data is copied as it is. What has to be
 * mended the recogniser never takes, so the listener gets it from here alone.
 */
final class EventBytes {
    private EventBytes() {}

    static byte[] copy(ByteBuf buf, int offset, int length) {
        byte[] bytes = ByteBufUtil.getBytes(buf, offset, length);
        if (!Utf8.isValid(buf, offset, length)) {
            bytes = new String(bytes, StandardCharsets.UTF_8).getBytes(StandardCharsets.UTF_8);
        }
        return hasControl(bytes) ? escapeControls(bytes) : bytes;
    }

    private static boolean hasControl(byte[] bytes) {
        for (byte b : bytes) {
            if (b >= 0 && b < ' ') {
                return true;
            }
        }
        return false;
    }

    /** Between tokens control characters are left alone: there they are white space, or for the parser to refuse. */
    private static byte[] escapeControls(byte[] bytes) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(bytes.length + 64);
        boolean inString = false;
        boolean escaped = false;
        for (byte b : bytes) {
            if (inString && !escaped && b >= 0 && b < ' ') {
                out.writeBytes(String.format("\\u%04x", b).getBytes(StandardCharsets.US_ASCII));
                continue;
            }
            out.write(b);
            if (escaped) {
                escaped = false;
            } else if (b == '\\') {
                escaped = inString;
            } else if (b == '"') {
                inString = !inString;
            }
        }
        return out.toByteArray();
    }
}
