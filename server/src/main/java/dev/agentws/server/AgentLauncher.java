package dev.agentws.server;

import dev.agentws.AgentServer;
import dev.agentws.AgentServerConfig;
import dev.agentws.JournalSettings;
import dev.agentws.Listening;
import dev.agentws.OperationsConfig;
import dev.agentws.StartException;
import dev.agentws.agent.AgentSettings;
import dev.agentws.agent.cost.PriceTable;
import dev.agentws.agent.permission.PermissionSettings;
import dev.agentws.anthropic.UpstreamConfig;
import dev.agentws.anthropic.UpstreamConfig.KeyHeader;
import dev.agentws.anthropic.http.ProxySettings;
import dev.agentws.console.ConsolePages;
import dev.agentws.journal.files.FileJournalConfig;
import dev.agentws.journal.redis.RedisJournalConfig;
import dev.agentws.server.rehearsal.Rehearsal;
import dev.agentws.simulator.Simulator;
import dev.agentws.simulator.SimulatorConfig;
import dev.agentws.tools.ToolWorkers;
import dev.agentws.tools.ToolsConfig;
import dev.agentws.tools.shell.Leftovers;
import dev.agentws.tools.shell.Sandbox;
import dev.agentws.websocket.TokenCheck;
import dev.agentws.websocket.WebSocketConfig;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Turns settings into a running server: the library's records, the key file as the judge of tokens, and a simulator if one is wanted. */
final class AgentLauncher implements Launcher {
    /** Good at tools and cheap enough to be the choice of somebody who made none. */
    private static final String DEFAULT_MODEL = "claude-sonnet-5-5";

    private static final long MAX_LOG_BYTES = 16 << 20;
    /** With the writer's own few milliseconds, what was shown is written within 50. */
    private static final Duration JOURNAL_DELAY = Duration.ofMillis(40);
    /** Clients wait for it. */
    private static final Duration REDIS_DELAY = Duration.ofMillis(5);

    private static final Duration CLOSE_GRACE = Duration.ofSeconds(5);

    private final Surroundings surroundings;
    private final Path tempDirectory;
    private final String platform;
    private final String machine;

    /**
     * @param tempDirectory for the private files of sessions
     * @param platform what the model is told of the machine
     * @param machine its processor, as the JDK names it
     */
    AgentLauncher(Surroundings surroundings, Path tempDirectory, String platform, String machine) {
        this.surroundings = surroundings;
        this.tempDirectory = tempDirectory;
        this.platform = platform;
        this.machine = machine;
    }

    @Override
    public Running start(Settings settings, KeyFile key) throws IOException, StartFailure {
        InetSocketAddress address = new InetSocketAddress(
                settings.listen().host(), settings.listen().port());
        PriceTable prices = PriceFile.read(settings.upstream().prices());
        Path temp = real("directory for temporary files", tempDirectory);
        Leftovers.remove(temp);
        Sandbox sandbox = SandboxChoice.of(settings.workplace(), surroundings.environment(), temp, machine);
        URI collector = settings.operations().otlp();
        TraceExport traces = collector == null ? null : new TraceExport(collector, Program.programVersion());
        Simulator simulator = settings.upstream().simulated() ? Simulator.start(SimulatorConfig.defaults()) : null;
        try {
            URI upstream = simulator == null ? settings.upstream().baseUrl() : simulator.baseUrl();
            AgentServerConfig config = new AgentServerConfig(
                    new Listening(
                            address,
                            settings.listen().tls(),
                            settings.listen().unixSocket(),
                            settings.listen().sockets()),
                    settings.listen().ioThreads(),
                    sockets(settings),
                    agents(settings, prices),
                    simulator == null
                            ? upstream(settings.upstream(), upstream)
                            : UpstreamConfig.of(upstream, "simulated"),
                    ToolsConfig.defaults(surroundings.environment(), temp).withSandbox(sandbox),
                    ToolWorkers.DEFAULT_MAX_THREADS,
                    CLOSE_GRACE,
                    Program.programVersion(),
                    new OperationsConfig(
                            settings.operations().metrics(),
                            new LogLevel.Live(),
                            traces,
                            settings.operations().traceContent()),
                    journal(settings.journal()));
            AgentServer server = AgentServer.start(
                    config, token -> judge(key, token), new ConsolePages(task -> new Thread(task, "agentws-console")
                            .start()));
            if (settings.listen().warmUp()) {
                Rehearsal.begin(config, temp);
            }
            return new Everything(
                    server, simulator, traces, settings.operations().drain());
        } catch (IOException | StartFailure | RuntimeException e) {
            if (traces != null) {
                traces.close();
            }
            if (simulator != null) {
                simulator.close();
            }
            if (e instanceof StartException) {
                throw new StartFailure(String.valueOf(e.getMessage()).replaceAll("\\p{Cntrl}+", " "));
            }
            throw e;
        }
    }

