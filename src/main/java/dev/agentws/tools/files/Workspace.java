package dev.agentws.tools.files;

import dev.agentws.agent.tool.Access;
import dev.agentws.tools.call.Shown;
import dev.agentws.tools.call.ToolFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The fence around a session's working directory and its other directories. It finds out where a path really leads, so that the
 * permission rules judge that, and opens it step by step without following links, so that nothing else is touched than what was
 * judged. Immutable; its methods touch the disk.
 */
public final class Workspace {
    /** Longer ones no system can open, and an answer that repeats them helps nobody. */
    private static final int MAX_PATH_CHARS = 4_096;

    private final Path root;
    private final List<Path> roots;
    private final boolean useHandles;

    /** @param root absolute, links resolved */
    public Workspace(Path root) {
        this(root, List.of());
    }

    /**
     * @param root absolute, links resolved; what relative paths are taken from
     * @param more further directories whose files count as inside; absolute, links resolved
     */
    public Workspace(Path root, List<Path> more) {
        this(root, more, true);
    }

    Workspace(Path root, List<Path> more, boolean useHandles) {
        this.root = root;
        this.useHandles = useHandles;
        List<Path> all = new ArrayList<>(List.of(root));
        all.addAll(more);
        roots = List.copyOf(all);
    }

    /**
     * A path that was looked up.
     *
     * @param shown as the model knows it, absolute
     * @param real without links; what does not exist yet is appended as it was given
     * @param inside whether it is in one of the session's directories; if not, nobody opens it without permission
     */
    public record Place(Path shown, Path real, boolean inside) {
        /** What the permission rules see of it. */
        public Access.Spot spot() {
            return new Access.Spot(shown, real, inside);
        }

        public Path name() {
            return Objects.requireNonNull(real.getFileName());
        }
    }

    public Path root() {
        return root;
    }

    /** Finds what the text in a field {@code path} of the model points to, existing or not. */
    public Place locate(String text) throws ToolFailure, IOException {
        return locate(root, "path", text);
    }

    /** As {@link #locate(String)}, for a field of another name. */
    Place locate(String field, String text) throws ToolFailure, IOException {
        return locate(root, field, text);
    }

    /** As {@link #locate(String)}, with relative texts taken from {@code base}. */
    public Place locate(Path base, String text) throws ToolFailure, IOException {
        return locate(base, "path", text);
    }

    private Place locate(Path base, String field, String text) throws ToolFailure, IOException {
        Path shown = base.resolve(parse(field, text)).normalize();
        Path real = real(shown);
        Path within = base(real);
        if (KernelFiles.hold(real) && (within == null || !KernelFiles.canHold(within))) {
            throw new ToolFailure(shown + ": belongs to the system itself (expected: a file of a disk)");
        }
        return new Place(shown, real, within != null);
    }

    /**
     * Fails if a link has changed since the place was looked up, so that it leads elsewhere now than when it was permitted. What
     * changes after this is not followed either: the places are opened by their real path.
     */
    void requireUnmoved(Place place) throws ToolFailure, IOException {
        Path now = real(place.shown());
        if (!now.equals(place.real())) {
            throw new ToolFailure(place.shown() + ": leads to " + now + " now and led to " + place.real()
                    + " when the call was permitted; nothing was touched");
        }
    }

    /** The directory of the session that it is in, or null. */
    private @Nullable Path base(Path real) {
        return roots.stream().filter(real::startsWith).findFirst().orElse(null);
    }

    /** Where the files around a directory begin that count for it: a directory of the session, or outside of them itself. */
    public Path top(Path realDirectory) {
        Path base = base(realDirectory);
        return base == null ? realDirectory : base;
    }

    /** Opens a directory, step by step and without following links. */
    public Folder open(Path realDirectory) throws IOException {
        return walkTo(realDirectory, false);
    }

    /** Opens the directory a file is in. */
    public Folder openParent(Place place) throws IOException, ToolFailure {
        return walkTo(parent(place), false);
    }

    /** As {@link #openParent}, making the directories that are missing. */
    Folder makeParent(Place place) throws IOException, ToolFailure {
        return walkTo(parent(place), true);
    }

    private Path parent(Place place) throws ToolFailure {
        Path parent = place.real().getParent();
        if (place.real().equals(root)) {
            throw new ToolFailure(place.shown() + ": is the working directory itself (expected: a file)");
        }
        if (parent == null || roots.contains(place.real())) {
            throw new ToolFailure(place.shown() + ": is a directory (expected: a file)");
        }
        return parent;
    }

    /** From the session's directory on, whose own path is nobody's to change; outside from the top of the file system. */
    private Folder walkTo(Path realDirectory, boolean make) throws IOException {
        Path base = base(realDirectory);
        Path start = base == null ? Objects.requireNonNull(realDirectory.getRoot()) : base;
        Folder folder = Folder.open(start, useHandles);
        if (realDirectory.equals(start)) {
            return folder;
        }
        for (Path name : start.relativize(realDirectory)) {
            try (Folder outer = folder) {
                if (make && outer.attributesIfPresent(name) == null) {
                    outer.makeDirectory(name);
                }
                folder = outer.child(name);
            }
        }
        return folder;
    }

    private static Path parse(String field, String text) throws ToolFailure {
        if (text.isEmpty()) {
            throw new ToolFailure(field + ": \"\" (expected: a path that is not empty)");
        }
        if (text.length() > MAX_PATH_CHARS) {
            throw new ToolFailure(
                    field + ": " + Shown.line(text, 200) + " (expected: at most " + MAX_PATH_CHARS + " chars)");
        }
        if (text.indexOf('\0') >= 0) {
            throw new ToolFailure(field + ": " + Shown.line(text, 200) + " (expected: a path without NUL characters)");
        }
        try {
            return Path.of(text);
        } catch (InvalidPathException failure) {
            throw new ToolFailure(field + ": " + Shown.line(text, 200) + " (expected: a path this system can name: "
                    + failure.getReason() + ")");
        }
    }

    /** The real path of the deepest ancestor that exists, plus the rest. */
    private Path real(Path absolute) throws IOException, ToolFailure {
        Path existing = absolute;
        while (true) {
            try {
                Path real = existing.toRealPath();
                return existing.equals(absolute) ? real : real.resolve(existing.relativize(absolute));
            } catch (NoSuchFileException absent) {
                refuseDanglingLink(existing);
                Path parent = existing.getParent();
                if (parent == null) {
                    throw absent;
                }
                existing = parent;
            }
        }
    }

    private static void refuseDanglingLink(Path path) throws ToolFailure {
        if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            throw new ToolFailure(path + ": a link to something that does not exist (expected: an existing target)");
        }
    }

    /** The real path of a directory inside, or null when it is gone, no directory, not to be entered or outside. */
    public @Nullable Path realDirectoryInside(String text) {
        try {
            Path real = root.getFileSystem().getPath(text).toRealPath();
            return base(real) != null && Files.isDirectory(real) && Files.isExecutable(real) ? real : null;
        } catch (IOException | InvalidPathException gone) {
            return null;
        }
    }
}
