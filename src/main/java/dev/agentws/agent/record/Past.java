package dev.agentws.agent.record;

import dev.agentws.journal.JournalException;
import dev.agentws.journal.JournalException.Reason;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads from a session's book what its log no longer holds. Confined to the session's loop. */
final class Past {
    private static final Logger LOG = LoggerFactory.getLogger(Past.class);
    private static final long BUSY_MS = 50;
    /** After which it is looked for again in a store that does not answer. */
    private static final long AWAY_MS = 200;

    private final Recorder.Home home;
    private final Delivery delivery;
    private final BooleanSupplier givenUp;
    private final boolean local;

    /**
     * @param givenUp whether nothing is written any more
     * @param local whether nobody but us can have the book
     */
    Past(Recorder.Home home, Delivery delivery, BooleanSupplier givenUp, boolean local) {
        this.home = home;
        this.delivery = delivery;
        this.givenUp = givenUp;
        this.local = local;
    }

    /**
     * Reads a stretch of what was shown after {@code afterSeq}, on a worker, and later if all workers are busy or the store is away.
     *
     * @param then called on the session's loop; with null when the book cannot be read
     */
    void read(long afterSeq, Executor workers, Consumer<@Nullable StoredFrames> then) {
        Runnable again = () -> read(afterSeq, workers, then);
        try {
            workers.execute(() -> {
                boolean mending = delivery.mending();
                try {
                    StoredFrames found = StoredFrames.after(afterSeq, delivery.book()::read);
                    home.execute(() -> then.accept(found));
                } catch (JournalException e) {
                    home.execute(() -> unread(e, mending, afterSeq, again, then));
                }
            });
        } catch (RejectedExecutionException e) {
            home.executeAfter(BUSY_MS, again);
        }
    }

    /** Whether it may be there all the same: a store comes back, a disk that cannot be read does not. */
    private boolean away(JournalException problem) {
        return problem.reason() == Reason.UNAVAILABLE && !local;
    }

    private void unread(
            JournalException problem,
            boolean mending,
            long afterSeq,
            Runnable again,
            Consumer<@Nullable StoredFrames> then) {
        boolean mended = problem.reason() == Reason.CLOSED && (mending || delivery.mending());
        if (!givenUp.getAsBoolean() && mended) {
            home.executeAfter(BUSY_MS, again);
        } else if (!givenUp.getAsBoolean() && away(problem)) {
            home.executeAfter(AWAY_MS, again);
        } else {
            LOG.warn("what came after {} cannot be read: {}", afterSeq, problem.getMessage());
            then.accept(null);
        }
    }
}
