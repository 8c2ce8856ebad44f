package dev.agentws.journal.files;

import dev.agentws.journal.Commit;
import dev.agentws.journal.Entry;
import dev.agentws.journal.JournalException;
import dev.agentws.journal.PendingBytes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One round of a writer: all appends, session by session, then forced, then told; then the rest, which was handed over after the
 * appends of its session. For the writer's thread.
 */
final class Round {
    private static final Logger LOG = LoggerFactory.getLogger(Round.class);

    private final Desk desk;
    private final PendingBytes pending;
    private final Map<FileBook, List<Writer.Work.Append>> appends = new LinkedHashMap<>();
    private final List<Runnable> afterwards = new ArrayList<>();

    Round(Desk desk, PendingBytes pending) {
        this.desk = desk;
        this.pending = pending;
    }

    void append(Writer.Work.Append append) {
        appends.computeIfAbsent(append.book(), book -> new ArrayList<>()).add(append);
    }

    void summarize(FileBook book) {
        afterwards.add(() -> desk.summarize(book));
    }

    void finish(Writer.Work.Finish finish) {
        afterwards.add(() -> {
            desk.summarize(finish.book());
            JournalException failure = finish.how() == null ? null : desk.end(finish.book(), finish.how());
            desk.release(finish.book());
            tell(finish.done(), failure);
        });
    }

    void run() {
        Map<FileBook, Extent> written = new LinkedHashMap<>();
        appends.forEach((book, batches) -> {
            List<List<Entry>> accepted = accepted(batches);
            Extent extent = accepted.isEmpty() ? null : desk.write(book, accepted);
            if (extent != null) {
                written.put(book, extent);
            }
        });
        written.forEach((book, extent) -> {
            if (desk.settle(book)) {
                book.extent(extent);
                desk.summarize(book);
            }
        });
        appends.forEach((book, batches) -> batches.forEach(append -> tell(append)));
        afterwards.forEach(Runnable::run);
    }

    private static List<List<Entry>> accepted(List<Writer.Work.Append> appends) {
        List<List<Entry>> batches = new ArrayList<>(appends.size());
        for (Writer.Work.Append append : appends) {
            if (append.refused() == null) {
                batches.add(append.batch());
            }
        }
        return batches;
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
