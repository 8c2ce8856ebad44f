package dev.agentws.tools.files;

import java.io.IOException;
import java.io.InputStream;
import java.util.zip.InflaterInputStream;
import org.apache.pdfbox.cos.COSArray;
import org.apache.pdfbox.cos.COSBase;
import org.apache.pdfbox.cos.COSDictionary;
import org.apache.pdfbox.cos.COSName;
import org.apache.pdfbox.cos.COSStream;
import org.apache.pdfbox.pdfparser.PDFParser;
import org.apache.pdfbox.pdmodel.PDDocument;

/**
 * Opens a PDF file whose structure may be packed so that a few bytes come to gigabytes: what PDFBox would unpack into memory to find
 * the pages is measured first. Confined to one call.
 */
final class PdfReader extends PDFParser {
    /** The packed structure of a document of many thousand pages is a part of this. */
    private static final long MAX_UNPACKED = 32L << 20;

    private static final int PIECE_BYTES = 65_536;

    private static final byte[] PACKED_OBJECTS = {'/', 'O', 'b', 'j', 'S', 't', 'm'};

    private long unpacked;

    private PdfReader(PdfSource source) throws IOException {
        super(source);
        // Repairing a file means looking for packed objects everywhere, in a parser of its own that nobody can watch.
        if (source.contains(PACKED_OBJECTS)) {
            setLenient(false);
        }
    }

    /** The document is encrypted, with a password or without. */
    static final class Locked extends IOException {
        Locked() {
            super("encrypted");
        }
    }

    static PDDocument open(PdfSource source) throws IOException {
        PdfReader reader = new PdfReader(source);
        try {
            return reader.parse();
        } catch (IOException failure) {
            // PDFBox goes on without an object it cannot read, and stumbles later for a lesser reason.
            throw reader.unpacked > MAX_UNPACKED ? tooLarge() : failure;
        }
    }

    @Override
    protected void prepareDecryption() throws IOException {
        super.prepareDecryption();
        if (securityHandler != null) {
            throw new Locked();
        }
    }

    @Override
    protected COSStream parseCOSStream(COSDictionary dictionary) throws IOException {
        COSStream stream = super.parseCOSStream(dictionary);
        // By what PDFBox goes by, not by the type alone, which a stream need not say.
        boolean table = COSName.XREF.equals(stream.getCOSName(COSName.TYPE)) || stream.containsKey(COSName.W);
        if (table && !initialParseDone) {
            // It may lead to packed objects that the search above has not seen.
            setLenient(false);
        }
        if (table || stream.containsKey(COSName.FIRST)) {
            measure(stream);
        }
        return stream;
    }

    private void measure(COSStream stream) throws IOException {
        COSBase filters = stream.getFilters();
        COSBase filter = filters instanceof COSArray list && list.size() == 1 ? list.getObject(0) : filters;
        if (filter == null) {
            return;
        }
        if (!COSName.FLATE_DECODE.equals(filter) && !COSName.FLATE_DECODE_ABBREVIATION.equals(filter)) {
            throw new IOException("its structure is packed in an unusual way");
        }
        byte[] piece = new byte[PIECE_BYTES];
        try (InputStream packed = stream.createRawInputStream();
                InputStream plain = new InflaterInputStream(packed)) {
            for (int count = plain.read(piece); count >= 0; count = plain.read(piece)) {
                unpacked += count;
                if (unpacked > MAX_UNPACKED) {
                    throw tooLarge();
                }
            }
        }
    }

    private static IOException tooLarge() {
        return new IOException("its structure unpacks to more than " + MAX_UNPACKED + " bytes");
    }
}
