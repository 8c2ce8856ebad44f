package dev.agentws.benchmarks.load;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Finds in one pass what the harness looks for in a message, whatever the order of its fields. Not a validator: it reads the top level
 * and skips the rest. Allocates nothing. Confined to one thread; fields hold what the last {@link #read} found.
 */
final class MessageScan {
    private static final byte[] TYPE = ascii("type");
    private static final byte[] SESSION = ascii("session_id");
    private static final byte[] CONTENT = ascii("content");
    private static final byte[] SEQ = ascii("seq");
    private static final byte[] COMPLETE = ascii("complete");
    private static final byte[] IS_ERROR = ascii("is_error");
    private static final byte[] DELTA = ascii("delta");

    /** The inside of a string, as it stands in the message. */
    static final class Text {
        int from;
        int to;
        boolean present;
        boolean escaped;

        int length() {
            return to - from;
        }
    }

    final Text type = new Text();
    final Text session = new Text();
    final Text content = new Text();
    /** An object, braces included. */
    final Text delta = new Text();

    long seq;
    boolean complete;
    boolean isError;

    private final Text ignored = new Text();
    private final Text name = new Text();
    private byte[] json = new byte[0];
    private byte[] contentName = CONTENT;
    private int end;

    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** Reads a message from the beginning of an array; false if it is no JSON object. */
    boolean read(byte[] bytes, int length) {
        return read(bytes, length, CONTENT);
    }

    /** The same where the content has another name. */
    boolean read(byte[] bytes, int length, byte[] nameOfContent) {
        contentName = nameOfContent;
        json = bytes;
        end = length;
        type.present = false;
        session.present = false;
        content.present = false;
        delta.present = false;
        seq = -1;
        complete = false;
        isError = false;
        int at = space(0);
        if (at >= end || json[at] != '{') {
            return false;
        }
        at = space(at + 1);
        while (at > 0 && at < end && json[at] != '}') {
            at = member(at);
        }
        return at > 0 && at < end;
    }

    boolean typeIs(byte[] wanted) {
        return type.present && is(type, wanted);
    }

    private boolean is(Text text, byte[] wanted) {
        return text.length() == wanted.length && Arrays.equals(json, text.from, text.to, wanted, 0, wanted.length);
    }

    /** Returns where the next member begins, or -1. */
    private int member(int from) {
        int at = string(from, name);
        at = at < 0 ? -1 : space(at);
        if (at < 0 || at >= end || json[at] != ':') {
            return -1;
        }
        at = space(at + 1);
        if (at >= end) {
            return -1;
        }
        at = value(at);
        at = at < 0 ? -1 : space(at);
        return at >= 0 && at < end && json[at] == ',' ? space(at + 1) : at;
    }

    private int value(int at) {
        if (json[at] == '"') {
            return string(at, target());
        }
        if (json[at] == '{' || json[at] == '[') {
            boolean wanted = is(name, DELTA);
            int to = nested(at);
            if (wanted && to > 0) {
                delta.from = at;
                delta.to = to;
                delta.present = true;
            }
            return to;
        }
        int to = at;
        while (to < end && ",}] \n\r\t".indexOf(json[to]) < 0) {
            to++;
        }
        if (is(name, SEQ)) {
            seq = number(at, to);
        } else if (is(name, COMPLETE)) {
            complete = json[at] == 't';
        } else if (is(name, IS_ERROR)) {
            isError = json[at] == 't';
        }
        return to;
    }

    private Text target() {
        if (is(name, contentName)) {
            return content;
        }
        if (is(name, SESSION)) {
            return session;
        }
        return is(name, TYPE) ? type : ignored;
    }

    private int string(int from, Text found) {
        if (json[from] != '"') {
            return -1;
        }
        found.escaped = false;
        found.from = from + 1;
        int at = from + 1;
        while (at < end && json[at] != '"') {
            if (json[at] == '\\') {
                found.escaped = true;
                at++;
            }
            at++;
        }
        found.to = at;
        found.present = true;
        return at < end ? at + 1 : -1;
    }

    private int nested(int from) {
        int depth = 0;
        int at = from;
        while (at < end) {
            byte b = json[at];
            if (b == '"') {
                at = string(at, ignored);
                if (at < 0) {
                    return -1;
                }
                continue;
            }
            if (b == '{' || b == '[') {
                depth++;
            } else if (b == '}' || b == ']') {
                depth--;
            }
            at++;
            if (depth == 0) {
                return at;
            }
        }
        return -1;
    }

    private long number(int from, int to) {
        long value = 0;
        for (int i = from; i < to; i++) {
            int digit = json[i] - '0';
            if (digit < 0 || digit > 9) {
                return -1;
            }
            value = value * 10 + digit;
        }
        return value;
    }

    private int space(int from) {
        int at = from;
        while (at < end && json[at] <= ' ' && json[at] >= 0) {
            at++;
        }
        return at;
    }
}
