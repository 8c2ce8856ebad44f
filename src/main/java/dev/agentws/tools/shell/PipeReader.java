package dev.agentws.tools.shell;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * Reads one pipe of a command to its end and hands on text, one piece per read. A character cut between two reads is kept until its
 * rest arrives; bytes that are no UTF-8 become U+FFFD. Runs on a pipe thread.
 */
final class PipeReader implements Runnable {
    /** Takes the pieces; may make the pipe wait. The empty piece is the end. */
    @FunctionalInterface
    interface Sink {
        void take(String piece) throws InterruptedException;
    }

    private static final int CHUNK_BYTES = 8_192;
    private static final int LONGEST_CHARACTER = 4;

    private final InputStream pipe;
    private final Sink sink;
    private final CharsetDecoder decoder = StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPLACE)
            .onUnmappableCharacter(CodingErrorAction.REPLACE);
    private final ByteBuffer bytes = ByteBuffer.allocate(CHUNK_BYTES + LONGEST_CHARACTER);
    private final CharBuffer chars = CharBuffer.allocate(CHUNK_BYTES + 2 * LONGEST_CHARACTER);

    PipeReader(InputStream pipe, Sink sink) {
        this.pipe = pipe;
        this.sink = sink;
    }

    @Override
    public void run() {
        try (InputStream in = pipe) {
            int count = 0;
            while (count >= 0) {
                count = read(in);
                bytes.position(bytes.position() + Math.max(0, count));
                bytes.flip();
                hand(count < 0);
                bytes.compact();
            }
        } catch (IOException closed) {
            // The end of a killed process may come as an error; it is an end all the same.
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        } finally {
            end();
        }
    }

    private int read(InputStream in) throws IOException {
        return in.read(bytes.array(), bytes.position(), CHUNK_BYTES);
    }

    private void hand(boolean last) throws InterruptedException {
        decoder.decode(bytes, chars, last);
        if (last) {
            decoder.flush(chars);
        }
        chars.flip();
        if (chars.hasRemaining()) {
            sink.take(chars.toString());
        }
        chars.clear();
    }

    private void end() {
        try {
            sink.take("");
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }
}
