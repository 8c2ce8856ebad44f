package dev.agentws.cluster;

import dev.agentws.agent.Session;
import dev.agentws.journal.JournalException;
import org.jspecify.annotations.Nullable;

/**
 * What came of asking something of a session that was not here. Exactly one part is there.
 *
 * @param here the session, which lives on this node now: ask it
 * @param outcome what its owner said, as the owner's {@link CommandRunner} wrote it; empty if all that is known is that an owner which
 *     has died heard it
 * @param sentAfter the number of the session's last event when its owner was asked: what came of it has higher ones
 * @param failure why nobody can be asked; UNAVAILABLE also when it is not known whether it was done
 */
public record Answer(
        @Nullable Session here,
        byte @Nullable [] outcome,
        long sentAfter,
        @Nullable JournalException failure) {
    static Answer here(Session session) {
        return new Answer(session, null, -1, null);
    }

    static Answer outcome(byte[] json, long sentAfter) {
        return new Answer(null, json, sentAfter, null);
    }

    static Answer failure(JournalException why) {
        return new Answer(null, null, -1, why);
    }
}
