package dev.agentws.conversation;

import dev.agentws.AgentServer;
import dev.agentws.AgentServerConfig;
import dev.agentws.JournalSettings;
import dev.agentws.journal.End;
import dev.agentws.journal.files.Durability;
import dev.agentws.journal.files.FileJournalConfig;
import dev.agentws.tools.ToolsConfig;
import dev.agentws.tools.shell.Uncontained;
import dev.agentws.websocket.TokenCheck.Verdict;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** A server in a process of its own, which can be killed. It ends with the test's process, too. */
final class ServerProcess implements AutoCloseable {
    private final Process process;
    private final InetSocketAddress address;

    ServerProcess(URI model, Path directory, Durability level) throws IOException {
        process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        "-Xmx128m",
                        "-XX:TieredStopAtLevel=1",
                        ServerProcess.class.getName(),
                        model.toString(),
                        directory.toString(),
                        level.name())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        BufferedReader told =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII));
        String line = told.readLine();
        while (line != null && !line.startsWith("port ")) {
            line = told.readLine();
        }
        if (line == null) {
            throw new IOException("the server did not start");
        }
        address = new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(line.substring(5)));
    }

    /** As if by {@code kill -9}. */
    void kill() {
        process.destroyForcibly().onExit().join();
    }

    Client client(String name) {
        Client client = new Client(name, address, "?token=" + Stage.KEY, 0);
        client.await("auth_success");
        return client;
    }

    @Override
    public void close() {
        kill();
    }

    public static void main(String[] args) throws IOException {
        Path directory = Path.of(args[1]);
        StageSettings settings = new StageSettings();
        ToolsConfig tools = ToolsConfig.defaults(
                        Map.of("PATH", "/usr/bin:/bin", "HOME", directory.toString()), Path.of("/tmp"))
                .withSandbox(Uncontained.OFF);
        AgentServerConfig config = new AgentServerConfig(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        2,
                        settings.socket,
                        settings.agents(directory),
                        settings.upstream(URI.create(args[0])),
                        tools,
                        8,
                        Duration.ofSeconds(2),
                        "test")
                .withJournal(new JournalSettings(
                                FileJournalConfig.defaults(directory.resolve("books"), Durability.valueOf(args[2])),
                                Duration.ofMillis(40),
                                End.ARCHIVE,
                                Duration.ZERO,
                                false)
                        .withHibernation(Duration.ZERO));
        try (AgentServer server = AgentServer.start(
                config,
                token -> CompletableFuture.completedFuture(
                        token.equals(Stage.KEY) ? Verdict.ACCEPTED : Verdict.REJECTED))) {
            System.out.println("port " + server.address().getPort());
            while (System.in.read() >= 0) {
                // Until the test's process lets go of the other end.
            }
        }
    }
}
