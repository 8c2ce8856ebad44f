package dev.agentws.anthropic.http;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Collects the head of a response from bytes cut anywhere and reads it by the letter: what two readers could understand differently is
 * refused. Confined to the connection's event loop.
 */
final class HeadParser {
    static final int MAX_BYTES = 16 * 1024;
    static final int MAX_HEADERS = 100;
    private static final byte[] NOTHING = {};

    private byte[] bytes = NOTHING;
    private int length;
    /** Where the line that is being collected begins. */
    private int lineStart;

    private boolean complete;

    boolean isEmpty() {
        return length == 0;
    }

    void clear() {
        bytes = NOTHING;
        length = 0;
        lineStart = 0;
        complete = false;
    }

    /**
     * Takes the next byte, 0 to 255.
     *
     * @return whether the head is now complete
     */
    boolean take(int b) throws MalformedResponseException {
        if (length == MAX_BYTES) {
            throw new MalformedResponseException("response head: more than " + MAX_BYTES + " bytes");
        }
        boolean afterCr = length > lineStart && bytes[length - 1] == '\r';
        if ((b == '\n') != afterCr) {
            throw new MalformedResponseException(
                    b == '\n' ? "response head: LF without CR" : "response head: CR without LF");
        }
        if (b != '\r' && b != '\n' && !HttpText.isFieldByte(b)) {
            throw new MalformedResponseException("response head: control character " + b);
        }
        if (length == bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(512, length * 2));
        }
        bytes[length++] = (byte) b;
        if (b != '\n') {
            return false;
        }
        boolean emptyLine = length - lineStart == 2;
        boolean first = lineStart == 0;
        lineStart = length;
        if (emptyLine && first) {
            throw new MalformedResponseException("response head: empty line before the status line");
        }
        return emptyLine;
    }

    /** Takes bytes of {@code buf} until the head is complete or {@code end} is reached. Returns the index after the last one taken. */
    int takeAll(ByteBuf buf, int from, int end) throws MalformedResponseException {
        for (int at = from; at < end; at++) {
            if (take(buf.getByte(at) & 0xFF)) {
                complete = true;
                return at + 1;
            }
        }
        return end;
    }

    boolean isComplete() {
        return complete;
    }

    /** Reads the complete head and makes room for the next. */
    ResponseHead finish() throws MalformedResponseException {
        String text = new String(bytes, 0, length - 4, StandardCharsets.ISO_8859_1);
        clear();
        String[] lines = text.split("\r\n", -1);
        if (lines.length - 1 > MAX_HEADERS) {
            throw new MalformedResponseException("response head: more than " + MAX_HEADERS + " headers");
        }
        String status = lines[0];
        List<String> fields = new ArrayList<>(2 * lines.length);
        for (int i = 1; i < lines.length; i++) {
            readField(lines[i], fields);
        }
        return new ResponseHead(status(status), status.charAt(7) - '0', fields);
    }

    private static int status(String line) throws MalformedResponseException {
        boolean shaped = line.length() >= 12
                && (line.startsWith("HTTP/1.1 ") || line.startsWith("HTTP/1.0 "))
                && (line.length() == 12 || line.charAt(12) == ' ');
        int status = shaped ? digits(line, 9, 12) : -1;
        if (status < 100 || status > 599) {
            throw new MalformedResponseException("status line: not of HTTP/1.1 with a status of 100 to 599");
        }
        return status;
    }

    private static int digits(String text, int from, int to) {
        int value = 0;
        for (int i = from; i < to; i++) {
            char c = text.charAt(i);
            if (c < '0' || c > '9') {
                return -1;
            }
            value = value * 10 + (c - '0');
        }
        return value;
    }

    private static void readField(String line, List<String> fields) throws MalformedResponseException {
        int colon = line.indexOf(':');
        if (colon < 0 || !HttpText.isToken(line.substring(0, colon))) {
            boolean folded = line.startsWith(" ") || line.startsWith("\t");
            throw new MalformedResponseException(
                    folded ? "response head: folded header line" : "response head: line without a proper header name");
        }
        fields.add(line.substring(0, colon).toLowerCase(Locale.ROOT));
        fields.add(line.substring(colon + 1).strip());
    }
}
