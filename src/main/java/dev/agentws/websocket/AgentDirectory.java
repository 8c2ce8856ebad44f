package dev.agentws.websocket;

import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** The agent definitions behind {@code GET /agents}. Thread-safe; called on event loops, answers from any thread, never blocks. */
public interface AgentDirectory {
    /**
     * The JSON that lists the definitions.
     *
     * @param workingDirectory whose definitions are meant, or null for the server's own
     * @return empty: answered with 404
     */
    CompletionStage<Optional<byte[]>> list(@Nullable String workingDirectory);

    /**
     * The JSON of one definition.
     *
     * @param name as the client gave it: not empty, without a slash, otherwise anything
     * @return empty if there is none of the name: answered with 404
     */
    CompletionStage<Optional<byte[]>> find(String name, @Nullable String workingDirectory);
}
