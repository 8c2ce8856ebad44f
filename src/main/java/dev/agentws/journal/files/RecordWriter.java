package dev.agentws.journal.files;

import dev.agentws.journal.Entry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.zip.CRC32C;

/** Writes entries as lines through one buffer, whatever their size. For one thread. */
final class RecordWriter {
    private static final int BUFFER = 128 << 10;

    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER);
    private final CRC32C crc = new CRC32C();

    /** The bytes reach the file with {@link #flush}, or before if they are many. */
    void batch(List<Entry> batch, SegmentFile to) throws IOException {
        int last = batch.size() - 1;
        for (int i = 0; i <= last; i++) {
            Entry entry = batch.get(i);
            crc.reset();
            checked(RecordLine.head(entry), to);
            checked(entry.json(), to);
            if (i < last) {
                checked(RecordLine.MORE, to);
            }
            put(RecordLine.check((int) crc.getValue()), to);
        }
    }

    private void checked(byte[] bytes, SegmentFile to) throws IOException {
        crc.update(bytes);
        put(bytes, to);
    }

    private void put(byte[] bytes, SegmentFile to) throws IOException {
        int done = 0;
        while (done < bytes.length) {
            if (!buffer.hasRemaining()) {
                flush(to);
            }
            int part = Math.min(buffer.remaining(), bytes.length - done);
            buffer.put(bytes, done, part);
            done += part;
        }
    }

    void flush(SegmentFile to) throws IOException {
        buffer.flip();
        try {
            to.write(buffer);
        } finally {
            buffer.clear();
        }
    }

    /** Forgets what is not flushed. */
    void clear() {
        buffer.clear();
    }
}
