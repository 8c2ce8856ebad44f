package dev.agentws.tools.files;

import dev.agentws.agent.tool.ToolResult;
import dev.agentws.agent.tool.ToolResult.Attachment;
import dev.agentws.agent.tool.ToolResult.AttachmentKind;
import dev.agentws.tools.call.ToolFailure;
import java.awt.Dimension;
import java.io.IOException;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A picture for the model: as it is when the API takes it, else scaled down. */
final class ImageView {
    /** 5 MB in Base64 is what the API takes. */
    static final int MAX_BYTES = 5_000_000 / 4 * 3;

    /** What the API takes at most, for pictures nobody here can scale. */
    private static final int MAX_SIDE = 8_000;

    /** From about 20 pictures in one request on the API takes no more than this; models look at less anyway. */
    static final int GOOD_SIDE = 2_000;

    private static final long MAX_FILE_BYTES = 32L << 20;

    private ImageView() {}

    static ToolResult show(Path shown, ReadableByteChannel file, long size) throws ToolFailure, IOException {
        if (size > MAX_FILE_BYTES) {
            throw new ToolFailure(
                    shown + ": " + size + " bytes (expected: a picture of at most " + MAX_FILE_BYTES + " bytes)");
        }
        byte[] bytes = WholeText.bytes(file, size);
        ImageType type = ImageType.of(bytes);
        if (type == null) {
            throw new ToolFailure(
                    shown + ": does not begin like a PNG, JPEG, GIF or WebP picture (expected: what its name says)");
        }
        return type == ImageType.WEBP ? webp(shown, bytes) : decoded(shown, bytes, type);
    }

    /** The kind of a picture that the API takes as it is, else null. */
    static @Nullable ImageType passable(byte[] bytes) {
        ImageType type = ImageType.of(bytes);
        if (type == null || type == ImageType.WEBP || bytes.length > MAX_BYTES) {
            return null;
        }
        try (Picture picture = Picture.open(bytes, type)) {
            Dimension size = picture.size();
            if (Math.max(size.width, size.height) > GOOD_SIDE) {
                return null;
            }
            picture.check();
            return type;
        } catch (IOException | RuntimeException broken) {
            return null;
        }
    }

    private static ToolResult webp(Path shown, byte[] bytes) throws ToolFailure {
        Dimension size = WebpHeader.size(bytes);
        if (size == null) {
            throw broken(shown, ImageType.WEBP, "its header");
        }
        if (bytes.length > MAX_BYTES || Math.max(size.width, size.height) > MAX_SIDE) {
            throw new ToolFailure(shown + ": " + words(ImageType.WEBP, size, bytes.length)
                    + " (expected: at most " + MAX_BYTES + " bytes and " + MAX_SIDE
                    + " pixels a side; WebP cannot be scaled down here, convert it to PNG or JPEG first)");
        }
        return result(shown + ": " + words(ImageType.WEBP, size, bytes.length), ImageType.WEBP, bytes);
    }

    private static ToolResult decoded(Path shown, byte[] bytes, ImageType type) throws ToolFailure {
        try (Picture picture = Picture.open(bytes, type)) {
            Dimension size = picture.size();
            String words = shown + ": " + words(type, size, bytes.length);
            if (!picture.decodable()) {
                throw new ToolFailure(words + " (expected: at most " + Picture.MAX_PIXELS + " pixels)");
            }
            Picture.Encoded smaller =
                    bytes.length > MAX_BYTES || Math.max(size.width, size.height) > GOOD_SIDE ? picture.scaled() : null;
            if (smaller == null) {
                picture.check();
                return result(words, type, bytes);
            }
            if (smaller.bytes().length > MAX_BYTES) {
                throw new ToolFailure(
                        words + ": is too large even when scaled down (expected: at most " + MAX_BYTES + " bytes)");
            }
            return result(
                    words + ", shown scaled down to " + smaller.width() + " x " + smaller.height(),
                    smaller.type(),
                    smaller.bytes());
        } catch (IOException | RuntimeException failure) {
            // The JDK's decoders throw all sorts of runtime exceptions at broken files.
            throw broken(shown, type, failure.getMessage() == null ? "its content" : failure.getMessage());
        }
    }

    private static ToolResult result(String words, ImageType type, byte[] bytes) {
        return ToolResult.of("Picture " + words + ".")
                .with(new Attachment(AttachmentKind.IMAGE, type.mediaType(), bytes));
    }

    private static String words(ImageType type, Dimension size, int bytes) {
        return type.words() + ", " + size.width + " x " + size.height + " pixels, " + bytes + " bytes";
    }

    private static ToolFailure broken(Path shown, ImageType type, String reason) {
        return new ToolFailure(shown + ": is a broken " + type.words() + " file, it cannot be shown (" + reason + ")");
    }
}
