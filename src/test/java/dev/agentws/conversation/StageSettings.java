package dev.agentws.conversation;

import dev.agentws.OperationsConfig;
import dev.agentws.agent.AgentSettings;
import dev.agentws.agent.cost.ContextRules;
import dev.agentws.agent.cost.PriceTable;
import dev.agentws.agent.permission.PermissionSettings;
import dev.agentws.anthropic.UpstreamConfig;
import dev.agentws.journal.files.Durability;
import dev.agentws.simulator.Script;
import dev.agentws.websocket.WebSocketConfig;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a test may want otherwise than usual. Changed before the first client connects. */
final class StageSettings {
    Way way = Way.HTTP_1;
    int ioThreads = 1;
    int maxSessions = 50;
    int maxRetries = 2;
    Duration sessionTimeout = Duration.ofHours(1);
    Duration permissionTimeout = Duration.ofSeconds(60);
    long maxLogBytes = 16 << 20;
    WebSocketConfig socket = WebSocketConfig.defaults();
    OperationsConfig operations = OperationsConfig.defaults();
    PermissionSettings permissions = PermissionSettings.NONE;
    /** Where sessions are written down, or null for nowhere. */
    @Nullable
    Path books;

    Durability level = Durability.FAST;
    /** How long an idle session stays in memory; null for ever. */
    @Nullable
    Duration hibernateAfter = Duration.ofHours(1);

    /** What answers in place of the test. */
    @Nullable
    Script script;

    /** In place of the simulator. */
    @Nullable
    URI upstream;

    AgentSettings agents(Path directory) {
        return new AgentSettings(
                "claude-sonnet-5-5",
                null,
                directory,
                List.of(),
                maxSessions,
                8,
                sessionTimeout,
                permissionTimeout,
                maxLogBytes,
                "Test",
                PriceTable.published(),
                ContextRules.usual(),
                permissions);
    }

    UpstreamConfig upstream(URI simulator) {
        return new UpstreamConfig(
                upstream == null ? simulator : upstream,
                "key-of-the-stage",
                null,
                UpstreamConfig.KeyHeader.X_API_KEY,
                Map.of(),
                UpstreamConfig.DEFAULT_CONNECT_TIMEOUT,
                UpstreamConfig.DEFAULT_IDLE_READ_TIMEOUT,
                maxRetries,
                UpstreamConfig.DEFAULT_MAX_IDLE_PER_LOOP,
                UpstreamConfig.DEFAULT_IDLE_CONNECTION_LIFE,
                null,
                way.http2,
                way.trusted());
    }
}
