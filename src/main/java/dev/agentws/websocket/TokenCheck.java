package dev.agentws.websocket;

import java.util.concurrent.CompletionStage;

/** Says whether a token is good. Implementations are thread-safe and never block: a key that must be read from a file is read elsewhere. */
public interface TokenCheck {
    /**
     * Checks one token; called on an event loop.
     *
     * @param token without {@code Bearer } and white space around it, possibly empty
     * @return completed on any thread; a failure counts as {@link Verdict#REJECTED} and is logged
     */
    CompletionStage<Verdict> check(String token);

    /** What a check found. */
    enum Verdict {
        ACCEPTED,
        REJECTED,
        /** The server has no key to check against, so nobody can be let in. */
        NO_KEY
    }
}
