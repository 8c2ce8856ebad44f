package dev.agentws.tools;

import dev.agentws.tools.Workspace.Place;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/** What Write and Edit share: the rules about a file before it is changed. */
final class FileChange {
    static final String UNREAD = "File has not been read yet. Read it first before writing to it.";

    private FileChange() {}

    /** The attributes of the regular file, or null when there is none yet. */
    static @Nullable BasicFileAttributes target(Workspace workspace, Place place) throws IOException, ToolFailure {
        Path parent = place.real().getParent();
        if (parent == null || !Files.exists(parent)) {
            return null;
        }
        try (Folder folder = workspace.openParent(place)) {
            return requireFile(place, folder.attributesIfPresent(place.name()));
        }
    }

    static @Nullable BasicFileAttributes requireFile(Place place, @Nullable BasicFileAttributes attributes)
            throws ToolFailure {
        if (attributes != null && !attributes.isRegularFile()) {
            String kind = attributes.isDirectory() ? "a directory" : "a device, pipe, socket or link";
            throw new ToolFailure(place.shown() + ": is " + kind + " (expected: a regular file, or nothing yet)");
        }
        return attributes;
    }

    static byte[] encode(String name, String text) throws ToolFailure {
        try {
            ByteBuffer bytes = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
            byte[] content = new byte[bytes.remaining()];
            bytes.get(content);
            return content;
        } catch (CharacterCodingException failure) {
            throw new ToolFailure(
                    name + ": holds half of a surrogate pair (expected: text that can be written as UTF-8)");
        }
    }
}