    private static @Nullable JournalSettings journal(Settings.Journal journal) {
        Path directory = journal.directory();
        Secret redis = journal.redis();
        if (redis != null) {
            return new JournalSettings(redis(redis, journal), REDIS_DELAY, journal.ended(), journal.keepArchived())
                    .withHibernation(journal.hibernateAfter());
        }
        return directory == null
                ? null
                : new JournalSettings(
                                FileJournalConfig.defaults(directory, journal.level()),
                                JOURNAL_DELAY,
                                journal.ended(),
                                journal.keepArchived(),
                                !journal.chosen())
                        .withHibernation(journal.hibernateAfter());
    }

    /** Under another name at each start, so that nobody takes a new process for one that died. */
    static RedisJournalConfig redis(Secret url, Settings.Journal journal) {
        String node = ProcessHandle.current().pid() + "-" + UUID.randomUUID();
        RedisJournalConfig usual = RedisJournalConfig.defaults(url.text(), node);
        return new RedisJournalConfig(
                usual.url(),
                node,
                journal.lease(),
                journal.replicas(),
                usual.commandTimeout(),
                usual.patience(),
                usual.pendingBytes());
    }

    private static CompletionStage<TokenCheck.Verdict> judge(KeyFile key, String token) {
        return key.check(token).thenApply(verdict -> switch (verdict) {
            case ACCEPTED -> TokenCheck.Verdict.ACCEPTED;
            case REJECTED -> TokenCheck.Verdict.REJECTED;
            case NO_KEY -> TokenCheck.Verdict.NO_KEY;
        });
    }

    private static WebSocketConfig sockets(Settings settings) {
        Settings.Limits limits = settings.limits();
        WebSocketConfig usual = WebSocketConfig.defaults();
        WebSocketConfig.Connections connections = usual.connections();
        WebSocketConfig.Messages messages = usual.messages();
        return usual.withAuthEnabled(settings.access().authEnabled())
                .withAllowedOrigins(settings.access().allowedOrigins())
                .withFlushWindow(settings.listen().flushWindow())
                .withMessages(new WebSocketConfig.Messages(
                        limits.maxMessageBytes(),
                        Math.min(messages.maxUnauthenticatedBytes(), limits.maxMessageBytes()),
                        messages.maxFragments()))
                .withConnections(new WebSocketConfig.Connections(
                        limits.maxConnections(),
                        Math.min(connections.maxUnauthenticated(), limits.maxConnections()),
                        connections.sendBufferBytes(),
                        connections.lowWaterBytes(),
                        connections.highWaterBytes()))
                .withRates(new WebSocketConfig.Rates(
                        // Over five seconds, so that a burst of a front end that just came back passes.
                        new WebSocketConfig.Rate(
                                Math.multiplyExact(limits.messagesPerSecond(), 5), Duration.ofSeconds(5)),
                        new WebSocketConfig.Rate(limits.promptsPerMinute(), Duration.ofMinutes(1)),
                        new WebSocketConfig.Rate(limits.authFailuresPerMinute(), Duration.ofMinutes(1))));
    }

