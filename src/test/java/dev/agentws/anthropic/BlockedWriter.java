package dev.agentws.anthropic;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.UncheckedIOException;
import java.time.Duration;

/** Writes to a client that may not read, and knows how far it came. */
final class BlockedWriter extends Thread {
    private final ScriptedUpstream.Peer peer;
    private final String piece;
    private final int pieces;
    private volatile long written;

    BlockedWriter(ScriptedUpstream.Peer peer, String piece, int pieces) {
        super("blocked-writer");
        this.peer = peer;
        this.piece = piece;
        this.pieces = pieces;
    }

    @Override
    public void run() {
        long sum = 0;
        try {
            for (int i = 0; i < pieces; i++) {
                peer.chunk(piece);
                sum += piece.length();
                written = sum;
            }
        } catch (UncheckedIOException e) {
            // The client has cancelled, as the test wanted.
            return;
        }
    }

    /** Waits until nothing has moved for a while. Returns how much had been written. */
    long awaitStandstill() throws InterruptedException {
        long before = -1;
        while (before != written) {
            before = written;
            join(400);
        }
        return before;
    }

    void awaitMoreThan(long bytes) throws InterruptedException {
        long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        while (written <= bytes) {
            assertThat(System.nanoTime()).isLessThan(deadline);
            join(10);
        }
    }
}
