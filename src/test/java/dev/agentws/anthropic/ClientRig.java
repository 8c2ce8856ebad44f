package dev.agentws.anthropic;

import dev.agentws.agent.model.ModelListener;
import dev.agentws.agent.model.ModelRequest;
import dev.agentws.agent.model.ModelStream;
import dev.agentws.anthropic.http.ProxySettings;
import dev.agentws.anthropic.request.RequestBody;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A client on one event loop with real sockets, and what a test needs around it. */
final class ClientRig implements AutoCloseable {
    static final ModelRequest REQUEST = new ModelRequest("m", null, "", List.of(), List.of(), "{}", null, null, null);
    static final Clock CLOCK = Clock.fixed(Instant.parse("2026-01-01T00:00:00Z"), ZoneOffset.UTC);

    final AtomicInteger openReaders = new AtomicInteger();
    final AnthropicClient client;
    private final EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final EventLoop loop = group.next();

    ClientRig(UpstreamConfig config) {
        this(config, body("{\"stream\":true}"));
    }

    ClientRig(UpstreamConfig config, RequestBody body) {
        Transport transport = new Transport(NioSocketChannel::new, Runnable::run, CLOCK, () -> 0);
        client = new AnthropicClient(config, transport, body, LineReader.counting(openReaders));
    }

    static UpstreamConfig config(URI url) {
        return config(url, Duration.ofSeconds(10), 3, null);
    }

    static UpstreamConfig config(URI url, Duration idleRead, int retries, @Nullable ProxySettings proxy) {
        return new UpstreamConfig(
                url,
                "sk-test",
                null,
                UpstreamConfig.KeyHeader.X_API_KEY,
                Map.of(),
                Duration.ofSeconds(10),
                idleRead,
                retries,
                2,
                Duration.ofSeconds(50),
                proxy);
    }

    static RequestBody body(String json) {
        return new RequestBody() {
            @Override
            public ByteBuf write(ModelRequest request, ByteBufAllocator alloc) {
                byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
                return alloc.buffer(bytes.length).writeBytes(bytes);
            }

            @Override
            public Map<String, String> headers(ModelRequest request) {
                return Map.of("anthropic-version", "2023-06-01");
            }
        };
    }

    /** Starts a call on the loop, as a session does. */
    ModelStream call(ModelListener listener) {
        return onLoop(() -> client.stream(REQUEST, listener, loop));
    }

    void run(Runnable task) {
        onLoop(() -> {
            task.run();
            return "";
        });
    }

    <T> T onLoop(Callable<T> task) {
        try {
            return loop.submit(task).get(10, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    EventLoop loop() {
        return loop;
    }

    @Override
    public void close() {
        client.close();
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }
}
