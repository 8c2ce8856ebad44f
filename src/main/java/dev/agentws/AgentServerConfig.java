package dev.agentws;

import dev.agentws.agent.AgentSettings;
import dev.agentws.anthropic.UpstreamConfig;
import dev.agentws.tools.ToolsConfig;
import dev.agentws.websocket.WebSocketConfig;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * All that an {@link AgentServer} is told. Immutable.
 *
 * @param listening where to listen, and by which sockets
 * @param ioThreads event loops; half as many as cores is right, one passes on some 100,000 deltas a second
 * @param socket limits and rules of the clients' connections
 * @param agents limits and defaults of the sessions
 * @param upstream where the model is
 * @param tools what the built-in tools may use
 * @param toolThreads tool calls that may run at the same time
 * @param closeGrace how long {@link AgentServer#close} waits for connections to say goodbye
 * @param version what the status routes tell
 * @param operations what an operator may see and turn
 * @param journal where sessions are written down, or null to keep them in memory only
 */
public record AgentServerConfig(
        Listening listening,
        int ioThreads,
        WebSocketConfig socket,
        AgentSettings agents,
        UpstreamConfig upstream,
        ToolsConfig tools,
        int toolThreads,
        Duration closeGrace,
        String version,
        OperationsConfig operations,
        @Nullable JournalSettings journal) {
    public AgentServerConfig {
        if (ioThreads < 1) {
            throw new IllegalArgumentException("ioThreads: " + ioThreads + " (expected: at least 1)");
        }
        if (toolThreads < 1) {
            throw new IllegalArgumentException("toolThreads: " + toolThreads + " (expected: at least 1)");
        }
    }

    /** The same for one plain TCP port, by the best sockets there are. */
    public AgentServerConfig(
            InetSocketAddress address,
            int ioThreads,
            WebSocketConfig socket,
            AgentSettings agents,
            UpstreamConfig upstream,
            ToolsConfig tools,
            int toolThreads,
            Duration closeGrace,
            String version) {
        this(
                Listening.on(address),
                ioThreads,
                socket,
                agents,
                upstream,
                tools,
                toolThreads,
                closeGrace,
                version,
                OperationsConfig.defaults(),
                null);
    }

    /** The same with another operator's side. */
    public AgentServerConfig withOperations(OperationsConfig other) {
        return new AgentServerConfig(
                listening,
                ioThreads,
                socket,
                agents,
                upstream,
                tools,
                toolThreads,
                closeGrace,
                version,
                other,
                journal);
    }

    /** The same with sessions that outlive the process. */
    public AgentServerConfig withJournal(JournalSettings settings) {
        return new AgentServerConfig(
                listening,
                ioThreads,
                socket,
                agents,
                upstream,
                tools,
                toolThreads,
                closeGrace,
                version,
                operations,
                settings);
    }
}
