package dev.agentws;

import dev.agentws.agent.Hibernation;
import dev.agentws.agent.RandomIds;
import dev.agentws.agent.SessionPlaces;
import dev.agentws.agent.SessionRegistry;
import dev.agentws.agent.SessionServices;
import dev.agentws.agent.Waker;
import dev.agentws.agent.options.SessionOptionsReader;
import dev.agentws.anthropic.AnthropicClient;
import dev.agentws.anthropic.Transport;
import dev.agentws.cluster.ClusterNode;
import dev.agentws.metrics.Gauges;
import dev.agentws.metrics.Instruments;
import dev.agentws.metrics.Meters;
import dev.agentws.operations.LoopLag;
import dev.agentws.operations.MeterBinding;
import dev.agentws.operations.PrometheusPage;
import dev.agentws.operations.Telemetry;
import dev.agentws.operations.Tracing;
import dev.agentws.protocol.ClientMessageReader;
import dev.agentws.tools.BuiltInTools;
import dev.agentws.tools.ToolWorkers;
import dev.agentws.websocket.ClientListener;
import dev.agentws.websocket.ConnectionServices;
import dev.agentws.websocket.PageSource;
import dev.agentws.websocket.ServerStatus;
import dev.agentws.websocket.TokenCheck;
import dev.agentws.websocket.session.AgentSessions;
import dev.agentws.websocket.session.SessionCommands;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.handler.ssl.SslContext;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.FastThreadLocalThread;
import io.netty.util.concurrent.SingleThreadEventExecutor;
import io.opentelemetry.api.OpenTelemetry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The agent server: listens, lets clients in, runs their sessions. {@link #start} brings all of it up, {@link #close} takes all of it
 * down, running tools and upstream streams included. Thread-safe.
 *
 * <p>Every connection, its sessions and their model streams live on one event loop ({@code agentws-io-N}); only tools and disk access
 * run elsewhere ({@code agentws-tool-N}).
 */
public final class AgentServer implements AutoCloseable {
    /** Beyond the grace, a connection that is still there is a defect, and must not keep the rest from being freed. */
    private static final long CLOSE_MARGIN_MS = 2_000;

    /** How often it is looked whether all turns are over. */
    private static final long DRAIN_LOOK_MS = 25;

    private static final Logger LOG = LoggerFactory.getLogger(AgentServer.class);

    private final AgentServerConfig config;
    private final EventLoopGroup loops;
    private final ToolWorkers workers;
    private final BuiltInTools tools;
    private final AnthropicClient models;
    private final SessionRegistry registry;
    private final SessionBooks books;
    private final @Nullable Hibernation hibernation;
    private final ClientListener listener;
    private final CompletableFuture<@Nullable Void> closed = new CompletableFuture<>();
    private final Meters meters;
    private final Telemetry telemetry;
    private final MeterBinding binding;
    private final PrometheusPage page;
    private volatile boolean draining;
    private boolean closing;

    private AgentServer(AgentServerConfig config, TokenCheck tokens, PageSource pages) throws IOException {
        this.config = config;
        Listening listening = config.listening();
        TlsFiles identity = listening.tls();
        // What can be found wrong without starting anything comes first.
        Sockets sockets = Sockets.of(listening.sockets());
        SslContext tls = identity == null ? null : identity.context();
        books = SessionBooks.open(config.journal(), config.agents().maxSessions());
        AtomicInteger threads = new AtomicInteger();
        loops = new MultiThreadIoEventLoopGroup(
                config.ioThreads(),
                (ThreadFactory) task -> new FastThreadLocalThread(task, "agentws-io-" + threads.getAndIncrement()),
                sockets.handlers());
        workers = new ToolWorkers(config.toolThreads(), ToolWorkers.DEFAULT_MAX_WAITING);
        tools = new BuiltInTools(config.tools());
        Clock clock = Clock.systemUTC();
        models = new AnthropicClient(
                config.upstream(), new Transport(sockets.client(), workers, clock, () -> ThreadLocalRandom.current()
                        .nextDouble()));
        meters = newMeters(config, tools);
        telemetry = newTelemetry(config, meters);
        binding = new MeterBinding(meters, gauges());
        page = new PrometheusPage(binding);
        SessionServices services = new SessionServices(
                config.agents(),
                telemetry.watched(models),
                tools,
                workers::submit,
                new RandomIds(),
                clock,
                System::nanoTime,
                PooledByteBufAllocator.DEFAULT,
                books.records());
        registry = new SessionRegistry(services, telemetry);
        hibernation = books.hibernation(registry, services);
        try {
            books.recover(registry, services, loops);
            listener = listen(sockets, tls, connections(services, tokens, pages));
            join(services);
        } catch (IOException e) {
            release(registry.suspendAll().thenApply(suspended -> null));
            throw e;
        }
        sweep(loops.next());
        books.sweepArchive(loops.next(), clock);
        loops.forEach(loop -> LoopLag.watch(loop, System::nanoTime, meters.loopLag));
    }

    /** Looks now and then for sessions that nobody needs. */
    private void sweep(EventExecutor loop) {
        long endMs =
                Math.max(100, Math.min(5_000, config.agents().sessionTimeout().toMillis() / 10));
        loop.scheduleWithFixedDelay(() -> endIdle(loop), endMs, endMs, TimeUnit.MILLISECONDS);
        JournalSettings journal = config.journal();
        Duration after = journal == null ? null : journal.hibernateAfter();
        if (hibernation != null && after != null) {
            long restMs = Math.max(50, Math.min(5_000, after.toMillis() / 10));
            loop.scheduleWithFixedDelay(hibernation::sweep, restMs, restMs, TimeUnit.MILLISECONDS);
        }
    }

    private void endIdle(EventExecutor loop) {
        long since = registry.endIdle();
        ClusterNode node = books.node();
        if (since >= 0 && node != null) {
            node.endIdle(since);
        } else if (since >= 0 && hibernation != null) {
            hibernation.endIdle(since, loop);
        }
    }

    /** With a label for each model and tool that is known now, so that nobody can make up more. */
    private static Meters newMeters(AgentServerConfig config, BuiltInTools tools) {
        Set<String> models = new TreeSet<>(config.agents().prices().models());
        models.add(config.agents().model());
        return new Meters(models, tools.names());
    }

    private static Telemetry newTelemetry(AgentServerConfig config, Meters meters) {
        OpenTelemetry traces = config.operations().traces();
        return new Telemetry(
                meters,
                config.agents().prices(),
                System::nanoTime,
                traces == null ? null : new Tracing(traces, config.operations().traceContent()));
    }

    private Gauges gauges() {
        return new Gauges(
                () -> listener.connections(),
                () -> listener.waitingForToken(),
                () -> listener.notUpgraded(),
                () -> registry.size(),
                () -> registry.size() - registry.awake(),
                workers::running,
                workers::waiting,
                this::waitingTasks,
                () -> PooledByteBufAllocator.DEFAULT.metric().usedDirectMemory(),
                books::waitingBytes,
                () -> isDraining() ? 1 : 0);
    }

    private long waitingTasks() {
        long tasks = 0;
        for (EventExecutor loop : loops) {
            tasks += loop instanceof SingleThreadEventExecutor own ? own.pendingTasks() : 0;
        }
        return tasks;
    }

    /** Lets the other nodes know, once clients can connect. */
    private void join(SessionServices services) {
        SessionOptionsReader options = new SessionOptionsReader(services.tools().names());
        SessionCommands commands = new SessionCommands(
                registry,
                new SessionPlaces(config.agents(), options),
                telemetry,
                new ClientMessageReader(config.socket().messages().maxBytes()),
                this::isDraining);
        InetSocketAddress at = address();
        books.join(registry, services, loops, commands, at.getHostString() + ":" + at.getPort());
    }

    private ConnectionServices connections(SessionServices services, TokenCheck tokens, PageSource pages) {
        SessionOptionsReader options = new SessionOptionsReader(services.tools().names());
        SessionPlaces places = new SessionPlaces(config.agents(), options);
        return new ConnectionServices(
                tokens,
                new AgentSessions(
                        registry,
                        options,
                        places,
                        workers::submit,
                        this::isDraining,
                        telemetry,
                        books.node(),
                        hibernation == null ? Waker.NOBODY : hibernation),
                new ProjectAgents(places, workers),
                new ServerStatus(config.version(), registry::size, this::isDraining, books::cutOff),
                pages,
                new Instruments(
                        meters,
                        config.operations().metrics(),
                        page,
                        config.operations().levels()),
                System::nanoTime);
    }

    private ClientListener listen(Sockets sockets, @Nullable SslContext tls, ConnectionServices connections)
            throws IOException {
        Path unixSocket = config.listening().unixSocket();
        ClientListener.Transport transport =
                new ClientListener.Transport(loops, loops, sockets.server(), tls, sockets.unix());
        ClientListener open =
                ClientListener.bind(config.listening().address(), transport, config.socket(), connections);
        if (unixSocket != null) {
            try {
                open.bindUnix(unixSocket);
            } catch (IOException e) {
                open.close(Duration.ZERO);
                throw new StartException(e.getMessage(), e);
            }
        }
        return open;
    }

    /**
     * Starts a server and returns once clients can connect. Blocks; not for event loops.
     *
     * @param tokens who may come in; not asked when authentication is off
     * @throws StartException if the sockets, the TLS files or the Unix socket that were asked for cannot be had
     * @throws IOException if the port cannot be had; the text names host and port
     */
    public static AgentServer start(AgentServerConfig config, TokenCheck tokens) throws IOException {
        return start(config, tokens, PageSource.NONE);
    }

    /** The same with further documents to serve. */
    public static AgentServer start(AgentServerConfig config, TokenCheck tokens, PageSource pages) throws IOException {
        return new AgentServer(config, tokens, pages);
    }

    /** Where clients connect to, with the port that was really taken. */
    public InetSocketAddress address() {
        return listener.address();
    }

    /** How many sessions there are, those that sleep included. */
    public int sessions() {
        return registry.size();
    }

    /** Adds all that the server counts to a registry of yours; the registry is yours to close. */
    public void bindTo(MeterRegistry registry) {
        binding.bindTo(registry);
    }

    private boolean isDraining() {
        return draining;
    }

    /**
     * Takes no new connection, session or prompt from now on, but lets the turns that run, and the prompts that wait behind them, come
     * to their end; then does what {@link #shutdown} does, which may be called meanwhile to make an end at once. Idempotent.
     *
     * @param grace after which turns that still run are interrupted
     * @return completed when the server is down
     */
    public CompletionStage<@Nullable Void> drain(Duration grace) {
        synchronized (this) {
            if (draining) {
                return closed;
            }
            draining = true;
        }
        books.leave();
        LOG.info("no new work is taken; running turns have {} s", grace.toSeconds());
        long deadline = System.nanoTime() + grace.toNanos();
        EventExecutor watching = loops.next();
        // Not at once: what was accepted a moment ago is on its way to its session.
        watching.schedule(() -> shutdownWhenQuiet(watching, deadline), DRAIN_LOOK_MS, TimeUnit.MILLISECONDS);
        return closed;
    }

    private void shutdownWhenQuiet(EventExecutor watching, long deadline) {
        books.handOver(registry);
        if (registry.quiet() || System.nanoTime() - deadline >= 0) {
            shutdown();
        } else if (!watching.isShuttingDown()) {
            watching.schedule(() -> shutdownWhenQuiet(watching, deadline), DRAIN_LOOK_MS, TimeUnit.MILLISECONDS);
        }
    }

    /**
     * Ends all sessions with their processes, or has them written down to go on in the next process; tells clients that the server goes
     * away (1001), and frees everything. Idempotent.
     */
    public CompletionStage<@Nullable Void> shutdown() {
        synchronized (this) {
            if (closing) {
                return closed;
            }
            closing = true;
            draining = true;
        }
        books.leave();
        if (hibernation != null) {
            hibernation.stop();
        }
        CompletableFuture<?> kept = CompletableFuture.completedFuture(null);
        if (books.kept()) {
            kept = registry.suspendAll();
        } else {
            registry.all().forEach(session -> session.execute(() -> registry.end(session)));
        }
        // Clients see the end of their turns before they lose their connections, unless the disk is stuck.
        // Async, because who completes a future with a timer takes a lock, and an event loop must not.
        CompletableFuture<@Nullable Void> gone = kept.<@Nullable Object>thenApplyAsync(all -> null)
                .completeOnTimeout(null, config.closeGrace().toMillis(), TimeUnit.MILLISECONDS)
                .thenCompose(told -> listener.close(config.closeGrace()));
        // On a thread of its own, because commands may take a moment to die, and an event loop must not wait for
        // anything.
        new Thread(() -> release(gone), "agentws-close").start();
        return closed;
    }

    /** Waits for the connections, then for the tools, and frees the rest. Blocks. */
    private void release(CompletableFuture<@Nullable Void> connectionsGone) {
        long graceMs = config.closeGrace().toMillis();
        try {
            connectionsGone.get(2 * graceMs + CLOSE_MARGIN_MS, TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            LOG.warn("connections did not close in time", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        page.close();
        models.close();
        workers.close();
        try {
            boolean idle = workers.awaitEnd(config.closeGrace());
            // Also when a call hangs: what ran in the background is gone before the server is.
            if (!tools.awaitEnd(config.closeGrace()) || !idle) {
                LOG.warn("tools still run after {} ms", graceMs);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        books.close();
        loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).addListener(done -> closed.complete(null));
    }

    /** Completes when the server is down. */
    public CompletionStage<@Nullable Void> closed() {
        return closed;
    }

    /** {@link #shutdown}, and waits for it. Not for event loops. */
    @Override
    public void close() {
        shutdown().toCompletableFuture().join();
    }
}
