package dev.agentws.tools.files;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The pictures a model can look at, told apart by how their bytes begin; names lie too often. */
enum ImageType {
    PNG("image/png", "PNG", "\u0089PNG\r\n\u001a\n"),
    JPEG("image/jpeg", "JPEG", "\u00ff\u00d8\u00ff"),
    GIF("image/gif", "GIF", "GIF8"),
    WEBP("image/webp", "WebP", "RIFF");

    private final String mediaType;
    private final String words;
    private final String begin;

    ImageType(String mediaType, String words, String begin) {
        this.mediaType = mediaType;
        this.words = words;
        this.begin = begin;
    }

    String mediaType() {
        return mediaType;
    }

    String words() {
        return words;
    }

    static @Nullable ImageType of(byte[] bytes) {
        for (ImageType type : values()) {
            if (has(bytes, 0, type.begin) && (type != WEBP || WebpHeader.isWebp(bytes))) {
                return type;
            }
        }
        return null;
    }

    /** @param part one char per byte */
    static boolean has(byte[] bytes, int at, String part) {
        if (bytes.length < at + part.length()) {
            return false;
        }
        return new String(bytes, at, part.length(), StandardCharsets.ISO_8859_1).equals(part);
    }
}
