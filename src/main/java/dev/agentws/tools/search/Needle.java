package dev.agentws.tools.search;

import java.nio.charset.StandardCharsets;

/**
 * Finds one text in bytes, with the skips of Boyer, Moore and Horspool. Letters of ASCII may be taken for the same in upper and
 * lower case; other characters are always told apart. Immutable.
 */
final class Needle {
    private final byte[] wanted;
    private final byte[] fold = new byte[256];
    private final int[] skip = new int[256];

    Needle(String text, boolean ignoreCase) {
        for (int i = 0; i < fold.length; i++) {
            fold[i] = (byte) (ignoreCase && i >= 'A' && i <= 'Z' ? i + ('a' - 'A') : i);
        }
        wanted = text.getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < wanted.length; i++) {
            wanted[i] = fold[wanted[i] & 0xFF];
        }
        for (int b = 0; b < skip.length; b++) {
            int distance = wanted.length;
            for (int i = 0; i < wanted.length - 1; i++) {
                distance = wanted[i] == fold[b] ? wanted.length - 1 - i : distance;
            }
            skip[b] = distance;
        }
    }

    int length() {
        return wanted.length;
    }

    /** The first place from {@code from} on where it stands whole before {@code end}, or -1. */
    int find(byte[] bytes, int from, int end) {
        int lastIndex = wanted.length - 1;
        byte lastByte = wanted[lastIndex];
        for (int at = from + lastIndex; at < end; ) {
            int b = bytes[at] & 0xFF;
            if (fold[b] == lastByte && stands(bytes, at - lastIndex)) {
                return at - lastIndex;
            }
            at += skip[b];
        }
        return -1;
    }

    private boolean stands(byte[] bytes, int at) {
        for (int i = 0; i < wanted.length - 1; i++) {
            if (fold[bytes[at + i] & 0xFF] != wanted[i]) {
                return false;
            }
        }
        return true;
    }
}
