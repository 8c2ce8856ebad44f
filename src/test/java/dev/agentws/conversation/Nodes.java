package dev.agentws.conversation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentws.AgentServer;
import dev.agentws.AgentServerConfig;
import dev.agentws.JournalSettings;
import dev.agentws.journal.End;
import dev.agentws.journal.redis.RedisJournalConfig;
import dev.agentws.journal.redis.RedisServer;
import dev.agentws.simulator.GatedScript;
import dev.agentws.simulator.Scripts;
import dev.agentws.simulator.SimulatedCall;
import dev.agentws.simulator.Simulator;
import dev.agentws.simulator.SimulatorConfig;
import dev.agentws.tools.ToolsConfig;
import dev.agentws.tools.shell.Uncontained;
import dev.agentws.websocket.TokenCheck.Verdict;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Several servers that share one real Redis, each over a line that can be cut, and one simulated model whose answers the test gives. What
 * clients saw is held against the rules at the end.
 */
final class Nodes implements AutoCloseable {
    static final Duration LEASE = Duration.ofMillis(2_500);

    final StageSettings settings = new StageSettings();
    final RedisServer redis;
    private final Path directory;
    private final GatedScript script = Scripts.gated();
    private final Simulator simulator;
    private final Map<String, AgentServer> servers = new LinkedHashMap<>();
    private final Map<String, CutLine> lines = new LinkedHashMap<>();
    private final List<Client> clients = new ArrayList<>();

    /** Skips the test where there is no redis-server. */
    Nodes(Path directory) throws IOException {
        this(directory, RedisServer.start(directory));
    }

    /** @param redis ended with the nodes */
    Nodes(Path directory, RedisServer redis) throws IOException {
        this.directory = directory.toRealPath();
        this.redis = redis;
        simulator = Simulator.start(SimulatorConfig.defaults().withScript(script));
    }

    /** Starts a node. */
    AgentServer start(String name) throws IOException {
        CutLine line = new CutLine(redis.address());
        ToolsConfig tools = ToolsConfig.defaults(
                        Map.of("PATH", "/usr/bin:/bin", "HOME", directory.toString()), Path.of("/tmp"))
                .withSandbox(Uncontained.OFF);
        RedisJournalConfig journal = new RedisJournalConfig(
                "redis://127.0.0.1:" + line.address().getPort(),
                name,
                LEASE,
                0,
                Duration.ofSeconds(2),
                Duration.ofSeconds(20),
                1 << 20);
        AgentServerConfig config = new AgentServerConfig(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        1,
                        settings.socket,
                        settings.agents(directory),
                        settings.upstream(simulator.baseUrl()),
                        tools,
                        8,
                        Duration.ofSeconds(2),
                        "test")
                .withJournal(new JournalSettings(journal, Duration.ofMillis(5), End.ARCHIVE, Duration.ZERO)
                        .withHibernation(settings.hibernateAfter));
        AgentServer server = AgentServer.start(
                config,
                token -> CompletableFuture.completedFuture(
                        token.equals(Stage.KEY) ? Verdict.ACCEPTED : Verdict.REJECTED));
        servers.put(name, server);
        lines.put(name, line);
        return server;
    }

    AgentServer server(String name) {
        AgentServer server = servers.get(name);
        if (server == null) {
            throw new IllegalArgumentException("node: " + name + " (expected: one of " + servers.keySet() + ")");
        }
        return server;
    }

    /** A client of that node. */
    Client client(String name, String node) {
        Client client = new Client(name, server(node).address(), "?token=" + Stage.KEY, 0);
        clients.add(client);
        client.await("auth_success");
        return client;
    }

    /** The node does not reach Redis any more, nor Redis the node. */
    void cutOff(String node) {
        line(node).refuse();
    }

    void joinAgain(String node) {
        line(node).allow();
    }

    private CutLine line(String node) {
        CutLine line = lines.get(node);
        if (line == null) {
            throw new IllegalArgumentException("node: " + node);
        }
        return line;
    }

    /** The next request that reached the model. */
    SimulatedCall call() throws InterruptedException {
        try {
            return script.awaitCall(Client.PATIENCE);
        } catch (IllegalStateException e) {
            throw new AssertionError(e.getMessage() + histories(), e);
        }
    }

    void until(String what, BooleanSupplier holds) {
        long end = System.nanoTime() + Client.PATIENCE.toNanos();
        while (!holds.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("not in time: " + what + histories());
            }
            LockSupport.parkNanos(2_000_000);
        }
    }

    private String histories() {
        return clients.stream().map(Client::history).collect(Collectors.joining());
    }

    /** What did not hold on any client. */
    List<String> problems() {
        return clients.stream().flatMap(client -> client.problems().stream()).toList();
    }

    @Override
    public void close() {
        List<String> problems = problems();
        String histories = histories();
        clients.forEach(Client::close);
        lines.values().forEach(CutLine::allow);
        List<@Nullable Void> closed = new ArrayList<>();
        servers.values().stream()
                .map(server -> server.shutdown().toCompletableFuture())
                .toList()
                .forEach(each -> closed.add(each.join()));
        lines.values().forEach(CutLine::close);
        simulator.close();
        redis.close();
        assertThat(problems).as("rules that did not hold%s", histories).isEmpty();
    }
}
