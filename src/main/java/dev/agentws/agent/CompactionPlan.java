package dev.agentws.agent;

import dev.agentws.agent.cost.ContextRules;
import dev.agentws.agent.event.SessionEvent.Compacted;
import dev.agentws.agent.model.Block;
import dev.agentws.agent.model.CompactionMode;
import dev.agentws.agent.model.ModelFailure;
import dev.agentws.agent.model.ModelRequest;
import dev.agentws.agent.transcript.CompactionBlock;
import dev.agentws.agent.transcript.TokenEstimate;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who shortens a session's conversation, and when. Left the choice, that is the model's API where it offers it; an upstream that calls
 * its models by the same names and refuses is found out once. Confined to the session's loop.
 */
final class CompactionPlan {
    private static final Logger LOG = LoggerFactory.getLogger(CompactionPlan.class);
    /** The lowest threshold that the API takes. */
    private static final long LEAST_OF_API = 50_000;
    /** The API is asked from that part of the threshold on: our count may be off, but not by half. */
    private static final int NEAR = 2;

    private final Session session;
    /** The model whose upstream has taken a request that speaks of compaction. */
    private @Nullable String taker;
    /** The last request spoke of it. */
    private boolean spoken;
    /** Such a request was refused, and the same is tried without. */
    private boolean doubted;
    /** The upstream does not do it, so it is up to us. */
    private boolean refused;

    CompactionPlan(Session session) {
        this.session = session;
    }

    private ContextRules rules() {
        return session.services().settings().context();
    }

    private CompactionMode mode() {
        CompactionMode own = session.options().compaction();
        return own == null ? rules().mode() : own;
    }

    /** At how many tokens. */
    private long limit() {
        Long own = session.options().compactAtTokens();
        return own == null ? rules().compactAt(session.model()) : own;
    }

    /** Whether this server is to do it once a conversation has that many tokens. */
    boolean isOurs(long tokens) {
        return mode() != CompactionMode.OFF && !byApi() && tokens > limit();
    }

    /** Whether a conversation that the model could not take is shortened and tried again. */
    boolean mendsOverflow() {
        return mode() != CompactionMode.OFF;
    }

    private boolean byApi() {
        return switch (mode()) {
            case API -> true;
            case AUTO -> limit() >= LEAST_OF_API && willing();
            case CLIENT, OFF -> false;
        };
    }

    private boolean willing() {
        return !refused && !doubted && session.services().models().compacts(session.model());
    }

    /** The request in words that its upstream knows. */
    ModelRequest readable(ModelRequest request) {
        boolean foreign = !willing() && mode() != CompactionMode.API && CompactionBlock.begins(request.messages());
        return foreign ? request.saying(CompactionBlock.inWords(request.messages())) : request;
    }

    /** The request, in which the API is asked to shorten the conversation where that is near. */
    ModelRequest asking(ModelRequest request) {
        boolean near = byApi() && session.transcript().tokens() >= limit() / NEAR;
        spoken = near || CompactionBlock.begins(request.messages());
        return near ? request.compactingAt(Math.max(LEAST_OF_API, limit())) : request;
    }

    /** The model has answered the last request. */
    void answered() {
        if (spoken) {
            taker = session.model();
        } else if (doubted) {
            giveUp("the upstream refuses requests that speak of it");
        }
        doubted = false;
    }

    /** Whether a refused request may be one whose upstream knows nothing of compaction, so that it is tried once more without. */
    boolean triesWithout(ModelFailure failure) {
        boolean suspect = failure.kind() == ModelFailure.Kind.INVALID_REQUEST
                && spoken
                && mode() == CompactionMode.AUTO
                && !session.model().equals(taker);
        doubted = suspect;
        return suspect;
    }

    /** A block with which the API says that it has shortened the conversation, or that it could not. */
    void came(Block block, long tookNanos) {
        if (CompactionBlock.summary(block) == null) {
            giveUp("the API could not do it");
            return;
        }
        session.emit(new Compacted(
                "auto",
                CompactionMode.API,
                session.transcript().tokens(),
                TokenEstimate.of(List.of(block)),
                TimeUnit.NANOSECONDS.toMillis(tookNanos)));
    }

    private void giveUp(String why) {
        if (mode() == CompactionMode.AUTO && !refused) {
            refused = true;
            LOG.info("session {}: no compaction by the API ({}), summaries are asked for instead", session.id(), why);
        }
    }
}
