package dev.agentws.journal.files;

import dev.agentws.journal.End;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import java.util.stream.Stream;
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
    /** Each of them waits for the disk nearly all the time, and that takes the syncs of several together. */
    private static final int MOVERS = 4;

    private final Disk disk;
    private final SessionFolders folders;
    private final long segmentBytes;
    private final boolean ahead;
    private final Map<String, Tail> tails = new LinkedHashMap<>();
    /** Sessions that were deleted, some of which came back. */
    private final Set<String> forgotten = new HashSet<>();
    /** What is missing before the lines of a session. */
    private final Map<String, String> gaps = new LinkedHashMap<>();

    LogRecovery(Disk disk, SessionFolders folders, FileJournalConfig config) {
        this.disk = disk;
        this.folders = folders;
        // What counts is how those lived who wrote the logs, not how we will.
        ahead = new AheadMark(disk).isOn(config.directory());
        segmentBytes = config.segmentBytes();
    }

    /** Blocks. @return the number of the newest log there ever was */
    long recover(Path directory) throws IOException {
        disk.createDirectories(directory);
        disk.syncDirectory(directory.resolveSibling(""));
        List<Path> files = files(directory);
        Map<Path, Long> torn = new LogWalk(files).walk(this::gather);
        gaps.values().forEach(LOG::error);
        move();
        endForgotten();
        for (Map.Entry<Path, Long> each : torn.entrySet()) {
            keep(each.getKey(), each.getValue());
        }
        remove(files);
        return files.isEmpty() ? 0 : number(files.get(files.size() - 1));
    }

    private void gather(LogLine line, Path file, long offset, byte[] lines) throws IOException {
        String sessionId = line.sessionId();
        if (line.forgets()) {
            forgotten.add(sessionId);
            tails.remove(sessionId);
            gaps.remove(sessionId);
            return;
        }
        Tail tail = tails.get(sessionId);
        if (tail == null) {
            tail = standing(sessionId);
            tails.put(sessionId, tail);
        }
        long has = tail.view().entries();
        if (has < line.entry()) {
            gaps.putIfAbsent(
                    sessionId,
                    "session " + sessionId + ": the entries from " + has + " to " + line.entry()
                            + " are missing (expected: in its files, or in an older log)");
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

    private void move() throws IOException {
        Queue<Tail> rest = new ConcurrentLinkedQueue<>(tails.values());
        AtomicInteger names = new AtomicInteger();
        Executor movers = task -> new Thread(task, "agentws-journal-recovery-" + names.getAndIncrement()).start();
        CompletableFuture<?>[] all = Stream.generate(() -> CompletableFuture.runAsync(() -> moveAll(rest), movers))
                .limit(Math.min(MOVERS, rest.size()))
                .toArray(CompletableFuture<?>[]::new);
        try {
            // Also if one of them fails: whoever tries again must be alone.
            CompletableFuture.allOf(all).join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof UncheckedIOException failure
                    ? failure.getCause()
                    : new IOException(e.getCause());
        }
    }

    private void moveAll(Queue<Tail> rest) {
        Mover mover = new Mover(disk, folders, segmentBytes, ahead);
        try {
            for (Tail tail = rest.poll(); tail != null; tail = rest.poll()) {
                if (tail.hasPending()) {
                    tail.moved(mover.move(tail, false));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            rest.clear();
        }
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
        for (String sessionId : forgotten) {
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
            if (gaps.isEmpty()) {
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
