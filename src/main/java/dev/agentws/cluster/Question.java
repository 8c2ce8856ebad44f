package dev.agentws.cluster;

import dev.agentws.agent.Session;
import dev.agentws.journal.Cluster;
import dev.agentws.journal.JournalException;
import dev.agentws.journal.JournalException.Reason;
import io.netty.util.concurrent.EventExecutor;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One thing asked of a session that is not here. Finds who has it, or takes it up; a command waits for its owner even over the owner's
 * death. Thread-safe.
 */
final class Question {
    private static final Logger LOG = LoggerFactory.getLogger(Question.class);

    /** How long the outcome of a command is awaited whose session is gone. */
    private static final long GONE_NANOS = 1_000_000_000;

    private final Sides sides;
    private final String sessionId;
    private final byte[] json;
    private final long deadline;
    private final Consumer<Answer> then;
    private final AtomicBoolean answered = new AtomicBoolean();
    private final AtomicBoolean looking = new AtomicBoolean();
    private volatile boolean again;
    /** When the session was first missed; 0 = not yet. */
    private long goneSince;

    private volatile Cluster.@Nullable Sent sent;
    private Cluster.@Nullable Watch watch;
    private @Nullable Future<?> looks;

    /** What it is asked through. */
    record Sides(Cluster cluster, Locator locator, Executor workers, EventExecutor timer, ClusterSettings settings) {}

    /** Finds sessions. */
    @FunctionalInterface
    interface Locator {
        /**
         * Blocks.
         *
         * @return the session if it is here or could be taken up; null if another node has it
         * @throws JournalException TAKEN when it is to be asked again in a moment
         */
        @Nullable
        Session locate(String sessionId) throws JournalException;
    }

    Question(Sides sides, String sessionId, byte[] json, Consumer<Answer> then) {
        this.sides = sides;
        this.sessionId = sessionId;
        this.json = json;
        this.then = then;
        this.deadline = System.nanoTime() + sides.settings.patience().toNanos();
    }

    void ask() {
        onWorker(this::send);
    }

    private void onWorker(Runnable task) {
        try {
            sides.workers.execute(task);
        } catch (RejectedExecutionException e) {
            answer(Answer.failure(new JournalException(Reason.UNAVAILABLE, "too much is being asked of other nodes")));
        }
    }

    private void send() {
        try {
            Session here = sides.locator.locate(sessionId);
            if (here != null) {
                answer(Answer.here(here));
                return;
            }
            sent = sides.cluster.send(sessionId, json);
            synchronized (this) {
                watch = sides.cluster.watch(sessionId, this::look);
                long every = sides.settings.look().toMillis();
                looks = sides.timer.scheduleWithFixedDelay(this::look, every, every, TimeUnit.MILLISECONDS);
            }
            if (answered.get()) {
                stop();
            }
        } catch (JournalException e) {
            if (e.reason() != Reason.TAKEN || !askAgain()) {
                answer(Answer.failure(e));
            }
        } catch (RuntimeException e) {
            answer(Answer.failure(new JournalException(Reason.UNAVAILABLE, "not asked: " + e, e)));
        }
    }

    /** Whether the owner of a while ago, which may be well, still has time to say so. */
    private boolean askAgain() {
        if (System.nanoTime() - deadline >= 0) {
            return false;
        }
        try {
            sides.timer.schedule(this::ask, sides.settings.look().toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (RejectedExecutionException e) {
            return false;
        }
    }

    private void look() {
        again = true;
        if (!answered.get() && looking.compareAndSet(false, true)) {
            onWorker(() -> {
                try {
                    again = false;
                    seek();
                } finally {
                    looking.set(false);
                }
                if (again) {
                    look();
                }
            });
        }
    }

    private void seek() {
        Cluster.Sent command = sent;
        if (command == null || answered.get()) {
            return;
        }
        try {
            byte[] outcome = sides.cluster.outcome(sessionId, command.commandId());
            if (outcome != null) {
                answer(Answer.outcome(outcome, command.lastSeq()));
                return;
            }
            // Whoever takes it up reads its commands first.
            sides.locator.locate(sessionId);
        } catch (JournalException e) {
            // It may be gone by this very command, whose outcome is only told afterwards.
            if (e.reason() == Reason.NOT_FOUND && goneForLong()) {
                answer(Answer.failure(e));
                return;
            }
            LOG.debug("session {}: its owner cannot be asked yet", sessionId, e);
        }
        if (System.nanoTime() - deadline >= 0) {
            answer(Answer.failure(
                    new JournalException(Reason.UNAVAILABLE, "session " + sessionId + ": its node does not answer")));
        }
    }

    /** Called by one thread at a time. */
    private boolean goneForLong() {
        long now = System.nanoTime();
        if (goneSince == 0) {
            goneSince = now;
        }
        return now - goneSince >= GONE_NANOS;
    }

    private void answer(Answer answer) {
        if (answered.compareAndSet(false, true)) {
            stop();
            then.accept(answer);
        }
    }

    private synchronized void stop() {
        if (watch != null) {
            watch.close();
        }
        if (looks != null) {
            looks.cancel(false);
        }
    }
}
