package dev.agentws.tools.files;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.nio.charset.StandardCharsets;

/**
 * Reads UTF-8 line by line in constant memory: only the beginning of an overlong line is kept. Bytes that are no UTF-8 become
 * U+FFFD; a byte order mark and the {@code \r} of {@code \r\n} are left out. Confined to one call; closes what it reads.
 */
public final class LineReader implements Closeable {
    private final Reader in;
    private final int maxLineChars;
    private final boolean textOnly;
    private final char[] buffer = new char[8_192];
    private final StringBuilder line = new StringBuilder();
    private int at;
    private int filled;
    private long length;
    private char last;
    private boolean started;
    private boolean sawNul;

    public LineReader(ReadableByteChannel in, int maxLineChars) {
        this(in, maxLineChars, false);
    }

    /** @param textOnly whether a line with a NUL is not read to its end, which may be that of a large file */
    LineReader(ReadableByteChannel in, int maxLineChars, boolean textOnly) {
        this.textOnly = textOnly;
        this.in = new InputStreamReader(Channels.newInputStream(in), StandardCharsets.UTF_8);
        this.maxLineChars = maxLineChars;
    }

    /** Goes to the next line; false at the end. */
    public boolean next() throws IOException, InterruptedException {
        line.setLength(0);
        length = 0;
        last = 0;
        boolean any = false;
        while (at < filled || fill()) {
            any = true;
            int end = at;
            while (end < filled && buffer[end] != '\n') {
                sawNul |= buffer[end] == 0;
                end++;
            }
            take(end);
            if (textOnly && sawNul) {
                return true;
            }
            if (end < filled) {
                at = end + 1;
                dropCarriageReturn();
                return true;
            }
            at = end;
        }
        return any;
    }

    /** The line, or its beginning when it is too long. */
    public String line() {
        int end = line.length();
        boolean halfCharacter = cut() && end > 0 && Character.isHighSurrogate(line.charAt(end - 1));
        return line.substring(0, halfCharacter ? end - 1 : end);
    }

    /** The length of the whole line in chars, also when only its beginning was kept. */
    public long length() {
        return length;
    }

    public boolean cut() {
        return length > line.length();
    }

    /** Whether a NUL has been met so far: text has none. */
    public boolean sawNul() {
        return sawNul;
    }

    private void take(int end) {
        int room = maxLineChars - line.length();
        line.append(buffer, at, Math.min(room, end - at));
        length += end - at;
        if (end > at) {
            last = buffer[end - 1];
        }
    }

    private void dropCarriageReturn() {
        if (last == '\r') {
            length--;
            if (line.length() > length) {
                line.setLength((int) length);
            }
        }
    }

    private boolean fill() throws IOException, InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException("cancelled while reading");
        }
        at = 0;
        filled = Math.max(0, in.read(buffer));
        if (!started && filled > 0) {
            started = true;
            at = buffer[0] == '\uFEFF' ? 1 : 0;
            return at < filled || fill();
        }
        return filled > 0;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
