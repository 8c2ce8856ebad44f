package dev.agentws.journal.files;

import dev.agentws.journal.BatchOrder;
import dev.agentws.journal.Book;
import dev.agentws.journal.Commit;
import dev.agentws.journal.End;
import dev.agentws.journal.Entry;
import dev.agentws.journal.EntryReader;
import dev.agentws.journal.JournalException;
import dev.agentws.journal.JournalException.Reason;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** The door to one session's directory: checks, and hands everything that changes something to the session's {@link Writer}. */
final class FileBook implements Book {
    private final String sessionId;
    private final Writer writer;
    private final AtomicReference<byte @Nullable []> summary = new AtomicReference<>();

    private volatile Tail tail;
    private volatile @Nullable JournalException failure;
    private volatile boolean closed;
    private volatile boolean cutShort;
    private volatile boolean failedBefore;
    /** It is closed, and what it has lies in the archive, or soon will. */
    private volatile boolean kept;

    private boolean onlyRead;
    private boolean released;
    /** The number of the last entry handed over. */
    private long handedOver;

    /** The book of a session that has nothing. */
    FileBook(String sessionId, Path folder, Writer writer) {
        this.sessionId = sessionId;
        this.writer = writer;
        tail = new Tail(sessionId, folder);
        tail.serve(this);
        handedOver = -1;
    }

    /**
     * Goes on where the session stands.
     *
     * @param unsettled whether more may have been shown than is there
     */
    void takeUp(Tail found, boolean unsettled) {
        tail = found;
        cutShort = unsettled;
        tail.serve(this);
        handedOver = found.view().lastSeq();
    }

    @Override
    public String sessionId() {
        return sessionId;
    }

    @Override
    public boolean cutShort() {
        return cutShort;
    }

    /** Whoever took it up has written, and so seen to what was cut short. */
    void wentOn() {
        cutShort = false;
        failedBefore = false;
    }

    /** Goes on in place of one that failed, maybe for a reason that is still there. */
    void follow(FileBook old) {
        failedBefore = old.failedBefore;
    }

    /** Whether a failure is news: it was not like that when the book before it was written to. */
    boolean firstToFail() {
        boolean first = !failedBefore;
        failedBefore = true;
        return first;
    }

    @Override
    public long lastSeq() {
        return tail.view().lastSeq();
    }

    @Override
    public long entries() {
        return tail.view().entries();
    }

    /** Whoever took it up writes nothing. */
    void onlyRead() {
        onlyRead = true;
    }

    @Override
    public void append(List<Entry> batch, Commit done) {
        if (onlyRead) {
            throw new IllegalStateException(
                    "session " + sessionId + ": was opened to be read (expected: to be written)");
        }
        handedOver = BatchOrder.check(handedOver, batch);
        writer.append(this, List.copyOf(batch), done);
    }

    @Override
    public void read(long afterSeq, EntryReader reader) throws JournalException {
        if ((closed && !kept) || writer.isOver()) {
            throw closedBook();
        }
        new BookReader(tail, reader).read(afterSeq);
    }

    @Override
    public void summary(byte[] json) {
        // Only the newest is written, however many come while the writer is busy.
        if (!closed && summary.getAndSet(json) == null) {
            writer.summarize(this);
        }
    }

    @Override
    public void end(End how, Commit done) {
        kept = how == End.ARCHIVE;
        closed = true;
        writer.end(this, how, done);
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            writer.release(this);
        }
    }

    JournalException closedBook() {
        return new JournalException(Reason.CLOSED, "session " + sessionId + ": its book is closed");
    }

    boolean isClosed() {
        return closed;
    }

    /** Blocks until the writer is through with this book. */
    synchronized void awaitReleased() throws InterruptedException {
        while (!released) {
            wait();
        }
    }

    synchronized void markReleased() {
        released = true;
        notifyAll();
    }

    /** What its session has. */
    Tail tail() {
        return tail;
    }

    Writer writer() {
        return writer;
    }

    byte @Nullable [] takeSummary() {
        return summary.getAndSet(null);
    }

    @Nullable
    JournalException failure() {
        return failure;
    }

    /** The first failure stays. */
    synchronized void fail(JournalException why) {
        if (failure == null) {
            failure = why;
        }
    }
}
