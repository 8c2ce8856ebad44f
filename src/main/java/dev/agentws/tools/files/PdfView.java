package dev.agentws.tools.files;

import dev.agentws.agent.tool.ToolResult;
import dev.agentws.agent.tool.ToolResult.Attachment;
import dev.agentws.agent.tool.ToolResult.AttachmentKind;
import dev.agentws.tools.call.ToolFailure;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.encryption.InvalidPasswordException;
import org.jspecify.annotations.Nullable;

/** A PDF document, or some of its pages, for the model. */
final class PdfView {
    private static final int WHOLE_PAGES = 10;

    /** A request to the API takes 32 MB of Base64 and text together. */
    static final int MAX_BYTES = 16 << 20;

    private static final String MEDIA_TYPE = "application/pdf";

    /** Readers look for the mark within so many bytes. */
    private static final int MARK_WITHIN = 1_024;

    private static final String LOCKED = ": is encrypted (expected: a PDF file that opens without a password)";

    private PdfView() {}

    static ToolResult show(Path shown, SeekableByteChannel file, @Nullable PageRange pages)
            throws ToolFailure, IOException, InterruptedException {
        requireMark(shown, file);
        try (PDDocument document = PdfReader.open(new PdfSource(file))) {
            return show(shown, file, document, pages);
        } catch (InvalidPasswordException | PdfReader.Locked locked) {
            throw new ToolFailure(shown + LOCKED);
        } catch (IOException | RuntimeException | StackOverflowError failure) {
            // The last two are what PDFBox comes to at files that are made to break readers.
            if (Thread.interrupted()) {
                throw new InterruptedException("cancelled while reading a PDF file");
            }
            throw new ToolFailure(shown + ": is a broken PDF file, it cannot be shown (" + failure.getMessage() + ")");
        }
    }

    private static void requireMark(Path shown, SeekableByteChannel file) throws ToolFailure, IOException {
        ByteBuffer begin = ByteBuffer.allocate(MARK_WITHIN);
        boolean more = true;
        while (more && begin.hasRemaining()) {
            more = file.read(begin) >= 0;
        }
        String text = StandardCharsets.ISO_8859_1.decode(begin.flip()).toString();
        if (!text.contains("%PDF-")) {
            throw new ToolFailure(shown + ": does not begin like a PDF file (expected: what its name says)");
        }
    }

    private static ToolResult show(Path shown, SeekableByteChannel file, PDDocument document, @Nullable PageRange pages)
            throws ToolFailure, IOException {
        int count = document.getNumberOfPages();
        if (count == 0) {
            throw new ToolFailure(shown + ": has no pages (expected: a PDF file with at least one)");
        }
        if (pages == null) {
            return whole(shown, file, count);
        }
        if (pages.first() > count) {
            throw new ToolFailure("pages: " + pages + " (expected: pages of " + shown + ", which has " + count + ")");
        }
        PageRange there = new PageRange(pages.first(), Math.min(pages.last(), count));
        CappedBytes bytes = new CappedBytes();
        try {
            PdfPages.write(document, there, bytes);
        } catch (CappedBytes.Full tooMuch) {
            throw new ToolFailure("pages: " + there + " come to more than " + MAX_BYTES
                    + " bytes (expected: fewer pages of " + shown + ")");
        }
        return result(
                "Page" + (there.first() == there.last() ? " " : "s ") + there + " of " + count + " of " + shown + ".",
                bytes.toByteArray());
    }

    private static ToolResult whole(Path shown, SeekableByteChannel file, int count) throws ToolFailure, IOException {
        String pages = count + (count == 1 ? " page" : " pages");
        if (count > WHOLE_PAGES) {
            throw new ToolFailure(shown + ": has " + pages + " (expected: at most " + WHOLE_PAGES
                    + " without the field pages; give it, for example \"1-5\", at most " + PageRange.MAX_PAGES
                    + " pages at a time)");
        }
        long size = file.size();
        if (size > MAX_BYTES) {
            throw new ToolFailure(shown + ": " + size + " bytes (expected: at most " + MAX_BYTES
                    + " bytes; ask for some of its " + pages + " with the field pages)");
        }
        file.position(0);
        return result("PDF file " + shown + ", " + pages + ".", WholeText.bytes(file, size));
    }

    private static ToolResult result(String words, byte[] bytes) {
        return ToolResult.of(words).with(new Attachment(AttachmentKind.DOCUMENT, MEDIA_TYPE, bytes));
    }

    /** Bytes in memory up to what can be sent. */
    private static final class CappedBytes extends ByteArrayOutputStream {
        /** There is more than fits. */
        static final class Full extends RuntimeException {
            Full() {
                super("more than fits", null, false, false);
            }
        }

        @Override
        public synchronized void write(byte[] bytes, int offset, int length) {
            requireRoom(length);
            super.write(bytes, offset, length);
        }

        @Override
        public synchronized void write(int one) {
            requireRoom(1);
            super.write(one);
        }

        private void requireRoom(int more) {
            if (count + more > MAX_BYTES) {
                throw new Full();
            }
        }
    }
}
