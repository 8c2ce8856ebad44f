package dev.agentws.journal.files;

import dev.agentws.journal.End;
import dev.agentws.journal.Entry;
import dev.agentws.journal.JournalException;
import dev.agentws.journal.JournalException.Reason;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What one writer works with: the steps of a commit, and of what sessions need besides. For the writer's thread. */
final class Desk {
    private static final Logger LOG = LoggerFactory.getLogger(Desk.class);

    private final SessionFolders folders;
    private final Log log;
    private final Removals removals;
    private final Failures failures;
    private final OpenBooks books;
    private final boolean strict;
    private final AheadMark mark;
    private final Lines lines = new Lines();
    private final List<Placed> placed = new ArrayList<>();
    /** Whose batches are committed only once the disk has them, though others' are before. */
    private final Set<FileBook> durable = new HashSet<>();

    /** Lines of one batch in the buffer of the round. */
    private record Placed(FileBook book, int from, int to, List<Entry> batch) {}

    /** @param nanos says how long things take */
    Desk(
            Disk disk,
            SessionFolders folders,
            FileJournalConfig config,
            Log log,
            Failures failures,
            OpenBooks books,
            LongSupplier nanos) {
        this.folders = folders;
        this.log = log;
        this.failures = failures;
        this.books = books;
        strict = config.durability() == Durability.STRICT;
        mark = new AheadMark(disk);
        Mover mover = new Mover(disk, folders, config.segmentBytes(), !strict);
        removals = new Removals(log, mover, failures, books, config.moveBytes(), nanos);
    }

    /**
     * Puts a batch down for the next {@link #commit}.
     *
     * @param onDisk whether it counts only once the disk has it, whatever the level
     */
    void format(FileBook book, List<Entry> batch, boolean onDisk) {
        Tail tail = book.tail();
        if (book.failure() == null && tail.blank() && taken(book)) {
            book.fail(new JournalException(
                    Reason.EXISTS, "session " + book.sessionId() + ": exists (expected: a new id)"));
        }
        if (book.failure() == null && !removals.mayGrow(tail)) {
            book.fail(new JournalException(
                    Reason.UNAVAILABLE,
                    "session " + book.sessionId() + ": not written (expected: files of its own that take what waits)"));
        }
        if (book.failure() == null) {
            lines.group(tail.name(), tail.formatted(), batch.size());
            int from = lines.size();
            lines.batch(batch);
            tail.format(batch.size());
            placed.add(new Placed(book, from, lines.size(), batch));
            if (strict || onDisk) {
                durable.add(book);
            }
        }
    }

    /** What is put down. */
    int bytes() {
        return lines.size();
    }

    private boolean taken(FileBook book) {
        return folders.exists(book.sessionId()) || books.hasLeft(book.sessionId());
    }

    /** Brings all that was put down to the level of the journal, or fails its books. */
    void commit() {
        if (placed.isEmpty()) {
            return;
        }
        LogFile file = write();
        boolean forced = file != null && force();
        for (Placed each : placed) {
            if (file != null && (forced || !durable.contains(each.book()))) {
                committed(each, file, file.length() - lines.size());
            } else {
                each.book().tail().rewind();
            }
        }
        clear();
    }

    private void clear() {
        placed.clear();
        durable.clear();
        lines.clear();
    }

    private void committed(Placed each, LogFile file, long begin) {
        Tail tail = each.book().tail();
        if (!tail.hasPending()) {
            tail.first(file);
            file.members().add(tail);
        }
        List<Entry> batch = each.batch();
        int count = batch.size();
        int length = each.to() - each.from();
        long lastSeq = batch.get(count - 1).seq();
        tail.committed(
                file.path(), begin + each.from(), length, count, batch.get(0).seq(), lastSeq);
        removals.grown(tail);
        each.book().wentOn();
    }

    private @Nullable LogFile write() {
        try {
            removals.repair();
            return log.write(lines);
        } catch (IOException e) {
            placed.forEach(each -> failures.notMoved(each.book().tail(), e));
            return null;
        }
    }

    /** For those who wait for it. @return false when it failed, and so did they */
    private boolean force() {
        if (durable.isEmpty()) {
            return true;
        }
        try {
            log.force();
            return true;
        } catch (IOException e) {
            durable.stream().filter(book -> book.failure() == null).forEach(book -> failures.notForced(book, e));
            return false;
        }
    }

