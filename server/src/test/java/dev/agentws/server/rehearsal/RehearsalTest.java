package dev.agentws.server.rehearsal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.agentws.AgentServerConfig;
import dev.agentws.agent.AgentSettings;
import dev.agentws.agent.cost.ContextRules;
import dev.agentws.agent.cost.PriceTable;
import dev.agentws.anthropic.UpstreamConfig;
import dev.agentws.tools.ToolsConfig;
import dev.agentws.websocket.WebSocketConfig;
import java.io.EOFException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The unseen first streams of a server. */
@Timeout(60)
final class RehearsalTest {
    private static AgentServerConfig config(Path directory) {
        return new AgentServerConfig(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                1,
                WebSocketConfig.defaults(),
                new AgentSettings(
                        "claude-sonnet-5-5",
                        null,
                        directory,
                        List.of(),
                        1,
                        0,
                        Duration.ofHours(1),
                        Duration.ofMinutes(1),
                        1 << 20,
                        "test",
                        PriceTable.published(),
                        ContextRules.usual()),
                UpstreamConfig.of(URI.create("http://127.0.0.1:9"), "none"),
                ToolsConfig.defaults(Map.of(), directory),
                1,
                Duration.ofSeconds(1),
                "test");
    }

    @Test
    void allSessionsAreStreamedToTheirEndThoughTheRealServerAllowsOne(@TempDir Path directory) throws Exception {
        assertThatCode(() -> Rehearsal.of(config(directory), directory).play()).doesNotThrowAnyException();
        try (var left = Files.list(directory)) {
            assertThat(left).isEmpty();
        }
    }

    @Test
    void aConnectionThatEndsTooEarlyIsAFault() throws Exception {
        try (ServerSocket door = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread closer = new Thread(() -> {
                try {
                    door.accept().close();
                } catch (java.io.IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            });
            closer.start();
            assertThatThrownBy(() ->
                            new PlayedClient(new InetSocketAddress(door.getInetAddress(), door.getLocalPort()), "key"))
                    .isInstanceOfAny(EOFException.class, java.net.SocketException.class);
            closer.join();
        }
    }
}
