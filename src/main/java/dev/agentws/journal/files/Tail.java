package dev.agentws.journal.files;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What a session has, for its writer: a part in files of its own, and behind it the lines that are only in the log yet. Outlives its book
 * when those lines could not be moved. All but {@link #view} is for the writer's thread, or for whoever makes it.
 */
final class Tail {
    private final String sessionId;
    private final Path folder;
    private final byte[] name;
    private volatile View view;
    private long formatted;
    private boolean born;
    private boolean stuck;
    private boolean due;
    private @Nullable LogFile first;
    private volatile @Nullable FileBook book;

    /**
     * What readers see. Immutable.
     *
     * @param moved what lies in files of its own
     * @param pending lines behind that
     * @param pendingSeq the number of the first of these
     * @param entries all of them
     */
    record View(Extent moved, Slices pending, long pendingSeq, long entries, long lastSeq) {
        /** Where nothing is only in the log. */
        View(Extent moved) {
            this(moved, Slices.NONE, -1, moved.entries(), moved.lastSeq());
        }
    }

    Tail(String sessionId, Path folder) {
        this.sessionId = sessionId;
        this.folder = folder;
        name = name(sessionId);
        view = new View(Extent.EMPTY);
    }

    /** Stands where a recovery found it. */
    void recovered(Extent found) {
        born = true;
        formatted = found.entries();
        view = new View(found);
    }

    /** From now on this book speaks for the session. */
    void serve(FileBook next) {
        book = next;
    }

    /** Null only before there is a book at all. */
    @Nullable
    FileBook book() {
        return book;
    }

    String sessionId() {
        return sessionId;
    }

    Path folder() {
        return folder;
    }

    /** How a session is called in the log. */
    static byte[] name(String sessionId) {
        return SessionNames.escape(sessionId).getBytes(StandardCharsets.US_ASCII);
    }

    byte[] name() {
        return name;
    }

    View view() {
        return view;
    }

    /** Whether the session has a directory. */
    boolean born() {
        return born;
    }

    void bear() {
        born = true;
    }

    /** Whether there is nothing of the session, on the disk or in the log. */
    boolean blank() {
        return !born && view.entries() == 0 && formatted == 0;
    }

    boolean hasPending() {
        return view.pending().bytes() > 0;
    }

    /** Whether moving failed, and should wait for better times. */
    boolean stuck() {
        return stuck;
    }

    void stuck(boolean now) {
        stuck = now;
    }

    /** Whether it waits to be moved. */
    boolean due() {
        return due;
    }

    void due(boolean now) {
        due = now;
    }

    /** The number of the entry that is put down next. */
    long formatted() {
        return formatted;
    }

    void format(int entries) {
        formatted += entries;
    }

    /** What was put down last did not get into the log. */
    void rewind() {
        formatted = view.entries();
    }

    /** These lines are in that log. */
    void committed(Path log, long offset, long length, int count, long firstSeq, long lastSeq) {
        View before = view;
        view = new View(
                before.moved(),
                before.pending().with(log, offset, length),
                hasPending() ? before.pendingSeq() : firstSeq,
                before.entries() + count,
                lastSeq);
    }

    /** All pending lines have been written to that log, once more. */
    void carriedOver(Path log, long offset) {
        View now = view;
        Slices there = Slices.NONE.with(log, offset, now.pending().bytes());
        view = new View(now.moved(), there, now.pendingSeq(), now.entries(), now.lastSeq());
    }

    /** All pending lines lie in files of its own now. */
    void moved(Extent now) {
        view = new View(now);
        stuck = false;
    }

    /** Nothing is left of it, nor is wanted. */
    void deleted() {
        formatted = 0;
        born = false;
        view = new View(Extent.EMPTY);
    }

    /** The log that has the first of the pending lines. */
    @Nullable
    LogFile first() {
        return first;
    }

    void first(@Nullable LogFile log) {
        first = log;
    }
}
