package dev.agentws.tools.files;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentws.agent.tool.ToolResult;
import dev.agentws.agent.tool.ToolResult.Attachment;
import dev.agentws.agent.tool.ToolResult.AttachmentKind;
import dev.agentws.tools.Calls;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.DeflaterOutputStream;
import org.apache.pdfbox.Loader;
import org.apache.pdfbox.cos.COSStream;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.PDPage;
import org.apache.pdfbox.pdmodel.PDPageContentStream;
import org.apache.pdfbox.pdmodel.common.PDRectangle;
import org.apache.pdfbox.pdmodel.encryption.AccessPermission;
import org.apache.pdfbox.pdmodel.encryption.StandardProtectionPolicy;
import org.apache.pdfbox.pdmodel.font.PDType1Font;
import org.apache.pdfbox.pdmodel.font.Standard14Fonts.FontName;
import org.apache.pdfbox.pdmodel.interactive.annotation.PDAnnotationLink;
import org.apache.pdfbox.pdmodel.interactive.documentnavigation.destination.PDPageFitDestination;
import org.apache.pdfbox.text.PDFTextStripper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReadPdfTest {
    private Calls calls;

    @BeforeEach
    void open(@TempDir Path directory) {
        calls = Calls.in(directory);
    }

    @AfterEach
    void close() {
        calls.close();
    }

    @Test
    void aShortDocumentIsShownWhole() throws Exception {
        byte[] bytes = pdf(10, 0);
        calls.write("a.pdf", bytes);
        ToolResult result = calls.call("Read", "file_path", "a.pdf");
        assertThat(result.text()).isEqualTo("PDF file " + calls.directory + "/a.pdf, 10 pages.");
        assertThat(document(result).data()).isEqualTo(bytes);
        assertThat(document(result).mediaType()).isEqualTo("application/pdf");
    }

    @Test
    void aLongDocumentIsShownByPages() throws Exception {
        calls.write("a.PDF", pdf(25, 0));
        assertThat(calls.fails("Read", "file_path", "a.PDF")).contains("has 25 pages", "give it, for example \"1-5\"");
        ToolResult result = calls.call("Read", "file_path", "a.PDF", "pages", "4-6");
        assertThat(result.text()).isEqualTo("Pages 4-6 of 25 of " + calls.directory + "/a.PDF.");
        assertThat(text(document(result).data())).containsSubsequence("page 4", "page 5", "page 6");
        assertThat(text(document(result).data())).doesNotContain("page 3", "page 7");
        assertThat(calls.ok("Read", "file_path", "a.PDF", "pages", "24-30")).startsWith("Pages 24-25 of 25");
        assertThat(calls.ok("Read", "file_path", "a.PDF", "pages", " 7 ")).startsWith("Page 7 of 25");
        assertThat(calls.fails("Read", "file_path", "a.PDF", "pages", "26")).contains("which has 25");
    }

    @Test
    void pagesComeWithoutTheWeightOfOthers() throws Exception {
        calls.write("a.pdf", pdf(12, 100_000));
        Attachment page = document(calls.call("Read", "file_path", "a.pdf", "pages", "1"));
        assertThat(page.data().length).isBetween(100_000, 150_000);
        try (PDDocument shown = Loader.loadPDF(page.data())) {
            assertThat(shown.getNumberOfPages()).isEqualTo(1);
            assertThat(shown.getPage(0).getMediaBox().getWidth()).isEqualTo(300);
        }
    }

    @Test
    void aDocumentOfFiftyMegabytesIsNotLoadedForAPage() throws Exception {
        calls.write("large.pdf", pdf(55, 1_000_000));
        assertThat(document(calls.call("Read", "file_path", "large.pdf", "pages", "50-52"))
                        .data()
                        .length)
                .isBetween(3_000_000, 3_200_000);
        assertThat(calls.fails("Read", "file_path", "large.pdf", "pages", "1-20"))
                .contains("come to more than 16777216 bytes");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "1-21", "5-3", "a", "1-", "-3", "1,2", "99999999999"})
    void impossiblePagesAreRefused(String pages) throws Exception {
        assertThat(calls.fails("Read", "file_path", "a.pdf", "pages", pages))
                .startsWith("<tool_use_error>pages: \"" + pages + "\" (expected: ");
    }

    @Test
    void anEncryptedDocumentIsRefused() throws Exception {
        for (String password : new String[] {"", "secret"}) {
            try (PDDocument document = Loader.loadPDF(pdf(1, 0))) {
                document.protect(new StandardProtectionPolicy("owner", password, new AccessPermission()));
                ByteArrayOutputStream bytes = new ByteArrayOutputStream();
                document.save(bytes);
                calls.write("a.pdf", bytes.toByteArray());
            }
            assertThat(calls.fails("Read", "file_path", "a.pdf")).contains("is encrypted");
        }
    }

    @Test
    void brokenDocumentsAreRefused() throws Exception {
        calls.write("text.pdf", "no PDF at all");
        assertThat(calls.fails("Read", "file_path", "text.pdf")).contains("does not begin like a PDF file");
        calls.write("head.pdf", "%PDF-1.7\nand then nothing");
        assertThat(calls.fails("Read", "file_path", "head.pdf")).contains("head.pdf: ");
        calls.write("empty.pdf", "");
        assertThat(calls.fails("Read", "file_path", "empty.pdf")).contains("does not begin like");
    }

    /** 200 KB that unpack to 200 MB as soon as anybody looks for a page. */
    @Test
    void aDocumentWhoseStructureUnpacksToFarTooMuchIsNotUnpacked() throws Exception {
        for (String type : new String[] {"/ObjStm", "/#4fbjStm"}) {
            calls.write("bomb.pdf", bomb(type));
            assertThat(calls.fails("Read", "file_path", "bomb.pdf"))
                    .contains("its structure unpacks to more than 33554432 bytes");
        }
    }

    private static byte[] bomb(String type) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (DeflaterOutputStream out = new DeflaterOutputStream(packed)) {
            out.write("2 0 ".getBytes(StandardCharsets.US_ASCII));
            byte[] blanks = " ".repeat(1 << 20).getBytes(StandardCharsets.US_ASCII);
            for (int i = 0; i < 200; i++) {
                out.write(blanks);
            }
        }
        ByteArrayOutputStream pdf = new ByteArrayOutputStream();
        pdf.writeBytes("%PDF-1.5\n".getBytes(StandardCharsets.US_ASCII));
        int catalog = pdf.size();
        pdf.writeBytes("1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n".getBytes(StandardCharsets.US_ASCII));
        int objects = pdf.size();
        stream(pdf, "3 0 obj<</Type" + type + "/N 1/First 4/Filter/FlateDecode", packed.toByteArray());
        int table = pdf.size();
        ByteBuffer entries = ByteBuffer.allocate(24);
        entry(entries, 0, 0);
        entry(entries, 1, catalog);
        entry(entries, 2, 3);
        entry(entries, 1, objects);
        stream(pdf, "4 0 obj<</Type/XRef/Size 4/W[1 4 1]/Root 1 0 R", entries.array());
        pdf.writeBytes(("startxref\n" + table + "\n%%EOF\n").getBytes(StandardCharsets.US_ASCII));
        return pdf.toByteArray();
    }

    private static void entry(ByteBuffer entries, int kind, int value) {
        entries.put((byte) kind).putInt(value).put((byte) 0);
    }

    private static void stream(ByteArrayOutputStream pdf, String head, byte[] content) {
        pdf.writeBytes((head + "/Length " + content.length + ">>stream\n").getBytes(StandardCharsets.US_ASCII));
        pdf.writeBytes(content);
        pdf.writeBytes("\nendstream endobj\n".getBytes(StandardCharsets.US_ASCII));
    }

    @Test
    void aDocumentWithoutATableOfItsObjectsIsMended() throws Exception {
        calls.write("a.pdf", """
                %PDF-1.4
                1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
                2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
                3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj
                trailer<</Root 1 0 R>>
                %%EOF
                """);
        assertThat(calls.ok("Read", "file_path", "a.pdf")).endsWith("1 page.");
    }

    @Test
    void damagedBytesNeverDoMoreThanFail() throws Exception {
        byte[] good = pdf(3, 500);
        Random random = new Random(5);
        for (int i = 0; i < 150; i++) {
            byte[] bad = i % 3 == 0 ? Arrays.copyOf(good, random.nextInt(good.length)) : good.clone();
            for (int j = 0; j < 10 && bad.length > 0; j++) {
                bad[random.nextInt(bad.length)] = (byte) random.nextInt();
            }
            calls.write("bad.pdf", bad);
            assertThat(calls.call("Read", "file_path", "bad.pdf", "pages", "1-2")
                            .text())
                    .isNotEmpty();
        }
    }

    private static Attachment document(ToolResult result) {
        assertThat(result.isError()).as(result.text()).isFalse();
        assertThat(result.attachments()).hasSize(1);
        assertThat(result.attachments().get(0).kind()).isEqualTo(AttachmentKind.DOCUMENT);
        return result.attachments().get(0);
    }

    private static String text(byte[] pdf) throws IOException {
        try (PDDocument document = Loader.loadPDF(pdf)) {
            return new PDFTextStripper().getText(document);
        }
    }

    /** @param weight incompressible bytes that each page carries; each page links to the next one */
    private static byte[] pdf(int pages, int weight) throws IOException {
        Random random = new Random(7);
        try (PDDocument document = new PDDocument()) {
            for (int number = 1; number <= pages; number++) {
                document.addPage(new PDPage(new PDRectangle(300, 200)));
            }
            for (int number = 1; number <= pages; number++) {
                PDPage page = document.getPage(number - 1);
                try (PDPageContentStream content = new PDPageContentStream(document, page)) {
                    content.beginText();
                    content.setFont(new PDType1Font(FontName.HELVETICA), 12);
                    content.newLineAtOffset(20, 100);
                    content.showText("page " + number);
                    content.endText();
                }
                page.getResources().getCOSObject().setItem("Weight", weight(document, random, weight));
                PDPageFitDestination next = new PDPageFitDestination();
                next.setPage(document.getPage(number % pages));
                PDAnnotationLink link = new PDAnnotationLink();
                link.setDestination(next);
                link.setRectangle(new PDRectangle(1, 1, 20, 20));
                page.getAnnotations().add(link);
            }
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            document.save(bytes);
            return bytes.toByteArray();
        }
    }

    private static COSStream weight(PDDocument document, Random random, int size) throws IOException {
        byte[] bytes = new byte[size];
        random.nextBytes(bytes);
        COSStream stream = document.getDocument().createCOSStream();
        try (var out = stream.createRawOutputStream()) {
            out.write(bytes);
        }
        return stream;
    }
}
