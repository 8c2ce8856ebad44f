package dev.agentws.tools.files;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentws.agent.tool.ToolResult;
import dev.agentws.agent.tool.ToolResult.Attachment;
import dev.agentws.agent.tool.ToolResult.AttachmentKind;
import dev.agentws.tools.Calls;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReadPictureTest {
    private Calls calls;

    @BeforeEach
    void open(@TempDir Path directory) {
        calls = Calls.in(directory);
    }

    @AfterEach
    void close() {
        calls.close();
    }

    @ParameterizedTest
    @CsvSource({
        "a.png,png,image/png,PNG",
        "b.JPG,jpeg,image/jpeg,JPEG",
        "c.jpeg,jpeg,image/jpeg,JPEG",
        "d.gif,gif,image/gif,GIF"
    })
    void aPictureWithinTheLimitsIsShownAsItIs(String name, String format, String mediaType, String words)
            throws Exception {
        byte[] bytes = encoded(image(40, 30), format);
        calls.write(name, bytes);
        ToolResult result = calls.call("Read", "file_path", name);
        assertThat(result.text())
                .isEqualTo("Picture " + calls.directory + "/" + name + ": " + words + ", 40 x 30 pixels, "
                        + bytes.length + " bytes.");
        assertThat(picture(result).mediaType()).isEqualTo(mediaType);
        assertThat(picture(result).data()).isEqualTo(bytes);
    }

    @Test
    void aPictureIsTakenForWhatItIsAndNotForItsName() throws Exception {
        calls.write("really.png", encoded(image(4, 3), "jpeg"));
        assertThat(picture(calls.call("Read", "file_path", "really.png")).mediaType())
                .isEqualTo("image/jpeg");
        calls.write("text.png", "just text");
        assertThat(calls.fails("Read", "file_path", "text.png"))
                .contains("does not begin like a PNG, JPEG, GIF or WebP");
        calls.write("empty.gif", "");
        assertThat(calls.fails("Read", "file_path", "empty.gif")).contains("does not begin like");
    }

    @Test
    void aPictureOverTheLimitsIsScaledDown() throws Exception {
        calls.write("wide.png", encoded(image(9_000, 500), "png"));
        ToolResult result = calls.call("Read", "file_path", "wide.png");
        assertThat(result.text()).contains("9000 x 500 pixels", "shown scaled down to 2000 x 111.");
        BufferedImage shown =
                ImageIO.read(new ByteArrayInputStream(picture(result).data()));
        assertThat(shown.getWidth()).isEqualTo(2_000);
    }

    @Test
    void aPictureOfTooManyBytesBecomesASmallerJpeg() throws Exception {
        BufferedImage noise = image(1_500, 1_500);
        Random random = new Random(1);
        for (int y = 0; y < 1_500; y++) {
            for (int x = 0; x < 1_500; x++) {
                noise.setRGB(x, y, random.nextInt());
            }
        }
        byte[] bytes = encoded(noise, "png");
        assertThat(bytes.length).isGreaterThan(ImageView.MAX_BYTES);
        calls.write("noise.png", bytes);
        Attachment shown = picture(calls.call("Read", "file_path", "noise.png"));
        assertThat(shown.mediaType()).isEqualTo("image/jpeg");
        assertThat(shown.data().length).isLessThanOrEqualTo(ImageView.MAX_BYTES);
    }

    @Test
    void whatIsSeeThroughStaysSoWhenScaledDown() throws Exception {
        calls.write("clear.png", encoded(new BufferedImage(3_000, 10, BufferedImage.TYPE_INT_ARGB), "png"));
        Attachment shown = picture(calls.call("Read", "file_path", "clear.png"));
        assertThat(shown.mediaType()).isEqualTo("image/png");
        assertThat(ImageIO.read(new ByteArrayInputStream(shown.data())).getRGB(5, 5))
                .isZero();
    }

    @Test
    void brokenPicturesAreRefusedBeforeTheApiRefusesTheWholeTurn() throws Exception {
        byte[] png = encoded(image(200, 200), "png");
        calls.write("cut.png", Arrays.copyOf(png, png.length / 2));
        assertThat(calls.fails("Read", "file_path", "cut.png")).contains("is a broken PNG file");
        calls.write("head.jpg", new byte[] {(byte) 0xff, (byte) 0xd8, (byte) 0xff, (byte) 0xe0, 0, 0});
        assertThat(calls.fails("Read", "file_path", "head.jpg")).contains("is a broken JPEG file");
        calls.write("head.gif", "GIF89a");
        assertThat(calls.fails("Read", "file_path", "head.gif")).contains("is a broken GIF file");
        calls.write("head.webp", "RIFF....WEBPVP8 ");
        assertThat(calls.fails("Read", "file_path", "head.webp")).contains("is a broken WebP file");
    }

    @Test
    void damagedBytesNeverDoMoreThanFail() throws Exception {
        Random random = new Random(99);
        for (String format : new String[] {"png", "jpeg", "gif"}) {
            byte[] good = encoded(image(64, 64), format);
            for (int i = 0; i < 60; i++) {
                byte[] bad = good.clone();
                for (int j = 0; j < 8; j++) {
                    bad[8 + random.nextInt(bad.length - 8)] = (byte) random.nextInt();
                }
                calls.write("bad." + format, bad);
                assertThat(calls.call("Read", "file_path", "bad." + format).text())
                        .isNotEmpty();
            }
        }
    }

    @Test
    @Timeout(20)
    void aPictureThatClaimsToBeHugeIsNotDecoded() throws Exception {
        byte[] png = encoded(image(4, 4), "png");
        ByteBuffer head = ByteBuffer.wrap(png);
        head.putInt(16, 60_000).putInt(20, 60_000);
        CRC32 crc = new CRC32();
        crc.update(png, 12, 17);
        head.putInt(29, (int) crc.getValue());
        calls.write("bomb.png", png);
        assertThat(calls.fails("Read", "file_path", "bomb.png")).contains("60000 x 60000", "at most 50000000 pixels");
        calls.write("fat.png", new byte[33 << 20]);
        assertThat(calls.fails("Read", "file_path", "fat.png")).contains("a picture of at most 33554432 bytes");
    }

    @Test
    void aWebpPictureGoesThroughWithinTheLimits() throws Exception {
        calls.write("x.webp", webp("VP8X", 640, 480));
        assertThat(calls.call("Read", "file_path", "x.webp").text()).contains("WebP, 640 x 480 pixels");
        assertThat(picture(calls.call("Read", "file_path", "x.webp")).mediaType())
                .isEqualTo("image/webp");
        calls.write("l.webp", webp("VP8L", 30, 20));
        assertThat(calls.ok("Read", "file_path", "l.webp")).contains("30 x 20");
        calls.write("v.webp", webp("VP8 ", 31, 21));
        assertThat(calls.ok("Read", "file_path", "v.webp")).contains("31 x 21");
        calls.write("large.webp", webp("VP8X", 8_001, 1));
        assertThat(calls.fails("Read", "file_path", "large.webp")).contains("WebP cannot be scaled down here");
    }

    @Test
    void rangesOfLinesAreNotForPictures() throws Exception {
        assertThat(calls.fails("Read", "file_path", "a.png", "limit", 5)).contains("for text files and notebooks only");
        assertThat(calls.fails("Read", "file_path", "a.png", "pages", "1")).contains("for PDF files only");
    }

    private static Attachment picture(ToolResult result) {
        assertThat(result.isError()).as(result.text()).isFalse();
        assertThat(result.attachments()).hasSize(1);
        assertThat(result.attachments().get(0).kind()).isEqualTo(AttachmentKind.IMAGE);
        return result.attachments().get(0);
    }

    private static BufferedImage image(int width, int height) {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < Math.min(width, height); i++) {
            image.setRGB(i, i, 0xff8800 + i);
        }
        return image;
    }

    static byte[] encoded(BufferedImage image, String format) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        assertThat(ImageIO.write(image, format, bytes)).isTrue();
        return bytes.toByteArray();
    }

    /** Just the header: nobody here decodes more of it. */
    private static byte[] webp(String chunk, int width, int height) {
        ByteBuffer bytes = ByteBuffer.allocate(40).order(ByteOrder.LITTLE_ENDIAN);
        bytes.put("RIFF".getBytes(StandardCharsets.US_ASCII)).putInt(32);
        bytes.put(("WEBP" + chunk).getBytes(StandardCharsets.US_ASCII)).putInt(20);
        switch (chunk) {
            case "VP8X" ->
                bytes.putInt(0).putInt((width - 1) | (height - 1) << 24).putInt((height - 1) >> 8);
            case "VP8L" -> bytes.put((byte) 0x2f).putInt((width - 1) | (height - 1) << 14);
            default ->
                bytes.putInt(0).putShort((short) 0).putShort((short) width).putShort((short) height);
        }
        return bytes.array();
    }
}
