package dev.agentws.agent.record;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Whether sessions are this process's to carry on, where several share a journal. Never blocks. Thread-safe. */
public interface Ownership {
    /** Whether the session is certainly ours just now: ask before something is done that nothing can fence. */
    boolean holds(String sessionId);

    /** The session is not ours any more, or nothing of it can be written: nothing that it still says counts. */
    void lost(String sessionId);

    /** Whether this process is about to go: what waits in its sessions is for the next one that has them. */
    boolean leaving();

    /** Counts a session that is to be; completes with false when there are as many as there may be. */
    CompletionStage<Boolean> admit(String sessionId);

    /** The session has ended, or did not come to be. */
    void dismiss(String sessionId);

    /** Nobody else is there. */
    Ownership ALONE = new Ownership() {
        @Override
        public boolean holds(String sessionId) {
            return true;
        }

        @Override
        public void lost(String sessionId) {
            // There is no other place where it could go on.
        }

        @Override
        public boolean leaving() {
            // There is no other one that would go on meanwhile.
            return false;
        }

        @Override
        public CompletionStage<Boolean> admit(String sessionId) {
            return CompletableFuture.completedFuture(true);
        }

        @Override
        public void dismiss(String sessionId) {
            // Nobody counts besides the registry.
        }
    };
}
