package dev.agentws.journal.files;

import dev.agentws.journal.Commit;
import dev.agentws.journal.End;
import dev.agentws.journal.JournalException;
import dev.agentws.journal.PendingBytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One round of a writer: all appends in one write, then forced, then told; then a slice of the rest, which was handed over after the
 * appends of its session, and of which there is much when many sessions go at once. For the writer's thread.
 */
final class Round {
    private static final Logger LOG = LoggerFactory.getLogger(Round.class);

    private final Desk desk;
    private final PendingBytes pending;
    private final Consumer<Throwable> failed;
    private final List<Writer.Work.Append> appends = new ArrayList<>();
    private final List<FileBook> deleted = new ArrayList<>(0);
    private final Queue<Runnable> afterwards;
    private boolean forgotten;

    /**
     * @param afterwards what this round, or one before it, was handed besides appends, and is not done yet
     * @param failed sees to it that nobody takes for written what may not be, after something that nobody thought of
     */
    Round(Desk desk, PendingBytes pending, Queue<Runnable> afterwards, Consumer<Throwable> failed) {
        this.afterwards = afterwards;
        this.desk = desk;
        this.pending = pending;
        this.failed = failed;
    }

    void append(Writer.Work.Append append) {
        appends.add(append);
        if (append.refused() == null) {
            step(() -> desk.format(append.book(), append.batch(), append.done().durable()));
        }
    }

    void summarize(FileBook book) {
        afterwards.add(() -> desk.summarize(book));
    }

    /** New sessions get their directories. */
    void settle(Runnable done) {
        afterwards.add(() -> desk.bear(done));
    }

    void finish(Writer.Work.Finish finish) {
        if (finish.how() == End.DELETE) {
            deleted.add(finish.book());
        }
        afterwards.add(() -> {
            End how = finish.how();
            JournalException failure = null;
            try {
                if (how == null) {
                    desk.summarize(finish.book());
                } else {
                    failure = desk.end(finish.book(), how, forgotten);
                }
            } catch (RuntimeException | Error e) {
                failed.accept(e);
                failure = finish.book().failure();
            }
            step(() -> desk.release(finish.book()));
            tell(finish.done(), failure);
        });
    }

    void run() {
        step(desk::commit);
        appends.forEach(this::tell);
        appends.clear();
        step(() -> forgotten = desk.forget(deleted));
        long end = desk.sliceEnd();
        for (Runnable next = afterwards.poll(); next != null; next = desk.over(end) ? null : afterwards.poll()) {
            step(next);
        }
        step(desk::tidy);
    }

    private void step(Runnable step) {
        try {
            step.run();
        } catch (RuntimeException | Error e) {
            failed.accept(e);
        }
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
        } catch (RuntimeException | Error e) {
            LOG.error("a listener of the journal failed", e);
        }
    }
}
