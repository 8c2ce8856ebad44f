package dev.agentws.journal.files;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Where in the logs the lines lie that a session has only there, in order: eight bytes for those of a batch, while the system keeps the
 * lines themselves at hand. Immutable; what is behind {@code count} may still be written to.
 */
final class Slices {
    static final Slices NONE = new Slices(null, Path.of(""), new long[0], 0, 0);

    private static final int LENGTH_BITS = 24;
    private static final int LONGEST = (1 << LENGTH_BITS) - 1;
    private static final int FIRST_ROOM = 2;

    /** Those in older logs. */
    private final @Nullable Slices before;

    private final Path log;
    private final long[] places;
    private final int count;
    private final long bytes;

    /** @param bytes of all, those in older logs too */
    private Slices(@Nullable Slices before, Path log, long[] places, int count, long bytes) {
        this.before = before;
        this.log = log;
        this.places = places;
        this.count = count;
        this.bytes = bytes;
    }

    /** With one more behind the others; to be called once on each. */
    Slices with(Path file, long offset, long length) {
        Slices all =
                file.equals(log) ? this : new Slices(count == 0 ? null : this, file, new long[FIRST_ROOM], 0, bytes);
        long from = offset;
        for (long rest = length; rest > 0; ) {
            int next = (int) Math.min(rest, LONGEST);
            all = all.with(from, next);
            from += next;
            rest -= next;
        }
        return all;
    }

    private Slices with(long offset, int length) {
        long[] room = count < places.length ? places : Arrays.copyOf(places, 2 * count);
        room[count] = offset << LENGTH_BITS | length;
        return new Slices(before, log, room, count + 1, bytes + length);
    }

    /** Bytes of all. */
    long bytes() {
        return bytes;
    }

    /** Takes what was read, as soon as the buffer is full and at the end. */
    interface Sink {
        void take(ByteBuffer full) throws IOException;
    }

    /** Reads all of them. Blocks. */
    byte[] load() throws IOException {
        ByteBuffer all = ByteBuffer.allocate(Math.toIntExact(bytes));
        pour(all, full -> {});
        return all.array();
    }

    /**
     * Reads all of them through a buffer. Blocks.
     *
     * @throws java.nio.file.NoSuchFileException when a log is gone, because the lines have been moved meanwhile
     */
    void pour(ByteBuffer through, Sink sink) throws IOException {
        gather(through, sink);
        sink.take(through.flip());
    }

    private void gather(ByteBuffer through, Sink sink) throws IOException {
        if (before != null) {
            before.gather(through, sink);
        }
        if (count == 0) {
            return;
        }
        try (FileChannel from = FileChannel.open(log, StandardOpenOption.READ)) {
            for (int i = 0; i < count; i++) {
                read(from, places[i] >>> LENGTH_BITS, (int) places[i] & LONGEST, through, sink);
            }
        }
    }

    private void read(FileChannel from, long offset, int length, ByteBuffer through, Sink sink) throws IOException {
        for (int done = 0; done < length; ) {
            if (!through.hasRemaining()) {
                sink.take(through.flip());
                through.clear();
            }
            through.limit(Math.min(through.capacity(), through.position() + length - done));
            int read = from.read(through, offset + done);
            if (read < 0) {
                throw new EOFException(log + ": ends before byte " + (offset + length));
            }
            done += read;
            through.limit(through.capacity());
        }
    }
}
