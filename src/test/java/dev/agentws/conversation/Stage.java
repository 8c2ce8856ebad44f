package dev.agentws.conversation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentws.AgentServer;
import dev.agentws.AgentServerConfig;
import dev.agentws.JournalSettings;
import dev.agentws.journal.End;
import dev.agentws.journal.files.FileJournalConfig;
import dev.agentws.simulator.GatedScript;
import dev.agentws.simulator.Script;
import dev.agentws.simulator.Scripts;
import dev.agentws.simulator.SimulatedCall;
import dev.agentws.simulator.Simulator;
import dev.agentws.simulator.SimulatorConfig;
import dev.agentws.simulator.SimulatorStats;
import dev.agentws.tools.ToolsConfig;
import dev.agentws.tools.shell.Uncontained;
import dev.agentws.websocket.TokenCheck.Verdict;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A server, a simulated model whose answers the test gives, and clients. All begins with the first client; after the test it is checked
 * that every client saw what the rules allow, and that no process and no open answer of the model is left.
 */
final class Stage implements AfterEachCallback {
    static final String KEY = "sesame";
    /** A name that passes the filter of the commands' environment. */
    private static final String MARK = "LC_STAGE_MARK=";

    final StageSettings settings = new StageSettings();
    private final GatedScript script = Scripts.gated();
    private final String mark = UUID.randomUUID().toString();
    private final Path directory = newDirectory();
    private final List<Client> clients = new ArrayList<>();
    private @Nullable Simulator simulator;
    private @Nullable AgentServer server;

    private static Path newDirectory() {
        try {
            return Files.createTempDirectory("agentws-stage-").toRealPath();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The sessions' working directory. */
    Path directory() {
        return directory;
    }

    /** The simulator's address, which a detour leads to in the end. */
    URI simulatorUrl() {
        return simulator().baseUrl();
    }

    private Simulator simulator() {
        Simulator running = simulator;
        if (running == null) {
            Script own = settings.script;
            running = Simulator.start(SimulatorConfig.defaults()
                    .withScript(own == null ? script : own)
                    .withSsl(settings.way.identity()));
            simulator = running;
        }
        return running;
    }

    AgentServer server() {
        AgentServer running = server;
        if (running == null) {
            running = start();
            server = running;
        }
        return running;
    }

    private AgentServer start() {
        // Off, so that the same questions are asked whether or not this machine has a sandbox.
        ToolsConfig tools = ToolsConfig.defaults(
                        Map.of("PATH", "/usr/bin:/bin", "HOME", directory.toString(), "LC_STAGE_MARK", mark),
                        Path.of("/tmp"))
                .withSandbox(Uncontained.OFF);
        AgentServerConfig config = new AgentServerConfig(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                settings.ioThreads,
                settings.socket,
                settings.agents(directory),
                settings.upstream(simulatorUrl()),
                tools,
                8,
                Duration.ofSeconds(2),
                "test");
        Path books = settings.books;
        FileJournalConfig files =
                FileJournalConfig.defaults(books == null ? directory.resolve("books") : books, settings.level);
        try {
            return AgentServer.start(
                    books == null
                            ? config.withOperations(settings.operations)
                            : config.withOperations(settings.operations)
                                    .withJournal(new JournalSettings(
                                                    files, Duration.ofMillis(5), End.ARCHIVE, Duration.ZERO, false)
                                            .withHibernation(settings.hibernateAfter)),
                    token ->
                            CompletableFuture.completedFuture(token.equals(KEY) ? Verdict.ACCEPTED : Verdict.REJECTED));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends the server as a service manager does, and starts another one on the same books. */
    void restart() {
        server().close();
        server = start();
    }

    /** A client that is let in. */
    Client client(String name) {
        return client(name, 0);
    }

    /** The same with a small receive buffer, so that it does not take much when it stops reading. */
    Client client(String name, int receiveBuffer) {
        Client client = new Client(name, server().address(), "?token=" + KEY, receiveBuffer);
        clients.add(client);
        client.await("auth_success");
        return client;
    }

    /** A client that is let in and says whose trace its connection belongs to. */
    Client traced(String name, String traceParent) {
        // The rest of the request line that the client writes becomes a header that nobody looks at.
        String request = "?token=" + KEY + " HTTP/1.1\r\ntraceparent: " + traceParent + "\r\nx-rest:";
        Client client = new Client(name, server().address(), request, 0);
        clients.add(client);
        client.await("auth_success");
        return client;
    }

    /** What the server answers to a plain request: the status, a line break, the body. */
    String http(String method, String path, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + server().address().getPort() + path))
                .method(method, HttpRequest.BodyPublishers.noBody());
        if (headers.length > 0) {
            request.headers(headers);
        }
        try {
            HttpResponse<String> answer =
                    HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
            return answer.statusCode() + "\n" + answer.body();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted" + histories(), e);
        }
    }

    /** A client that has only connected. */
    Client stranger(String name) {
        Client client = new Client(name, server().address(), "", 0);
        clients.add(client);
        return client;
    }

    /** The next request that reached the model. */
    SimulatedCall call() {
        try {
            return script.awaitCall(Client.PATIENCE);
        } catch (IllegalStateException e) {
            throw new AssertionError(e.getMessage() + histories(), e);
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted" + histories(), e);
        }
    }

    /** How many requests wait for {@link #call}. */
    int waitingCalls() {
        return script.waiting();
    }

    SimulatorStats stats() {
        return simulator().stats();
    }

    /** Waits for something that no frame tells. */
    void until(String what, BooleanSupplier holds) {
        within(Client.PATIENCE, what, holds);
    }

    void within(Duration time, String what, BooleanSupplier holds) {
        long end = System.nanoTime() + time.toNanos();
        while (!holds.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("not within " + time + ": " + what + histories());
            }
            LockSupport.parkNanos(2_000_000);
        }
    }

    /** Processes that carry this stage's mark. */
    List<Long> processes() {
        List<Long> found = new ArrayList<>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (Path process : all) {
                if (isMarked(process)) {
                    found.add(Long.valueOf(String.valueOf(process.getFileName())));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return found;
    }

    private boolean isMarked(Path process) {
        try {
            return Files.readString(process.resolve("environ"), StandardCharsets.ISO_8859_1)
                    .contains(MARK + mark);
        } catch (IOException goneOrForeign) {
            return false;
        }
    }

    private String histories() {
        return clients.stream().map(Client::history).collect(Collectors.joining());
    }

    @Override
    public void afterEach(ExtensionContext context) throws IOException {
        try {
            if (context.getExecutionException().isEmpty()) {
                within(Duration.ofSeconds(2), "no process is left", () -> processes()
                        .isEmpty());
                within(Duration.ofSeconds(2), "the model is silent", () -> stats().active() == 0);
                assertThat(script.waiting()).as("calls that no test looked at").isZero();
            }
            assertThat(clients.stream().flatMap(client -> client.problems().stream()))
                    .as("rules that did not hold%s", histories())
                    .isEmpty();
        } finally {
            clients.forEach(Client::close);
            if (server != null) {
                server.close();
            }
            if (simulator != null) {
                simulator.close();
            }
            remove();
        }
        assertThat(processes()).as("processes after the server's end").isEmpty();
    }

    private void remove() throws IOException {
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
