package dev.agentws.benchmarks.load;

/** Takes the escapes out of a JSON string. */
final class JsonText {
    private JsonText() {}

    /**
     * Decodes the inside of a string to UTF-8.
     *
     * @param to with room for as many bytes as there are to read
     * @return how many bytes it came to, or -1 if there is an escape that is none
     */
    static int decode(byte[] from, int start, int end, byte[] to) {
        int out = 0;
        int at = start;
        while (at < end) {
            byte b = from[at++];
            if (b != '\\') {
                to[out++] = b;
                continue;
            }
            if (at >= end) {
                return -1;
            }
            byte escape = from[at++];
            if (escape == 'u') {
                int code = hex(from, at, end);
                at += 4;
                if (code >= 0xd800 && code < 0xdc00 && at + 1 < end && from[at] == '\\' && from[at + 1] == 'u') {
                    int low = hex(from, at + 2, end);
                    if (low >= 0xdc00 && low < 0xe000) {
                        code = Character.toCodePoint((char) code, (char) low);
                        at += 6;
                    }
                }
                if (code < 0) {
                    return -1;
                }
                out = utf8(code, to, out);
            } else {
                int plain = plain(escape);
                if (plain < 0) {
                    return -1;
                }
                to[out++] = (byte) plain;
            }
        }
        return out;
    }

    private static int plain(byte escape) {
        return switch (escape) {
            case '"', '\\', '/' -> escape;
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            default -> -1;
        };
    }

    private static int hex(byte[] from, int at, int end) {
        if (at + 4 > end) {
            return -1;
        }
        int value = 0;
        for (int i = at; i < at + 4; i++) {
            int digit = Character.digit(from[i], 16);
            if (digit < 0) {
                return -1;
            }
            value = value << 4 | digit;
        }
        return value;
    }

    private static int utf8(int code, byte[] to, int at) {
        int out = at;
        if (code < 0x80) {
            to[out++] = (byte) code;
        } else if (code < 0x800) {
            to[out++] = (byte) (0xc0 | code >> 6);
            to[out++] = tail(code);
        } else if (code < 0x10000) {
            to[out++] = (byte) (0xe0 | code >> 12);
            to[out++] = tail(code >> 6);
            to[out++] = tail(code);
        } else {
            to[out++] = (byte) (0xf0 | code >> 18);
            to[out++] = tail(code >> 12);
            to[out++] = tail(code >> 6);
            to[out++] = tail(code);
        }
        return out;
    }

    private static byte tail(int bits) {
        return (byte) (0x80 | (bits & 0x3f));
    }
}
