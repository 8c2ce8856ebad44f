package dev.agentws.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.agentws.agent.AgentSettings;
import dev.agentws.agent.RandomIds;
import dev.agentws.agent.Session;
import dev.agentws.agent.SessionPlaces;
import dev.agentws.agent.SessionRegistry;
import dev.agentws.agent.SessionServices;
import dev.agentws.agent.Waker;
import dev.agentws.agent.cost.ContextRules;
import dev.agentws.agent.cost.PriceTable;
import dev.agentws.agent.event.SessionListener;
import dev.agentws.agent.options.SessionOptions;
import dev.agentws.agent.options.SessionOptionsReader;
import dev.agentws.anthropic.AnthropicClient;
import dev.agentws.anthropic.Transport;
import dev.agentws.anthropic.UpstreamConfig;
import dev.agentws.metrics.Instruments;
import dev.agentws.metrics.PromptWatch;
import dev.agentws.tools.BuiltInTools;
import dev.agentws.tools.ToolsConfig;
import dev.agentws.websocket.session.AgentSessions;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.AbstractServerChannel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.DefaultChannelConfig;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.ManualIoEventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.local.LocalIoHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One client, its sessions and their upstreams on one event loop that the test turns by hand, round by round: all that lies between an
 * upstream's bytes and the client's is the production code, on sockets without a kernel ({@link HandSocket}) and a clock that stands still.
 */
final class HandLoop implements AutoCloseable {
    private final MockTicker ticker = Ticker.newMockTicker();
    private final ManualIoEventLoop loop =
            new ManualIoEventLoop(null, Thread.currentThread(), LocalIoHandler.newFactory(), ticker);
    private final EventLoopGroup acceptors = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final List<HandSocket> upstreams = new ArrayList<>();
    private final StringBuilder received = new StringBuilder();
    private final AnthropicClient models;
    private final BuiltInTools tools;
    private final SessionPlaces places;
    private final SessionOptionsReader options;
    private final ClientListener listener;
    final SessionRegistry registry;
    private long most;
    final HandSocket client = new HandSocket(new HandSocket.FarEnd() {
                @Override
                public void take(ByteBuf bytes) {
                    received.append(bytes.toString(StandardCharsets.ISO_8859_1));
                }

                @Override
                public void give(ByteBuf into) {}
            })
            .accepted();

    /** @param farEnds makes what each upstream connection leads to */
    HandLoop(WebSocketConfig config, boolean http2, Supplier<HandSocket.FarEnd> farEnds) throws IOException {
        Path directory = Path.of("/tmp").toRealPath();
        tools = new BuiltInTools(ToolsConfig.defaults(Map.of(), directory));
        AgentSettings settings = new AgentSettings(
                "claude-sonnet-5-5",
                null,
                directory,
                List.of(),
                100,
                8,
                Duration.ofHours(1),
                Duration.ofSeconds(60),
                4096,
                "Test",
                PriceTable.published(),
                ContextRules.usual());
        models = new AnthropicClient(
                UpstreamConfig.of(URI.create("http://127.0.0.1:1"), "key").withHttp2(http2),
                new Transport(() -> upstream(farEnds.get()), Runnable::run, Clock.systemUTC(), () -> 0));
        SessionServices services = new SessionServices(
                settings,
                models,
                tools,
                HandLoop::atOnce,
                new RandomIds(),
                Clock.systemUTC(),
                ticker::nanoTime,
                PooledByteBufAllocator.DEFAULT);
        registry = new SessionRegistry(services, null);
        options = new SessionOptionsReader(tools.names());
        places = new SessionPlaces(settings, options);
        AgentSessions sessions = new AgentSessions(
                registry, options, places, HandLoop::atOnce, () -> false, PromptWatch.NONE, null, Waker.NOBODY);
        ServerFixture rest = new ServerFixture();
        listener = ClientListener.bind(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                new ClientListener.Transport(acceptors, loop, HandDoor.class),
                config,
                new ConnectionServices(
                        rest,
                        sessions,
                        rest,
                        rest.services().status(),
                        PageSource.NONE,
                        Instruments.unread(),
                        ticker::nanoTime));
        HandDoor door = HandDoor.last();
        door.eventLoop().submit(() -> door.pipeline().fireChannelRead(client)).syncUninterruptibly();
        round();
        say(ServerFixture.upgradeRequest("?token=" + ServerFixture.KEY).getBytes(StandardCharsets.US_ASCII));
        pass(config.flushWindow());
        assertThat(received()).contains("auth_success");
    }

