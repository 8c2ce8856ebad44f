package dev.agentws.anthropic.stream;

import java.util.Arrays;

/** A region of a byte array. Immutable. */
record Span(int start, int end) {
    byte[] of(byte[] bytes) {
        return Arrays.copyOfRange(bytes, start, end);
    }
}