    /**
     * What the log has of these sessions does not count from here on: they are about to be deleted.
     *
     * @return false when the log would bring them back
     */
    boolean forget(List<FileBook> ended) {
        // Who has written nothing may bear the name of somebody who has.
        List<Tail> tails =
                ended.stream().map(FileBook::tail).filter(tail -> !tail.blank()).toList();
        if (tails.isEmpty() || !log.live()) {
            return true;
        }
        try {
            removals.repair();
            tails.forEach(tail -> lines.forget(tail.name()));
            log.write(lines).force();
            return true;
        } catch (IOException e) {
            // Then there must be no log that could bring them back.
            return removals.emptyLog();
        } finally {
            lines.clear();
        }
    }

    /** Gives directories to sessions that are only in the log. */
    void bear(Runnable done) {
        removals.bear(done);
    }

    /** When what others wait for should be over that begins now. */
    long sliceEnd() {
        return removals.sliceEnd();
    }

    boolean over(long sliceEnd) {
        return removals.over(sliceEnd);
    }

    /** Moves on a little with what is due. */
    void tidy() {
        removals.tidy();
    }

    /** Whether there is more to {@link #tidy} that should not wait. */
    boolean pressing() {
        return removals.pressing();
    }

    /**
     * Something went wrong that nobody thought of: what was put down is not written, what is in the log goes elsewhere, line by line as far
     * as it is as it was written, and these books learn where they stand when they are opened again.
     */
    void failed(Throwable cause, Predicate<FileBook> ours) {
        placed.forEach(each -> each.book().tail().rewind());
        clear();
        removals.doubt(cause);
        books.each(book -> {
            if (ours.test(book)) {
                book.fail(new JournalException(
                        Reason.UNAVAILABLE,
                        "session " + book.sessionId() + ": not written, its writer failed (" + cause + ")",
                        cause));
            }
        });
    }

    /** Whether nothing is left to do but to wait for work. */
    boolean atRest() {
        return removals.atRest();
    }

    /** Moves on a little with emptying the log. @return whether more of it makes sense */
    boolean rest() {
        return removals.rest();
    }

    void summarize(FileBook book) {
        Tail tail = book.tail();
        if (!tail.born() && !(tail.hasPending() && removals.move(tail))) {
            // Kept by the book until there is a directory.
            return;
        }
        byte[] summary = book.takeSummary();
        if (summary == null) {
            return;
        }
        try {
            folders.storeSummary(book.sessionId(), summary, strict);
        } catch (IOException e) {
            LOG.warn("session {}: its summary was not stored, listings show the one before", book.sessionId(), e);
        }
    }

    /**
     * @param forgotten whether the log would not bring it back, if it is to be deleted
     * @return why it failed
     */
    @Nullable
    JournalException end(FileBook book, End how, boolean forgotten) {
        Tail tail = book.tail();
        try {
            if (how == End.DELETE && !forgotten) {
                throw new IOException("the log cannot be written, and would bring it back");
            }
            if (how == End.ARCHIVE) {
                summarize(book);
                removals.moveNow(tail);
                settled(book);
            }
            if (tail.born()) {
                folders.end(book.sessionId(), how);
            }
            if (how == End.DELETE) {
                removals.drop(tail);
                tail.deleted();
            }
            return null;
        } catch (IOException e) {
            return Failures.describe("session " + book.sessionId() + ": not ended", e);
        }
    }

    void release(FileBook book) {
        Tail tail = book.tail();
        boolean settled = false;
        try {
            settled = !tail.hasPending() || removals.move(tail);
            if (settled) {
                settled(book);
            }
        } finally {
            if (!settled) {
                books.leave(tail);
            }
            books.remove(book);
            book.markReleased();
        }
    }

    /** All that the session has shown is where it belongs, if its book was closed in order. */
    private void settled(FileBook book) {
        Tail tail = book.tail();
        if (book.failure() != null || book.cutShort() || !tail.born()) {
            return;
        }
        try {
            mark.remove(tail.folder());
        } catch (IOException e) {
            LOG.warn("session {}: will be taken for one that was cut short", book.sessionId(), e);
        }
    }

    /** Moves all that can be moved; the next start moves the rest. */
    void close() {
        removals.giveUpBirths();
        if (!removals.emptyLog()) {
            log.close();
        }
    }
}