    private AgentSettings agents(Settings settings, PriceTable prices) throws StartFailure {
        String model = settings.upstream().model();
        Path directory = real("working directory", settings.workplace().directory());
        List<Path> roots = new ArrayList<>();
        for (Path root : settings.workplace().roots()) {
            roots.add(real("workspace root", root));
        }
        return new AgentSettings(
                model == null ? DEFAULT_MODEL : model,
                settings.upstream().smallModel(),
                directory,
                roots,
                settings.limits().maxSessions(),
                settings.limits().queuePerSession(),
                settings.limits().sessionTimeout(),
                settings.limits().permissionTimeout(),
                MAX_LOG_BYTES,
                platform,
                prices,
                settings.upstream().context(),
                new PermissionSettings(home(), List.of()));
    }

    /** What {@code ~} means in rules and commands. */
    private @Nullable Path home() {
        String home = surroundings.environment().getOrDefault("HOME", "");
        try {
            return home.startsWith("/") ? Path.of(home).toRealPath() : null;
        } catch (IOException e) {
            return null;
        }
    }

    static Path real(String what, Path directory) throws StartFailure {
        try {
            Path real = directory.toRealPath();
            if (!Files.isExecutable(real)) {
                throw new AccessDeniedException(real.toString());
            }
            return real;
        } catch (AccessDeniedException e) {
            throw new StartFailure(
                    what + " " + directory + ": permission denied (expected: a directory that this user may enter)");
        } catch (IOException e) {
            throw new StartFailure(what + " " + directory + ": does not exist (expected: an existing directory)");
        }
    }

    private static UpstreamConfig upstream(Settings.Upstream upstream, URI baseUrl) throws StartFailure {
        Secret key = upstream.credentials().apiKey();
        Secret bearer = upstream.credentials().bearer();
        Map<String, String> headers = new LinkedHashMap<>();
        upstream.headers()
                .forEach(header -> headers.put(header.name(), header.value().text()));
        ProxyAddress proxy = upstream.proxy();
        return new UpstreamConfig(
                baseUrl,
                key == null ? null : key.text(),
                bearer == null ? null : bearer.text(),
                KeyHeader.X_API_KEY,
                headers,
                UpstreamConfig.DEFAULT_CONNECT_TIMEOUT,
                upstream.idleTimeout(),
                upstream.maxRetries(),
                UpstreamConfig.DEFAULT_MAX_IDLE_PER_LOOP,
                UpstreamConfig.DEFAULT_IDLE_CONNECTION_LIFE,
                proxy == null ? null : proxy(proxy, upstream),
                upstream.http2(),
                TrustFile.read(upstream.trust()));
    }

    private static ProxySettings proxy(ProxyAddress proxy, Settings.Upstream upstream) {
        Secret credentials = proxy.credentials();
        String user = null;
        String password = null;
        if (credentials != null) {
            String[] both = credentials.text().split(":", 2);
            user = URLDecoder.decode(both[0], StandardCharsets.UTF_8);
            password = both.length == 1 ? "" : URLDecoder.decode(both[1], StandardCharsets.UTF_8);
        }
        return new ProxySettings(proxy.host(), proxy.port(), user, password, upstream.noProxy());
    }

    /** The server, and what is behind it if it is wanted. */
    private static final class Everything implements Running {
        private final AgentServer server;
        private final @Nullable Simulator simulator;
        private final @Nullable TraceExport traces;
        private final Duration drainGrace;
        private final CompletionStage<Void> ended;

        Everything(
                AgentServer server, @Nullable Simulator simulator, @Nullable TraceExport traces, Duration drainGrace) {
            this.server = server;
            this.simulator = simulator;
            this.traces = traces;
            this.drainGrace = drainGrace;
            // The server ends on a thread of Netty, on which nobody may wait for the rest.
            this.ended = server.closed().thenRunAsync(this::closeRest);
        }

        private void closeRest() {
            if (traces != null) {
                traces.close();
            }
            if (simulator != null) {
                simulator.close();
            }
        }

        @Override
        public InetSocketAddress address() {
            return server.address();
        }

        @Override
        public CompletionStage<Void> close() {
            server.shutdown();
            return ended;
        }

        @Override
        public CompletionStage<Void> drain() {
            server.drain(drainGrace);
            return ended;
        }

        @Override
        public CompletionStage<Void> closed() {
            return ended;
        }
    }
}
