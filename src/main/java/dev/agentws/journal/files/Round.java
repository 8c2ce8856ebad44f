package dev.agentws.journal.files;

import dev.agentws.journal.Commit;
import dev.agentws.journal.End;
import dev.agentws.journal.JournalException;
import dev.agentws.journal.PendingBytes;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One round of a writer: all appends in one write, then forced, then told; then the rest, which was handed over after the
 * appends of its session. For the writer's thread.
 */
final class Round {
    private static final Logger LOG = LoggerFactory.getLogger(Round.class);

    private final Desk desk;
    private final PendingBytes pending;
    private final List<Writer.Work.Append> appends = new ArrayList<>();
    private final List<FileBook> deleted = new ArrayList<>(0);
    private final List<Runnable> afterwards = new ArrayList<>(0);

    Round(Desk desk, PendingBytes pending) {
        this.desk = desk;
        this.pending = pending;
    }

    void append(Writer.Work.Append append) {
        appends.add(append);
        if (append.refused() == null) {
            desk.format(append.book(), append.batch());
        }
    }

    void summarize(FileBook book) {
        afterwards.add(() -> desk.summarize(book));
    }

    /** New sessions get their directories. */
    void settle(Runnable done) {
        afterwards.add(() -> {
            desk.bear();
            done.run();
        });
    }

    void finish(Writer.Work.Finish finish) {
        if (finish.how() == End.DELETE) {
            deleted.add(finish.book());
        }
        afterwards.add(() -> {
            JournalException failure = null;
            if (finish.how() == null) {
                desk.summarize(finish.book());
            } else {
                failure = desk.end(finish.book(), finish.how());
            }
            desk.release(finish.book());
            tell(finish.done(), failure);
        });
    }

    void run() {
        desk.commit();
        appends.forEach(this::tell);
        desk.forget(deleted);
        afterwards.forEach(Runnable::run);
        desk.tidy();
    }

    private void tell(Writer.Work.Append append) {
        JournalException failure =
                append.refused() != null ? append.refused() : append.book().failure();
        pending.remove(append.cost());
        tell(append.done(), failure);
    }

    private static void tell(Commit done, @Nullable JournalException failure) {
        try {
            done.done(failure);
        } catch (RuntimeException e) {
            LOG.error("a listener of the journal failed", e);
        }
    }
}
