package dev.agentws.server.rehearsal;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import dev.agentws.AgentServer;
import dev.agentws.AgentServerConfig;
import dev.agentws.Listening;
import dev.agentws.OperationsConfig;
import dev.agentws.agent.AgentSettings;
import dev.agentws.anthropic.UpstreamConfig;
import dev.agentws.tools.ToolsConfig;
import dev.agentws.websocket.PageSource;
import dev.agentws.websocket.TokenCheck;
import dev.agentws.websocket.WebSocketConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import org.slf4j.Marker;

/**
 * Streams a few thousand deltas through a second server of the same kind, in the same process, unseen: on a port of its own that only
 * this machine reaches, with a key nobody knows, to an API it plays itself. The JVM compiles the path of a delta meanwhile, which
 * otherwise costs the first clients more CPU than their deltas do. It is over after about a second, and whatever goes wrong with it has no
 * consequences.
 */
public final class Rehearsal {
    private static final org.slf4j.Logger LOG = LoggerFactory.getLogger(Rehearsal.class);

    /** Few, so that the event loop wakes for few of them at once, as it does under a real load. */
    private static final int SESSIONS = 4;

    /** One delta for each session and round, and each is awaited: as often as the compilers want to see a method. */
    private static final int ROUNDS = 2_500;

    private static final int BURSTS = 120;
    private static final int BURST = 64;

    private final AgentServerConfig config;
    private final String key = UUID.randomUUID().toString();

    private Rehearsal(AgentServerConfig config) {
        this.config = config;
    }

    /**
     * Begins it on a thread of its own, and returns at once.
     *
     * @param real the server that the clients will use
     * @param directory an existing one; nothing is written to it
     */
    public static void begin(AgentServerConfig real, Path directory) {
        Rehearsal rehearsal = of(real, directory);
        // All threads that come of it belong to its group, by which its log lines are known.
        Thread thread = new Thread(new ThreadGroup("rehearsal"), rehearsal::run, "agentws-rehearsal");
        thread.setDaemon(true);
        thread.start();
    }

    static Rehearsal of(AgentServerConfig real, Path directory) {
        return new Rehearsal(configLike(real, directory));
    }

    private static AgentServerConfig configLike(AgentServerConfig real, Path directory) {
        AgentSettings agents = real.agents();
        return new AgentServerConfig(
                new Listening(here(), null, null, real.listening().sockets()),
                1,
                WebSocketConfig.defaults()
                        .withAuthEnabled(true)
                        .withFlushWindow(real.socket().flushWindow()),
                new AgentSettings(
                        agents.model(),
                        null,
                        directory,
                        List.of(),
                        SESSIONS,
                        1,
                        agents.sessionTimeout(),
                        agents.permissionTimeout(),
                        agents.maxLogBytes(),
                        agents.platform(),
                        agents.prices(),
                        agents.context(),
                        agents.permissions()),
                real.upstream(),
                ToolsConfig.defaults(Map.of(), directory),
                1,
                real.closeGrace(),
                real.version(),
                OperationsConfig.defaults(),
                null);
    }

    private static InetSocketAddress here() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }

    private void run() {
        Silence silence = new Silence(Thread.currentThread().getThreadGroup());
        silence.begin();
        long start = System.nanoTime();
        try {
            play();
            LOG.debug("rehearsed in {} ms", (System.nanoTime() - start) / 1_000_000);
        } catch (IOException | RuntimeException e) {
            LOG.debug("the rehearsal broke off", e);
        } finally {
            silence.end();
        }
    }

    /** Plays it through, on this thread. */
    void play() throws IOException {
        try (PlayedApi api = new PlayedApi()) {
            play(api);
        }
    }

    private void play(PlayedApi api) throws IOException {
        AgentServerConfig mine = new AgentServerConfig(
                config.listening(),
                config.ioThreads(),
                config.socket(),
                config.agents(),
                UpstreamConfig.of(api.address(), "rehearsal"),
                config.tools(),
                config.toolThreads(),
                config.closeGrace(),
                config.version(),
                config.operations(),
                null);
        TokenCheck check = token -> CompletableFuture.completedFuture(
                token.equals(key) ? TokenCheck.Verdict.ACCEPTED : TokenCheck.Verdict.REJECTED);
        List<PlayedClient> clients = new ArrayList<>();
        try (AgentServer server = AgentServer.start(mine, check, PageSource.NONE)) {
            try {
                for (int i = 0; i < SESSIONS; i++) {
                    PlayedClient client = new PlayedClient(server.address(), key);
                    clients.add(client);
                    client.prompt();
                    api.answer();
                    client.awaitMessage();
                }
                stream(api, clients);
            } finally {
                clients.forEach(PlayedClient::close);
            }
        }
    }

    private static void stream(PlayedApi api, List<PlayedClient> clients) throws IOException {
        for (int round = 0; round < ROUNDS; round++) {
            turn(api, clients, 1);
        }
        for (int burst = 0; burst < BURSTS; burst++) {
            turn(api, clients, BURST);
        }
        api.end();
        for (PlayedClient client : clients) {
            client.awaitResult();
        }
    }

    private static void turn(PlayedApi api, List<PlayedClient> clients, int deltas) throws IOException {
        api.deltas(deltas);
        for (PlayedClient client : clients) {
            client.await(deltas);
        }
    }

    /** Drops what the threads of a group log, unless somebody wants to see everything. */
    private static final class Silence extends TurboFilter {
        private final ThreadGroup group;

        Silence(ThreadGroup group) {
            this.group = group;
        }

        void begin() {
            if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
                start();
                context.addTurboFilter(this);
            }
        }

        void end() {
            if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
                context.getTurboFilterList().remove(this);
            }
        }

        @Override
        public FilterReply decide(
                @Nullable Marker marker,
                Logger logger,
                Level level,
                @Nullable String format,
                Object @Nullable [] params,
                @Nullable Throwable t) {
            boolean ours = Thread.currentThread().getThreadGroup() == group;
            return ours && logger != LOG ? FilterReply.DENY : FilterReply.NEUTRAL;
        }
    }
}
