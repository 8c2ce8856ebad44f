package dev.agentws.journal.files;

import dev.agentws.journal.End;
import dev.agentws.journal.Listing;
import dev.agentws.journal.Shelf;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The directories of the sessions: {@code sessions/NAME} and {@code archived/NAME}. One that is being made or removed has a name with a
 * dot in front, so that a session is there as a whole or not at all.
 */
final class SessionFolders {
    private static final Logger LOG = LoggerFactory.getLogger(SessionFolders.class);
    private static final String SUMMARY = "summary.json";
    private static final String ID = "id";
    private static final String ARCHIVED = "archived";
    private static final Pattern CURSOR = Pattern.compile("(\\d{1,18})\\.(.+)");

    private final Disk disk;
    private final Path current;
    private final Path archive;

    SessionFolders(Disk disk, Path directory) {
        this.disk = disk;
        current = directory.resolve("sessions");
        archive = directory.resolve(ARCHIVED);
    }

    /** Makes what is missing and removes what a crash left half made or half removed. */
    void prepare() throws IOException {
        for (Path shelf : List.of(current, archive)) {
            disk.createDirectories(shelf);
            for (Path folder : children(shelf)) {
                if (folder.getFileName().toString().startsWith(".")) {
                    remove(folder);
                }
            }
            disk.syncDirectory(shelf.resolveSibling(""));
        }
    }

    Path folder(String sessionId) {
        return current.resolve(SessionNames.encode(sessionId));
    }

    /** Where the directory of a session goes when it is put away. */
    static Path archived(Path folder) {
        Path shelf = Objects.requireNonNull(folder.getParent(), "the shelf of a session");
        return shelf.resolveSibling(ARCHIVED).resolve(folder.getFileName());
    }

    boolean exists(String sessionId) {
        return locate(sessionId) != null;
    }

    /** The session's directory, taken out of the archive if it lies there. */
    Path find(String sessionId) throws IOException {
        Path folder = folder(sessionId);
        Path archived = archived(folder);
        if (!Files.exists(folder) && Files.exists(archived)) {
            disk.move(archived, folder);
            disk.syncDirectory(current);
            disk.syncDirectory(archive);
        }
        if (!Files.isDirectory(folder)) {
            throw new NoSuchFileException(folder.toString());
        }
        return folder;
    }

    /** Where the session lies, archived or not; null when there is none. */
    @Nullable
    Path locate(String sessionId) {
        Path folder = folder(sessionId);
        Path archived = archived(folder);
        return Files.exists(folder) ? folder : Files.exists(archived) ? archived : null;
    }

    /** Where a new session is made before {@link #publish}. */
    Path begin(String sessionId) throws IOException {
        Path folder = hidden("new", folder(sessionId));
        if (Files.exists(folder)) {
            remove(folder);
        }
        disk.createDirectories(folder);
        if (SessionNames.decode(folder(sessionId).getFileName().toString()) == null) {
            try (Disk.Output id = disk.create(folder.resolve(ID))) {
                id.write(ByteBuffer.wrap(sessionId.getBytes(StandardCharsets.UTF_8)));
                id.force();
            }
        }
        return folder;
    }

    /** From here on the session exists. */
    void publish(String sessionId) throws IOException {
        Path folder = folder(sessionId);
        disk.move(hidden("new", folder), folder);
    }

    void discard(String sessionId) throws IOException {
        Path folder = hidden("new", folder(sessionId));
        if (Files.exists(folder)) {
            remove(folder);
        }
    }

    /** The directory of all current sessions, to be synced after {@link #publish}. */
    Path shelf() {
        return current;
    }

    void end(String sessionId, End how) throws IOException {
        Path folder = folder(sessionId);
        if (how == End.ARCHIVE) {
            disk.move(folder, archived(folder));
            disk.syncDirectory(current);
            disk.syncDirectory(archive);
        } else {
            delete(folder);
        }
    }

    private void delete(Path folder) throws IOException {
        Path gone = hidden("gone", folder);
        if (Files.exists(gone)) {
            // An earlier one of that name.
            remove(gone);
        }
        disk.move(folder, gone);
        disk.syncDirectory(current);
        try {
            remove(gone);
        } catch (IOException e) {
            LOG.warn("{}: what was deleted stays there until the next start", gone, e);
        }
    }

    /** @param force whether a power cut may not leave an empty one; readers take an empty one for none */
    void storeSummary(String sessionId, byte[] summary, boolean force) throws IOException {
        Path folder = folder(sessionId);
        Path fresh = folder.resolve(SUMMARY + ".new");
        disk.delete(fresh);
        try (Disk.Output output = disk.create(fresh)) {
            output.write(ByteBuffer.wrap(summary));
            if (force) {
                output.force();
            }
        }
        disk.move(fresh, folder.resolve(SUMMARY));
    }

    Listing list(Shelf shelf, @Nullable String cursor, int limit) throws IOException {
        Position after = cursor == null ? new Position(Long.MAX_VALUE, "") : position(cursor);
        List<Position> found = new ArrayList<>();
        for (Path folder : children(shelf == Shelf.CURRENT ? current : archive)) {
            String name = folder.getFileName().toString();
            Position position = name.startsWith(".") ? null : stat(folder, name);
            if (position != null && Position.ORDER.compare(position, after) > 0) {
                found.add(position);
            }
        }
        found.sort(Position.ORDER);
        List<Position> page = found.subList(0, Math.min(limit, found.size()));
        List<Listing.Item> items = new ArrayList<>(page.size());
        for (Position position : page) {
            Listing.Item item = item((shelf == Shelf.CURRENT ? current : archive).resolve(position.name), position);
            if (item != null) {
                items.add(item);
            }
        }
        String next =
                page.size() == found.size() ? null : page.get(page.size() - 1).cursor();
        return new Listing(items, next);
    }

    private static Position position(String cursor) {
        Matcher matcher = CURSOR.matcher(cursor);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("cursor: " + cursor + " (expected: the next of a listing)");
        }
        return new Position(Long.parseLong(matcher.group(1)), matcher.group(2));
    }

    /** Null when the session went away since the directory was read. */
    private static @Nullable Position stat(Path folder, String name) throws IOException {
        try {
            return new Position(Files.getLastModifiedTime(folder).toMillis(), name);
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    private static Listing.@Nullable Item item(Path folder, Position position) throws IOException {
        try {
            String id = SessionNames.decode(position.name);
            String sessionId = id != null ? id : Files.readString(folder.resolve(ID));
            Path summary = folder.resolve(SUMMARY);
            return new Listing.Item(sessionId, position.millis, bytes(summary));
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    private static byte[] bytes(Path summary) throws IOException {
        try {
            return Files.readAllBytes(summary);
        } catch (NoSuchFileException e) {
            return new byte[0];
        }
    }

    private static Path hidden(String mark, Path folder) {
        return folder.resolveSibling("." + mark + "-" + folder.getFileName());
    }

    private void remove(Path folder) throws IOException {
        for (Path file : children(folder)) {
            disk.delete(file);
        }
        disk.delete(folder);
    }

    private static List<Path> children(Path folder) throws IOException {
        List<Path> children = new ArrayList<>();
        try (DirectoryStream<Path> found = Files.newDirectoryStream(folder)) {
            found.forEach(children::add);
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return children;
    }

    /** Where a session stands in a listing. */
    private record Position(long millis, String name) {
        static final Comparator<Position> ORDER =
                Comparator.comparingLong(Position::millis).reversed().thenComparing(Position::name);

        String cursor() {
            return millis + "." + name;
        }
    }
}
