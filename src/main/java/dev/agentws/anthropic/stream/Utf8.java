package dev.agentws.anthropic.stream;

import io.netty.buffer.ByteBuf;

/** Strict UTF-8 as RFC 3629 has it: no overlong form, no surrogate, nothing above U+10FFFF. */
final class Utf8 {
    private Utf8() {}

    /**
     * Checks one sequence that starts with a byte of 0x80 or more.
     *
     * @return its length, or 0 when it is not valid or not all there
     */
    static int sequence(ByteBuf buf, int at, int end) {
        int lead = buf.getByte(at) & 0xff;
        if (lead < 0xc2 || lead > 0xf4) {
            return 0;
        }
        int length = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
        if (end - at < length) {
            return 0;
        }
        int second = buf.getByte(at + 1) & 0xff;
        if (second < lowestSecond(lead) || second > highestSecond(lead)) {
            return 0;
        }
        for (int i = 2; i < length; i++) {
            if ((buf.getByte(at + i) & 0xc0) != 0x80) {
                return 0;
            }
        }
        return length;
    }

    /** Whether the whole region is valid. */
    static boolean isValid(ByteBuf buf, int offset, int length) {
        int end = offset + length;
        int at = offset;
        while (at < end) {
            if (at + Long.BYTES <= end && (buf.getLongLE(at) & WordScan.HIGH_BITS) == 0) {
                at += Long.BYTES;
            } else if (buf.getByte(at) >= 0) {
                at++;
            } else {
                int sequence = sequence(buf, at, end);
                if (sequence == 0) {
                    return false;
                }
                at += sequence;
            }
        }
        return true;
    }

    private static int lowestSecond(int lead) {
        // below these the same character has a shorter form
        return lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
    }

    private static int highestSecond(int lead) {
        // above these come surrogates, or what is beyond U+10FFFF
        return lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
    }
}
