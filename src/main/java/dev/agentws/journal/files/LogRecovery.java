package dev.agentws.journal.files;

import dev.agentws.journal.End;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves what a crash left in the logs to the sessions it belongs to, each as far as it lacks it, and deletes the logs. May be cut short
 * itself: the next one does the rest. What cannot be used is kept under another name.
 */
final class LogRecovery {
    private static final Logger LOG = LoggerFactory.getLogger(LogRecovery.class);
    private static final String ENDING = ".jsonl";
    private static final Pattern NAME = Pattern.compile("\\d{12,18}\\.jsonl");

    private final Disk disk;
    private final SessionFolders folders;
    private final Mover mover;
    private final Map<String, Tail> tails = new LinkedHashMap<>();
    private final Map<String, Long> forgotten = new HashMap<>();
    private boolean whole = true;
    private long position;

    LogRecovery(Disk disk, SessionFolders folders, FileJournalConfig config) {
        this.disk = disk;
        this.folders = folders;
        // What counts is how those lived who wrote the logs, not how we will.
        boolean ahead = new AheadMark(disk).isOn(config.directory());
        mover = new Mover(disk, folders, config.segmentBytes(), ahead);
    }

    /** Blocks. @return the number of the newest log there ever was */
    long recover(Path directory) throws IOException {
        disk.createDirectories(directory);
        disk.syncDirectory(directory.resolveSibling(""));
        List<Path> files = files(directory);
        LogWalk logs = new LogWalk(files);
        Map<Path, Long> torn = logs.walk((line, file, offset, lines) -> {
            position++;
            if (line.forgets()) {
                forgotten.put(line.sessionId(), position);
            }
        });
        position = 0;
        logs.walk(this::gather);
        for (Tail tail : tails.values()) {
            if (tail.hasPending()) {
                tail.moved(mover.move(tail, false));
            }
        }
        endForgotten();
        for (Map.Entry<Path, Long> each : torn.entrySet()) {
            keep(each.getKey(), each.getValue());
        }
        remove(files);
        return files.isEmpty() ? 0 : number(files.get(files.size() - 1));
    }

    private void gather(LogLine line, Path file, long offset, byte[] lines) throws IOException {
        position++;
        if (line.forgets() || position < forgotten.getOrDefault(line.sessionId(), 0L)) {
            return;
        }
        Tail tail = tails.get(line.sessionId());
        if (tail == null) {
            tail = standing(line.sessionId());
            tails.put(line.sessionId(), tail);
        }
        long has = tail.view().entries();
        if (has < line.entry()) {
            LOG.error(
                    "session {}: the entries from {} to {} are missing (expected: in its files, or in an older log)",
                    line.sessionId(),
                    has,
                    line.entry());
            whole = false;
        } else if (has < line.entry() + line.count()) {
            append(tail, file, offset, lines, has - line.entry(), line.count());
        }
    }

    private Tail standing(String sessionId) throws IOException {
        Path folder = folders.locate(sessionId);
        Tail tail = new Tail(sessionId, folder == null ? folders.folder(sessionId) : folder);
        if (folder != null) {
            tail.recovered(new Recovery(disk, folder).recover());
        }
        return tail;
    }

    private static void append(Tail tail, Path file, long offset, byte[] lines, long skipped, long count) {
        int from = 0;
        for (long i = 0; i < skipped; i++) {
            from = behindLine(lines, from);
        }
        int last = from;
        for (int next = from; next < lines.length; next = behindLine(lines, next)) {
            last = next;
        }
        long firstSeq = RecordLine.seq(lines, from, lines.length);
        long lastSeq = RecordLine.seq(lines, last, lines.length);
        tail.committed(file, offset + from, lines.length - from, (int) (count - skipped), firstSeq, lastSeq);
    }

    private static int behindLine(byte[] lines, int from) {
        int at = from;
        while (lines[at] != '\n') {
            at++;
        }
        return at + 1;
    }

    /** Sessions whose deletion had begun and that did not come back later. */
    private void endForgotten() throws IOException {
        for (String sessionId : forgotten.keySet()) {
            if (!tails.containsKey(sessionId) && Files.exists(folders.folder(sessionId))) {
                folders.end(sessionId, End.DELETE);
            }
        }
    }

    private void keep(Path file, long from) throws IOException {
        Path kept = Remains.keep(disk, file, from);
        LOG.warn("{}: what begins at byte {} was never whole and is kept in {}", file, from, kept.getFileName());
    }

    private void remove(List<Path> files) throws IOException {
        if (!files.isEmpty()) {
            // Names that the process before this one made may not be on the disk either.
            disk.syncDirectory(folders.shelf());
        }
        for (Path file : files) {
            if (whole) {
                disk.delete(file);
            } else {
                disk.move(file, Remains.free(file, ".kept-"));
            }
            disk.syncDirectory(file.resolveSibling(""));
        }
    }

    private static List<Path> files(Path directory) throws IOException {
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*" + ENDING)) {
            for (Path file : files) {
                // Whatever else people have put there is not ours.
                if (NAME.matcher(file.getFileName().toString()).matches()) {
                    found.add(file);
                }
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        Collections.sort(found);
        return found;
    }

    private static long number(Path file) {
        String name = file.getFileName().toString();
        return Long.parseLong(name.substring(0, name.length() - ENDING.length()));
    }
}
