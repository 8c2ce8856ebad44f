package dev.agentws.tools.search;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The bytes of a file, some whole lines at a time, in one buffer that serves file after file: a search through a large tree would
 * else mostly make garbage. A byte order mark is left out, UTF-16 with such a mark becomes UTF-8. Confined to one thread.
 */
final class TextWindow {
    /** Only so much of a line is looked at; what is longer is data and not text. */
    static final int MAX_LINE_BYTES = 4 << 20;

    private static final int START_BYTES = 1 << 18;

    private byte[] bytes = new byte[START_BYTES];
    private ByteBuffer target = ByteBuffer.wrap(bytes);
    private int start;
    private int end;
    private int filled;
    private long left;
    private boolean first;
    private boolean last;
    private boolean cut;

    /** @param size of the file, as far as known: reading stops there without another look */
    void open(long size) {
        start = 0;
        end = 0;
        filled = 0;
        left = size;
        first = true;
        last = false;
        cut = false;
    }

    byte[] bytes() {
        return bytes;
    }

    /** Where the lines of this window begin. */
    int start() {
        return start;
    }

    /** Where they end: behind a newline, or at the end of the file. */
    int end() {
        return end;
    }

    /** Whether nothing follows this window. */
    boolean last() {
        return last && end == filled;
    }

    /** Whether this window is the beginning of one overlong line, whose rest is passed over. */
    boolean cut() {
        return cut;
    }

    /** Goes to the next lines; false at the end. */
    boolean next(SeekableByteChannel file) throws IOException, InterruptedException {
        if (cut) {
            skipLine(file);
        }
        System.arraycopy(bytes, end, bytes, 0, filled - end);
        filled -= end;
        start = 0;
        end = 0;
        int seen = 0;
        while (!last) {
            if (filled == bytes.length && !grow()) {
                cut = true;
                end = filled;
                return true;
            }
            fill(file);
            if (first && filled > 0) {
                mark(file);
                seen = start;
            }
            end = lastNewline(seen) + 1;
            if (end > 0 && !last) {
                return true;
            }
            seen = filled;
        }
        end = filled;
        return end > start;
    }

    private void fill(SeekableByteChannel file) throws IOException, InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException("cancelled while reading");
        }
        target.limit(bytes.length).position(filled);
        int more = file.read(target);
        if (more < 0) {
            last = true;
            return;
        }
        filled += more;
        left -= more;
        // A file that has grown since is read on with the next search.
        last = left == 0;
    }

    private boolean grow() {
        if (bytes.length >= MAX_LINE_BYTES) {
            return false;
        }
        bytes = Arrays.copyOf(bytes, Math.min(MAX_LINE_BYTES, bytes.length * 4));
        target = ByteBuffer.wrap(bytes);
        return true;
    }

    private void mark(SeekableByteChannel file) throws IOException, InterruptedException {
        first = false;
        int one = bytes[0] & 0xFF;
        int two = filled > 1 ? bytes[1] & 0xFF : 0;
        if (one == 0xEF && two == 0xBB && filled > 2 && (bytes[2] & 0xFF) == 0xBF) {
            start = 3;
        } else if (one == 0xFF && two == 0xFE) {
            transcode(file, StandardCharsets.UTF_16LE);
        } else if (one == 0xFE && two == 0xFF) {
            transcode(file, StandardCharsets.UTF_16BE);
        }
    }

    private void transcode(SeekableByteChannel file, Charset charset) throws IOException, InterruptedException {
        while (!last && (filled < bytes.length || grow())) {
            fill(file);
        }
        cut = !last;
        byte[] text = new String(bytes, 2, filled - 2, charset).getBytes(StandardCharsets.UTF_8);
        bytes = text.length < START_BYTES ? Arrays.copyOf(text, START_BYTES) : text;
        target = ByteBuffer.wrap(bytes);
        filled = text.length;
        last = true;
    }

    private void skipLine(SeekableByteChannel file) throws IOException, InterruptedException {
        cut = false;
        while (!last) {
            filled = 0;
            fill(file);
            for (int i = 0; i < filled; i++) {
                if (bytes[i] == '\n') {
                    end = i + 1;
                    return;
                }
            }
        }
        end = filled;
    }

    private int lastNewline(int from) {
        for (int i = filled - 1; i >= from; i--) {
            if (bytes[i] == '\n') {
                return i;
            }
        }
        return -1;
    }

    /** Forgets a file that needed much room. */
    void shrink() {
        if (bytes.length > START_BYTES) {
            bytes = new byte[START_BYTES];
            target = ByteBuffer.wrap(bytes);
        }
    }
}
