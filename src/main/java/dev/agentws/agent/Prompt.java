package dev.agentws.agent;

import dev.agentws.agent.event.SessionListener;
import dev.agentws.agent.model.Block;
import io.netty.util.concurrent.EventExecutor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a client wants answered. Immutable.
 *
 * @param promptId the client's own id of it, or null
 * @param sender who drives the turn: its reading speed is the turn's speed
 * @param loop the sender's event loop, to which the session moves for the turn
 */
public record Prompt(List<Block> content, @Nullable String promptId, SessionListener sender, EventExecutor loop) {
    public Prompt {
        content = List.copyOf(content);
    }
}
