package dev.agentws.journal.files;

import dev.agentws.journal.Book;
import dev.agentws.journal.Journal;
import dev.agentws.journal.JournalException;
import dev.agentws.journal.JournalException.Reason;
import dev.agentws.journal.Listing;
import dev.agentws.journal.PendingBytes;
import dev.agentws.journal.Pressure;
import dev.agentws.journal.Shelf;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A journal in files, for one server. Below the data directory, {@code sessions/NAME/} has the segments of a session: lines of JSON with
 * a checksum, for people to read too. What comes is committed in {@code log/}, for all sessions together, and moved from there in large
 * pieces; {@link #start} moves what a crash left there. Directories and files are for our user alone.
 *
 * <p>Its threads are {@code agentws-journal-N}, and {@code agentws-journal-force} at {@link Durability#FAST}.
 *
 * <ul>
 *   <li>Full disk: the batch fails as FULL and nothing of it stays; reading goes on.
 *   <li>A failed sync: the session fails and this process does not take it up again, because nobody knows what the disk has.
 *   <li>Crash: {@link #open} cuts the tail behind the last whole batch, keeps it in a file beside, and logs it.
 * </ul>
 */
public final class FileJournal implements Journal {
    private static final String LOGS = "log";
    private static final Logger LOG = LoggerFactory.getLogger(FileJournal.class);

    private final Disk disk;
    private final DirectoryLock lock;
    private final SessionFolders folders;
    private final AheadMark mark;
    private final Failures failures = new Failures();
    private final PendingBytes pending;
    private final @Nullable Forcer forcer;
    private final List<Writer> writers = new ArrayList<>();
    private final OpenBooks books = new OpenBooks();
    private volatile boolean closed;

    private FileJournal(
            FileJournalConfig config,
            Disk disk,
            LongSupplier nanos,
            DirectoryLock lock,
            SessionFolders folders,
            long firstLog) {
        this.disk = disk;
        this.lock = lock;
        this.folders = folders;
        mark = new AheadMark(disk);
        pending = new PendingBytes(config.pendingBytes());
        forcer = config.durability() == Durability.FAST ? new Forcer(config.forceInterval()) : null;
        Path logs = config.directory().resolve(LOGS);
        AtomicLong numbers = new AtomicLong(firstLog);
        for (int i = 0; i < config.writers(); i++) {
            Log log = new Log(disk, logs, numbers, config.logBytes(), forcer);
            Desk desk = new Desk(disk, folders, config, log, failures, books, nanos);
            writers.add(new Writer("agentws-journal-" + i, config, pending, desk));
        }
    }

    /**
     * Takes the directory. Blocks.
     *
     * @throws JournalException TAKEN when another server has it, UNAVAILABLE or FULL when it cannot be written
     */
    public static FileJournal start(FileJournalConfig config) throws JournalException {
        boolean posix = FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
        return start(config, new LocalDisk(posix));
    }

    static FileJournal start(FileJournalConfig config, Disk disk) throws JournalException {
        return start(config, disk, System::nanoTime);
    }

    static FileJournal start(FileJournalConfig config, Disk disk, LongSupplier nanos) throws JournalException {
        Path directory = config.directory();
        try {
            disk.createDirectories(directory);
            DirectoryLock lock = DirectoryLock.take(directory);
            try {
                SessionFolders folders = new SessionFolders(disk, directory);
                folders.prepare();
                long lastLog = recover(config, disk, folders);
                FileJournal journal = new FileJournal(config, disk, nanos, lock, folders, lastLog);
                journal.writers.forEach(Writer::start);
                return journal;
            } catch (IOException e) {
                lock.close();
                throw e;
            }
        } catch (IOException e) {
            throw Failures.describe("data directory: " + directory + " cannot be used", e);
        }
    }

    private static long recover(FileJournalConfig config, Disk disk, SessionFolders folders) throws IOException {
        Path directory = config.directory();
        long lastLog = new LogRecovery(disk, folders, config).recover(directory.resolve(LOGS));
        AheadMark mark = new AheadMark(disk);
        if (config.durability() == Durability.FAST) {
            mark.put(directory);
            disk.syncDirectory(directory);
        } else {
            mark.remove(directory);
        }
        return lastLog;
    }

    @Override
    public Book create(String sessionId) {
        FileBook book = newBook(sessionId);
        if (closed) {
            book.fail(book.closedBook());
        } else if (books.reserve(book) != null) {
            book.fail(new JournalException(Reason.EXISTS, "session " + sessionId + ": is open (expected: a new id)"));
        }
        return book;
    }

    private FileBook newBook(String sessionId) {
        Writer writer = writers.get(Math.floorMod(sessionId.hashCode(), writers.size()));
        return new FileBook(sessionId, folders.folder(sessionId), writer);
    }

    @Override
    public Book open(String sessionId) throws JournalException {
        return open(sessionId, tail -> ahead(tail));
    }

    /** Nothing will be shown that is not written, so it gets no mark, which would change the time of its directory. */
    @Override
    public Book openToRead(String sessionId) throws JournalException {
        FileBook book = open(sessionId, tail -> mark.isOn(tail.folder()));
        book.onlyRead();
        return book;
    }

    /** We know what was committed, so only what was cut short before may be lacking. */
    @Override
    public Book reopen(Book old) throws JournalException {
        old.close();
        FileBook again = open(old.sessionId(), tail -> {
            ahead(tail);
            return old.cutShort();
        });
        if (old instanceof FileBook failed) {
            again.follow(failed);
        }
        if (again.entries() < old.entries()) {
            JournalException lost = new JournalException(
                    Reason.HISTORY_LOST,
                    "session " + old.sessionId() + ": has " + again.entries() + " entries (expected: " + old.entries()
                            + ")");
            again.fail(lost);
            again.close();
            throw lost;
        }
        return again;
    }

    /** Says of a session that is opened whether more may have been shown than is there. */
    private interface Ahead {
        boolean of(Tail tail) throws IOException;
    }

    private FileBook open(String sessionId, Ahead cutShort) throws JournalException {
        FileBook book = newBook(sessionId);
        reserve(book);
        try {
            failures.refuseDoubtful(sessionId);
            Tail tail = tail(sessionId);
            book.takeUp(tail, cutShort.of(tail));
            return book;
        } catch (NoSuchFileException e) {
            books.remove(book);
            throw new JournalException(Reason.NOT_FOUND, "session " + sessionId + ": not found", e);
        } catch (IOException e) {
            books.remove(book);
            throw Failures.describe("session " + sessionId + ": cannot be opened", e);
        } catch (JournalException e) {
            books.remove(book);
            throw e;
        }
    }

    /** Sees to it that from here on the session counts as one that is cut short, and says whether it did before. */
    private boolean ahead(Tail tail) throws IOException {
        boolean fast = forcer != null;
        if (!tail.born()) {
            // It gets the mark with its directory.
            return fast;
        }
        boolean before = mark.isOn(tail.folder());
        if (fast && !before) {
            mark.put(tail.folder());
            disk.syncDirectory(tail.folder());
        }
        return before;
    }

    private Tail tail(String sessionId) throws IOException {
        Tail left = books.takeLeft(sessionId);
        if (left != null) {
            return left;
        }
        Path folder = folders.find(sessionId);
        Tail tail = new Tail(sessionId, folder);
        tail.recovered(new Recovery(disk, folder).recover());
        return tail;
    }

    /** Waits for a book of the session that is being closed; two open ones would write into each other. */
    private void reserve(FileBook book) throws JournalException {
        String sessionId = book.sessionId();
        FileBook other;
        while ((other = closed ? null : books.reserve(book)) != null) {
            if (!other.isClosed()) {
                throw new JournalException(
                        Reason.TAKEN, "session " + sessionId + ": is open (expected: one book per session)");
            }
            try {
                other.awaitReleased();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new JournalException(Reason.UNAVAILABLE, "session " + sessionId + ": interrupted", e);
            }
        }
        refuseClosed();
    }

    @Override
    public Listing list(Shelf shelf, @Nullable String cursor, int limit) throws JournalException {
        if (limit < 1) {
            throw new IllegalArgumentException("limit: " + limit + " (expected: at least 1)");
        }
        refuseClosed();
        settle();
        try {
            return folders.list(shelf, cursor, limit);
        } catch (IOException e) {
            throw Failures.describe("sessions: cannot be listed", e);
        }
    }

    /** Sessions that are only in the log yet get their directories. */
    private void settle() throws JournalException {
        CountDownLatch settled = new CountDownLatch(writers.size());
        writers.forEach(writer -> writer.settle(settled::countDown));
        try {
            settled.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new JournalException(Reason.UNAVAILABLE, "sessions: interrupted", e);
        }
    }

    private void refuseClosed() throws JournalException {
        if (closed) {
            throw new JournalException(Reason.CLOSED, "the journal is closed");
        }
    }

    @Override
    public Pressure pressure() {
        return pending;
    }

    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        writers.forEach(Writer::close);
        if (forcer != null) {
            forcer.close();
        }
        books.clear();
        try {
            lock.close();
        } catch (IOException e) {
            LOG.warn("the lock of the data directory was not let go of properly", e);
        }
    }
}
