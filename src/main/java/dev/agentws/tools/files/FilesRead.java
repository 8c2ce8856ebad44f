package dev.agentws.tools.files;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which files the model has seen, and in which state they were then: it may only change what it knows. Thread-safe, because reads
 * run side by side.
 */
public final class FilesRead {
    /** Forgetting the file that was used longest ago costs the model one more Read, and bounds the memory of a session. */
    private static final int MAX_FILES = 5_000;

    /**
     * @param seenThrough the model has seen all lines from 1 to this one
     * @param whole it has seen the last line too
     */
    record Seen(FileStamp stamp, long seenThrough, boolean whole) {}

    private final Map<Path, Seen> files = new LinkedHashMap<>(16, 0.75f, true);

    synchronized @Nullable Seen get(Path file) {
        return files.get(file);
    }

    /** Notes that lines {@code first} to {@code last} were shown. Pages that follow one another add up to the whole file. */
    synchronized void shown(Path file, FileStamp stamp, long first, long last, boolean reachesEnd) {
        Seen before = files.get(file);
        long through = before != null && before.stamp().equals(stamp) ? before.seenThrough() : 0;
        boolean wasWhole = before != null && before.stamp().equals(stamp) && before.whole();
        boolean joins = first <= through + 1;
        put(file, new Seen(stamp, joins ? Math.max(through, last) : through, wasWhole || (joins && reachesEnd)));
    }

    /** Notes that the model wrote the file, so that it knows all of it. */
    synchronized void written(Path file, FileStamp stamp) {
        put(file, new Seen(stamp, Long.MAX_VALUE - 1, true));
    }

    /** Notes that the model changed a part: it knows as much as before. */
    synchronized void edited(Path file, FileStamp stamp, boolean othersChangedIt) {
        Seen before = files.get(file);
        boolean whole = before != null && before.whole() && !othersChangedIt;
        put(file, new Seen(stamp, whole ? Long.MAX_VALUE - 1 : 0, whole));
    }

    private void put(Path file, Seen seen) {
        files.put(file, seen);
        if (files.size() > MAX_FILES) {
            files.remove(files.keySet().iterator().next());
        }
    }
}
