package dev.agentws.agent;

import dev.agentws.agent.event.SessionEvent.TurnFault;
import dev.agentws.agent.options.OutputFormat;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds the final answer of a turn against the schema that the session asks for, and has the model mend it a few times. Confined to the
 * session's loop; the check itself runs on a worker.
 */
final class StructuredAnswer {
    private static final Logger LOG = LoggerFactory.getLogger(StructuredAnswer.class);
    private static final int MAX_REPAIRS = 5;

    private final Session session;
    private final OutputFormat format;
    private final End end;
    private int repairs;
    private @Nullable Future<?> job;
    private int asked;

    /** The turn. */
    interface End {
        /** The answer fits. */
        void fits(byte[] json);

        /** The model has to be told this and to answer again. */
        void mend(String words);

        /** It never came to fit. */
        void givenUp(String why);

        /** It cannot be checked. */
        void fail(TurnFault fault);
    }

    StructuredAnswer(Session session, OutputFormat format, End end) {
        this.session = session;
        this.format = format;
        this.end = end;
    }

    void check(String answer) {
        int number = ++asked;
        try {
            job = session.services().workers().submit(() -> {
                OutputFormat.Check check = checked(answer);
                session.execute(() -> {
                    if (number == asked) {
                        judge(check);
                    }
                });
            });
        } catch (RejectedExecutionException e) {
            end.fail(new TurnFault(
                    TurnFault.Cause.INTERNAL, "The server has no worker free to check the answer", true, null));
        }
    }

    private OutputFormat.Check checked(String answer) {
        try {
            return format.check(answer);
        } catch (RuntimeException | StackOverflowError e) {
            LOG.warn("session {}: an answer could not be held against its schema", session.id(), e);
            return new OutputFormat.Check(null, List.of("it cannot be checked: " + e));
        }
    }

    private void judge(OutputFormat.Check check) {
        job = null;
        byte[] json = check.json();
        String problems = String.join("\n- ", check.problems());
        if (json != null) {
            end.fits(json);
        } else if (repairs == MAX_REPAIRS) {
            end.givenUp("output_format: the answer does not fit the schema after " + MAX_REPAIRS + " corrections: "
                    + check.problems().get(0));
        } else {
            repairs++;
            end.mend("Your answer does not fit the schema it has to fit:\n- " + problems
                    + "\nAnswer again with the whole JSON value, corrected, and nothing else.");
        }
    }

    /** Nothing is said any more about what is being checked. */
    void cancel() {
        asked++;
        Future<?> running = job;
        if (running != null) {
            running.cancel(true);
        }
    }
}
