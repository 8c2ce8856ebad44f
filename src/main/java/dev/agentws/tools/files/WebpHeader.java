package dev.agentws.tools.files;

import java.awt.Dimension;
import org.jspecify.annotations.Nullable;

/** The size of a WebP picture, which the JDK cannot decode. */
final class WebpHeader {
    private static final int LEAST_BYTES = 30;

    private static final int CHUNK = 12;

    /** Where the chunk's content begins. */
    private static final int CONTENT = 20;

    private WebpHeader() {}

    static boolean isWebp(byte[] bytes) {
        return ImageType.has(bytes, 8, "WEBP");
    }

    /** The size, or null when the file is cut short or says none. */
    static @Nullable Dimension size(byte[] bytes) {
        if (bytes.length < LEAST_BYTES || little(bytes, 4, 4) + 8 > bytes.length) {
            return null;
        }
        if (ImageType.has(bytes, CHUNK, "VP8X")) {
            return new Dimension((int) little(bytes, CONTENT + 4, 3) + 1, (int) little(bytes, CONTENT + 7, 3) + 1);
        }
        if (ImageType.has(bytes, CHUNK, "VP8L")) {
            long bits = little(bytes, CONTENT + 1, 4);
            return new Dimension((int) (bits & 0x3fff) + 1, (int) (bits >> 14 & 0x3fff) + 1);
        }
        if (ImageType.has(bytes, CHUNK, "VP8 ")) {
            return new Dimension(
                    (int) little(bytes, CONTENT + 6, 2) & 0x3fff, (int) little(bytes, CONTENT + 8, 2) & 0x3fff);
        }
        return null;
    }

    private static long little(byte[] bytes, int at, int count) {
        long value = 0;
        for (int i = count - 1; i >= 0; i--) {
            value = value << 8 | (bytes[at + i] & 0xff);
        }
        return value;
    }
}