    private static Future<?> atOnce(Runnable task) {
        task.run();
        return CompletableFuture.completedFuture(null);
    }

    private HandSocket upstream(HandSocket.FarEnd farEnd) {
        HandSocket made = new HandSocket(farEnd);
        upstreams.add(made);
        return made;
    }

    /** The client's bytes arrive, in a round of their own. */
    void say(byte[] bytes) {
        client.pipeline().fireChannelRead(HandSocket.bytes(bytes));
        client.pipeline().fireChannelReadComplete();
        loop.runNow();
    }

    /** The client opens a session and prompts it; returns when the question has been written to the model. */
    void prompt(String session) {
        say(ServerFixture.text("{\"type\":\"create_session\",\"session_id\":\"" + session + "\"}"));
        say(ServerFixture.text("{\"type\":\"send_prompt\",\"session_id\":\"" + session + "\",\"prompt\":\"go\"}"));
        loop.runNow();
    }

    /** A session that another client has opened, on a loop that has not begun to run yet. */
    Session openOn(EventExecutor elsewhere, String id) {
        try {
            SessionOptions chosen = options.read(new ObjectMapper().createObjectNode());
            SessionRegistry.Slot slot = Objects.requireNonNull(registry.reserve(id, why -> {}));
            return registry.open(slot, chosen, places.find(chosen), session -> SessionListener.NOBODY, elsewhere);
        } catch (SessionOptions.Invalid | SessionPlaces.BadDirectory e) {
            throw new IllegalArgumentException(e);
        }
    }

    /** The client's socket takes more, or less. */
    void writabilityChanged() {
        client.pipeline().fireChannelWritabilityChanged();
        loop.runNow();
    }

    /** One round of the loop: every socket that has something is read, another one first each time, then the tasks run. */
    void round() {
        Collections.rotate(upstreams, 1);
        for (HandSocket upstream : List.copyOf(upstreams)) {
            upstream.readable(this::look);
        }
        look();
        loop.runNow();
        look();
    }

    private void look() {
        long held = client.held();
        for (int i = 0; i < upstreams.size(); i++) {
            held += upstreams.get(i).held();
        }
        most = Math.max(most, held);
    }

    /** The most memory, in bytes, that the client and its upstreams took at any time since {@link #forget}. */
    long mostHeld() {
        return most;
    }

    void forget() {
        most = 0;
    }

    void pass(Duration time) {
        ticker.advance(time.toNanos(), TimeUnit.NANOSECONDS);
        loop.runNow();
    }

    /** What the client got since the last call, one character a byte. */
    String received() {
        String all = received.toString();
        received.setLength(0);
        return all;
    }

    @Override
    public void close() {
        client.close();
        upstreams.forEach(HandSocket::close);
        models.close();
        listener.close(Duration.ZERO);
        // The loop itself has no thread that could be left over, and its clock stands still, so it could not come to an
        // orderly end.
        loop.runNow();
        acceptors.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }

    /** Where the client comes in. Netty makes it by its class. */
    public static final class HandDoor extends AbstractServerChannel {
        private static @Nullable HandDoor last;

        private final ChannelConfig config = new DefaultChannelConfig(this);
        private boolean open = true;

        /** Called by Netty, on the thread that binds. */
        public HandDoor() {
            last = this;
        }

        static HandDoor last() {
            return Objects.requireNonNull(last);
        }

        @Override
        protected boolean isCompatible(EventLoop loop) {
            return true;
        }

        @Override
        protected SocketAddress localAddress0() {
            return new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);
        }

        @Override
        protected void doBind(SocketAddress local) {}

        @Override
        protected void doClose() {
            open = false;
        }

        @Override
        protected void doBeginRead() {}

        @Override
        public ChannelConfig config() {
            return config;
        }

        @Override
        public boolean isOpen() {
            return open;
        }

        @Override
        public boolean isActive() {
            return open;
        }
    }
}
