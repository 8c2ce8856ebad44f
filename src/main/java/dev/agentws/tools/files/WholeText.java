package dev.agentws.tools.files;

import dev.agentws.tools.call.ToolFailure;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A file loaded as a whole, for tools that change a part of it. */
final class WholeText {
    /** A change holds the file in memory several times over. */
    static final long MAX_BYTES = 16L << 20;

    private WholeText() {}

    /** The bytes of an open file; fewer than {@code size} if it shrinks meanwhile, which its stamp will tell. */
    static byte[] bytes(ReadableByteChannel in, long size) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate((int) size);
        boolean more = true;
        while (more && bytes.hasRemaining()) {
            more = in.read(bytes) >= 0;
        }
        byte[] content = new byte[bytes.flip().remaining()];
        bytes.get(content);
        return content;
    }

    /** The text of a file that shall be changed, or why it cannot be. */
    static String load(Folder folder, Workspace.Place place, long size) throws IOException, ToolFailure {
        Path shown = place.shown();
        if (size > MAX_BYTES) {
            throw new ToolFailure(
                    shown + ": " + size + " bytes (expected: at most " + MAX_BYTES + " bytes for an edit)");
        }
        String text;
        try (ReadableByteChannel in = folder.read(place.name())) {
            text = decode(bytes(in, size));
        }
        if (text == null) {
            throw new ToolFailure(
                    shown + ": is not valid UTF-8, so an edit would damage it (expected: a text file in UTF-8)");
        }
        if (text.indexOf('\0') >= 0) {
            throw new ToolFailure(shown + ": is a binary file, it holds NUL bytes (expected: a text file in UTF-8)");
        }
        return text;
    }

    /** The text, or null when the bytes are no UTF-8. */
    static @Nullable String decode(byte[] bytes) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException notUtf8) {
            return null;
        }
    }
}
