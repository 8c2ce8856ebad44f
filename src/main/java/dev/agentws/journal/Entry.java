package dev.agentws.journal;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * One record of a book.
 *
 * @param seq the number of the last client frame it covers; a record that covers none carries the number of the frame before it. Never
 *     falls within a book; at least 0
 * @param kind what it is, for whoever reads it: 1 to 32 of a-z, 0-9, {@code _}, {@code -}, {@code .}
 * @param json one JSON object, UTF-8, without line breaks (between tokens; inside strings JSON has none). Not copied: leave it alone
 */
public record Entry(long seq, String kind, byte[] json) {
    /**
     * The kind of an entry behind the end of a book of which more may be lost: put there by {@link Journal#open}, or by whoever opened it and
     * finds it {@link Book#cutShort}. The numbers up to its own are given to
     * nothing: whoever has seen frames with them has seen what is lost.
     */
    public static final String HOLE = "hole";

    private static final int LONGEST_KIND = 32;
    private static final long LINE_BREAKS = 0x0a0a0a0a0a0a0a0aL;
    private static final long LOWEST_BITS = 0x0101010101010101L;
    private static final long HIGHEST_BITS = 0x8080808080808080L;
    private static final VarHandle EIGHT = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

    public Entry {
        if (seq < 0) {
            throw new IllegalArgumentException("seq: " + seq + " (expected: at least 0)");
        }
        if (!isKind(kind)) {
            throw new IllegalArgumentException("kind: " + kind + " (expected: 1 to 32 of a-z, 0-9, _, -, .)");
        }
        if (json.length < 2 || json[0] != '{' || json[json.length - 1] != '}' || hasLineBreak(json)) {
            throw new IllegalArgumentException(
                    "json: " + json.length + " bytes (expected: one JSON object without line breaks)");
        }
    }

    private static boolean isKind(String kind) {
        boolean good = !kind.isEmpty() && kind.length() <= LONGEST_KIND;
        for (int i = 0; good && i < kind.length(); i++) {
            char c = kind.charAt(i);
            good = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
        }
        return good;
    }

    /** Eight bytes at a time: event loops ask for every byte that is written down. */
    private static boolean hasLineBreak(byte[] json) {
        int whole = json.length & -Long.BYTES;
        for (int i = 0; i < whole; i += Long.BYTES) {
            long others = (long) EIGHT.get(json, i) ^ LINE_BREAKS;
            // The highest bit of a byte stays only where nothing was left of it; bytes behind such a one may show it
            // too.
            if (((others - LOWEST_BITS) & ~others & HIGHEST_BITS) != 0) {
                return true;
            }
        }
        for (int i = whole; i < json.length; i++) {
            if (json[i] == '\n') {
                return true;
            }
        }
        return false;
    }
}
