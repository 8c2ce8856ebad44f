package dev.agentws.benchmarks.load;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** One session as its client sees it. Confined to its connection's loop. */
final class LoadSession {
    final String id;
    private final byte[] idBytes;
    /** The number of the last frame; 0 before any. */
    long lastSeq;
    /** Whether its frames are numbered and its turns end with a result. */
    boolean numbered;

    int promptsLeft;
    long promptAt;
    /** Deltas of the running turn. */
    long received;

    LoadSession(String id, int prompts) {
        this.id = id;
        this.idBytes = id.getBytes(StandardCharsets.US_ASCII);
        this.promptsLeft = prompts;
    }

    boolean hasId(byte[] bytes, int from, int to) {
        return Arrays.equals(bytes, from, to, idBytes, 0, idBytes.length);
    }
}
