package dev.agentws.agent;

import dev.agentws.agent.cost.Spending;
import dev.agentws.agent.event.SessionEvent.Compacted;
import dev.agentws.agent.event.SessionEvent.TurnFault;
import dev.agentws.agent.model.CompactionMode;
import dev.agentws.agent.model.ModelFailure;
import dev.agentws.agent.model.ModelRequest;
import dev.agentws.agent.transcript.AnswerView;
import dev.agentws.agent.transcript.SummaryRequest;
import dev.agentws.agent.transcript.Transcript;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shortens the conversation of a turn: has the model write a summary, which then takes the place of all that was said. If that fails, the
 * conversation stays as it was. Confined to the session's loop.
 */
final class Compactor implements ModelAnswer.End {
    private static final Logger LOG = LoggerFactory.getLogger(Compactor.class);
    /** A character is at most about one token, so a text of that part of the window's tokens leaves room for the summary. */
    private static final int DIGEST_PART = 2;

    private final Session session;
    private final Transcript transcript;
    private final Spending spending;

    private @Nullable ModelAnswer answer;
    private Trigger trigger = Trigger.AUTO;
    private String instructions = "";
    private Consumer<@Nullable TurnFault> then = fault -> {};
    private long startedNanos;
    private boolean digest;
    /** Shortened, and no answer of the model since. */
    private boolean fresh;
    /** It failed, or changed next to nothing: trying again would only cost money. */
    private boolean hopeless;

    /** Why a conversation is shortened. */
    enum Trigger {
        AUTO,
        MANUAL,
        OVERFLOW;

        private String wireName() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    Compactor(Session session, Transcript transcript, Spending spending) {
        this.session = session;
        this.transcript = transcript;
        this.spending = spending;
    }

    /** Whether the conversation is too long once that many tokens are added. */
    boolean due(long more) {
        return !hopeless
                && !fresh
                && transcript.size() > 0
                && session.conversation().compaction().isOurs(transcript.tokens() + more);
    }

    /** The model has answered the conversation as it stands. */
    void answerCame() {
        if (fresh) {
            fresh = false;
            hopeless = due(0);
        }
    }

    /** Somebody asks for it; a conversation that has not begun cannot be shortened. */
    void runAsAsked(String instructions, Consumer<@Nullable TurnFault> then) {
        if (transcript.size() == 0) {
            then.accept(new TurnFault(
                    TurnFault.Cause.COMPACTION,
                    "/compact: the conversation has not begun, nothing to shorten",
                    false,
                    null));
            return;
        }
        run(Trigger.MANUAL, instructions, then);
    }

    /** @param whenDone gets null, or why the conversation is still what it was; not called after {@link #cancel} */
    void run(Trigger why, String wishes, Consumer<@Nullable TurnFault> whenDone) {
        trigger = why;
        instructions = wishes;
        then = whenDone;
        startedNanos = session.services().nanoTime().getAsLong();
        ask(why == Trigger.OVERFLOW);
    }

    private void ask(boolean fromDigest) {
        digest = fromDigest;
        ModelAnswer next = new ModelAnswer(session, AnswerView.UNSEEN, this);
        answer = next;
        try {
            ModelRequest request = session.request();
            long characters = session.services().settings().context().windows().of(session.model()) / DIGEST_PART;
            next.start(
                    fromDigest
                            ? SummaryRequest.ofDigest(request, instructions, characters)
                            : SummaryRequest.behind(request, instructions));
        } catch (RuntimeException e) {
            LOG.error("session {}: the call for a summary could not be started", session.id(), e);
            fail("the call for a summary could not be started", null);
        }
    }

    @Override
    public void begun() {}

    @Override
    public void answered(ModelAnswer whole, String stopReason) {
        whole.charge(spending);
        String summary = whole.text();
        whole.discard();
        boolean useless = summary.isBlank() || stopReason.equals("tool_use") || stopReason.equals("refusal");
        if (useless && !digest) {
            ask(true);
        } else if (useless) {
            fail("the model wrote no summary (stop_reason " + stopReason + ")", null);
        } else {
            replace(summary);
        }
    }

    private void replace(String summary) {
        answer = null;
        long before = transcript.tokens();
        transcript.replaceBy(SummaryRequest.asBeginning(summary));
        fresh = true;
        long nanos = session.services().nanoTime().getAsLong() - startedNanos;
        session.emit(new Compacted(
                trigger.wireName(),
                CompactionMode.CLIENT,
                before,
                transcript.tokens(),
                TimeUnit.NANOSECONDS.toMillis(nanos)));
        then.accept(null);
    }

    @Override
    public void failed(ModelAnswer whole, ModelFailure failure) {
        whole.charge(spending);
        whole.discard();
        switch (failure.kind()) {
            case CONTEXT_OVERFLOW, TOO_LARGE, INVALID_REQUEST -> {
                if (!digest) {
                    ask(true);
                    return;
                }
            }
            default -> {}
        }
        fail(failure.message(), failure);
    }

    private void fail(String why, @Nullable ModelFailure failure) {
        answer = null;
        hopeless = true;
        boolean retryable = failure != null && failure.kind().retryable();
        then.accept(new TurnFault(
                TurnFault.Cause.COMPACTION, "The conversation could not be shortened: " + why, retryable, failure));
    }

    /** Stops; returns whether there was something to stop. */
    boolean cancel() {
        ModelAnswer open = answer;
        answer = null;
        if (open == null) {
            return false;
        }
        open.cancel();
        open.charge(spending);
        open.discard();
        return true;
    }

    void paused(boolean now) {
        if (answer != null) {
            answer.paused(now);
        }
    }
}
