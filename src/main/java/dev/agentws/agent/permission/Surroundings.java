package dev.agentws.agent.permission;

import dev.agentws.agent.tool.Access.Spot;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where a session works, as its rules see it. Immutable.
 *
 * @param directory the working directory: absolute, links resolved
 * @param moreDirectories further ones whose files count as inside
 * @param home of the user the server runs as, or null when rules must not speak of it
 */
public record Surroundings(
        Path directory,
        List<Path> moreDirectories,
        @Nullable Path home) {
    public Surroundings {
        moreDirectories = List.copyOf(moreDirectories);
    }

    boolean contains(Path real) {
        return real.startsWith(directory) || moreDirectories.stream().anyMatch(real::startsWith);
    }

    /** Finds a file as the kernel would, links before {@code ..}; null when nobody can say where it is. Touches the disk. */
    @Nullable
    Spot spot(Path base, String text) {
        try {
            Path path = base.resolve(text);
            Path real = real(path);
            return real == null ? null : new Spot(path.normalize(), real, contains(real));
        } catch (IOException | InvalidPathException e) {
            return null;
        }
    }

    private static @Nullable Path real(Path absolute) throws IOException {
        Path existing = absolute;
        while (true) {
            try {
                Path real = existing.toRealPath();
                Path rest = existing.relativize(absolute);
                return existing.equals(absolute) ? real : real.resolve(rest);
            } catch (NoSuchFileException absent) {
                Path parent = existing.getParent();
                Path name = existing.getFileName();
                boolean link = java.nio.file.Files.isSymbolicLink(existing);
                if (parent == null || name == null || link || name.toString().equals("..")) {
                    return null;
                }
                existing = parent;
            }
        }
    }
}
