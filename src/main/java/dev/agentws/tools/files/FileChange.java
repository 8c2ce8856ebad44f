package dev.agentws.tools.files;

import dev.agentws.tools.call.Shown;
import dev.agentws.tools.call.ToolFailure;
import dev.agentws.tools.files.Workspace.Place;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/** What Write and Edit share: the rules about a file before it is changed. */
final class FileChange {
    static final String UNREAD = "File has not been read yet. Read it first before writing to it.";

    private FileChange() {}

    /** Finds the file that is to be changed or made. What the system takes for a directory by its spelling names none. */
    static Place locate(Workspace workspace, String path) throws IOException, ToolFailure {
        if (path.endsWith("/") || path.endsWith("/.")) {
            throw new ToolFailure("file_path: " + Shown.line(path, 200)
                    + " (expected: the name of a file, without / or /. at its end)");
        }
        return workspace.locate("file_path", path);
    }

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
}
