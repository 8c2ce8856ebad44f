package dev.agentws.tools.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import org.apache.pdfbox.io.RandomAccessRead;
import org.apache.pdfbox.io.RandomAccessReadView;

/** An open file as PDFBox reads it: piece by piece, so that a large document is not loaded to show a page. Confined to one call. */
final class PdfSource implements RandomAccessRead {
    private static final int PIECE_BYTES = 16_384;

    private final SeekableByteChannel file;
    private final long length;
    private final ByteBuffer piece = ByteBuffer.allocate(PIECE_BYTES).limit(0);
    private long pieceStart;
    private boolean closed;

    PdfSource(SeekableByteChannel file) throws IOException {
        this.file = file;
        length = file.size();
    }

    @Override
    public int read() throws IOException {
        return filled() ? piece.get() & 0xff : -1;
    }

    @Override
    public int read(byte[] target, int offset, int count) throws IOException {
        if (count == 0) {
            return 0;
        }
        if (!filled()) {
            return -1;
        }
        int taken = Math.min(count, piece.remaining());
        piece.get(target, offset, taken);
        return taken;
    }

    private boolean filled() throws IOException {
        if (piece.hasRemaining()) {
            return true;
        }
        pieceStart = getPosition();
        piece.clear();
        file.position(pieceStart);
        int count = file.read(piece);
        piece.flip();
        return count > 0;
    }

    /** Whether the bytes occur anywhere; goes back to the beginning. */
    boolean contains(byte[] wanted) throws IOException {
        seek(0);
        int matched = 0;
        for (int next = read(); next >= 0 && matched < wanted.length; next = read()) {
            // Right as long as the first byte occurs in it only once.
            matched = next == wanted[matched] ? matched + 1 : next == wanted[0] ? 1 : 0;
        }
        seek(0);
        return matched == wanted.length;
    }

    @Override
    public long getPosition() {
        return pieceStart + piece.position();
    }

    @Override
    public void seek(long position) throws IOException {
        if (position < 0) {
            throw new IOException("position " + position + " is before the file");
        }
        long wanted = Math.min(position, length);
        if (wanted >= pieceStart && wanted <= pieceStart + piece.limit()) {
            piece.position((int) (wanted - pieceStart));
        } else {
            pieceStart = wanted;
            piece.clear().limit(0);
        }
    }

    @Override
    public long length() {
        return length;
    }

    @Override
    public boolean isClosed() {
        return closed;
    }

    @Override
    public boolean isEOF() throws IOException {
        return !filled();
    }

    @Override
    public RandomAccessReadView createView(long start, long count) throws IOException {
        return new RandomAccessReadView(this, start, count);
    }

    /** The channel belongs to whoever opened it. */
    @Override
    public void close() {
        closed = true;
    }
}
