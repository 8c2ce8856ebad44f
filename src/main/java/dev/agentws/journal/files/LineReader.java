package dev.agentws.journal.files;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/** Walks through the lines of a file. For one thread; blocks. */
final class LineReader implements Closeable {
    private static final int WINDOW = 64 << 10;

    private final FileChannel channel;
    private final long limit;
    private byte[] window = new byte[WINDOW];
    /** Where in the file the window begins. */
    private long base;

    private int filled;
    private int start;
    private int end = -1;

    /** @param limit bytes from here on do not exist for this reader */
    LineReader(Path file, long limit) throws IOException {
        channel = FileChannel.open(file, StandardOpenOption.READ);
        this.limit = Math.min(limit, channel.size());
    }

    /** Goes on at this place, which is the beginning of a line. */
    void seek(long offset) {
        base = offset;
        filled = 0;
        start = 0;
        end = -1;
    }

    /** Goes on with the first line that begins behind this place. */
    void seekBehind(long offset) throws IOException {
        seek(offset);
        next();
    }

    /** Goes to the next line; false when no whole line is left. */
    boolean next() throws IOException {
        start = end + 1;
        int from = start;
        while (true) {
            for (int i = from; i < filled; i++) {
                if (window[i] == '\n') {
                    end = i;
                    return true;
                }
            }
            from = filled - start;
            if (!fill()) {
                end = start - 1;
                return false;
            }
        }
    }

    /** Moves the open line to the front of the window and reads on. */
    private boolean fill() throws IOException {
        int kept = filled - start;
        System.arraycopy(window, start, window, 0, kept);
        base += start;
        start = 0;
        filled = kept;
        end = -1;
        if (kept == window.length) {
            window = Arrays.copyOf(window, 2 * kept);
        }
        int room = (int) Math.min(window.length - kept, limit - base - kept);
        if (room <= 0) {
            return false;
        }
        int read = channel.read(ByteBuffer.wrap(window, kept, room), base + kept);
        filled += Math.max(0, read);
        return read > 0;
    }

    /** The window; the line lies from {@link #start} to {@link #end}. Good until {@link #next}. */
    byte[] bytes() {
        return window;
    }

    int start() {
        return start;
    }

    int end() {
        return end;
    }

    /** Where in the file the line begins; after the last line, where the rest begins. */
    long offset() {
        return base + start;
    }

    /** Where in the file the line after this begins. */
    long behind() {
        return base + end + 1;
    }

    /** The end of the file for this reader. */
    long limit() {
        return limit;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
