package dev.agentws.journal.files;

import dev.agentws.journal.JournalException;
import dev.agentws.journal.JournalException.Reason;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What became of sessions whose files failed. Thread-safe. */
final class Failures {
    private static final Logger LOG = LoggerFactory.getLogger(Failures.class);

    /**
     * Sessions whose bytes the disk may have dropped. The system then may show them as if they were stored, so reading them back proves
     * nothing; this process does not take them up again. Only what is read back, checked and stored elsewhere is safe.
     */
    private final Set<String> doubtful = ConcurrentHashMap.newKeySet();

    /** A write failed and was undone. */
    JournalException notWritten(FileBook book, IOException cause) {
        JournalException why = describe("session " + book.sessionId() + ": not written", cause);
        book.fail(why);
        if (book.firstToFail()) {
            LOG.error("{}; the session takes no more until it is opened again", why.getMessage(), cause);
        } else {
            LOG.debug("{}; as before", why.getMessage(), cause);
        }
        return why;
    }

    /** Nobody knows what the disk has. */
    JournalException notForced(FileBook book, IOException cause) {
        JournalException why = new JournalException(
                Reason.UNAVAILABLE,
                "session " + book.sessionId() + ": the disk did not take what was written (" + cause.getMessage() + ")",
                cause);
        doubtful.add(book.sessionId());
        book.fail(why);
        LOG.error("{}; the session takes no more, check the disk and start the server again", why.getMessage(), cause);
        return why;
    }

    /** It is in the log, and cannot be brought to where it belongs just now. */
    void notMoved(Tail tail, IOException cause) {
        if (cause instanceof Removals.LostLines) {
            doubtful.add(tail.sessionId());
        }
        FileBook book = tail.book();
        if (book != null && book.failure() == null) {
            notWritten(book, cause);
        }
    }

    void refuseDoubtful(String sessionId) throws JournalException {
        if (doubtful.contains(sessionId)) {
            throw new JournalException(
                    Reason.DAMAGED,
                    "session " + sessionId + ": the disk failed to take its last writes (expected: a check of the disk"
                            + " and a new start of the server)");
        }
    }

    static JournalException describe(String what, IOException cause) {
        String text = cause.getMessage() + (cause instanceof AccessDeniedException ? ": permission denied" : "");
        // The JDK has no type for it; these are the words of the C library and of Windows.
        boolean full = text.contains("No space left") || text.contains("quota") || text.contains("not enough space");
        return new JournalException(
                full ? Reason.FULL : Reason.UNAVAILABLE,
                what + (full ? ", the disk is full (" : " (") + text + ")",
                cause);
    }
}
