package dev.agentws.journal.redis;

import dev.agentws.journal.JournalException;
import dev.agentws.journal.JournalException.Reason;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisConnectionStateAdapter;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.Delay;
import io.netty.channel.EventLoopGroup;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connection to Redis. Lettuce connects again by itself but sends nothing twice: what is safe to send again is sent again by us.
 * Thread-safe.
 */
final class RedisLink implements AutoCloseable {
    private static final RedisCodec<String, byte[]> CODEC = RedisCodec.of(StringCodec.UTF8, ByteArrayCodec.INSTANCE);
    private static final Logger LOG = LoggerFactory.getLogger(RedisLink.class);
    private static final int MOST_QUEUED = 65_536;

    private final ClientResources resources;
    private final RedisClient client;
    private final EventLoopGroup loops;
    private final Duration timeout;
    private final StatefulRedisConnection<String, byte[]> connection;
    /** Where batches go: one of its own if WAIT, which holds up all that comes behind it, goes there as well. */
    private final StatefulRedisConnection<String, byte[]> appending;

    private final AtomicLong connects = new AtomicLong();

    private RedisLink(RedisJournalConfig config, EventLoopGroup loops, int threads) {
        this.loops = loops;
        timeout = config.commandTimeout();
        resources = ClientResources.builder()
                .eventLoopGroupProvider(new OurLoops(loops, threads))
                .eventExecutorGroup(loops)
                .timer(new LoopTimer(loops))
                .reconnectDelay(
                        Delay.exponential(Duration.ofMillis(10), Duration.ofMillis(500), 2, TimeUnit.MILLISECONDS))
                .build();
        RedisURI uri = RedisURI.create(config.url());
        uri.setTimeout(timeout);
        client = RedisClient.create(resources, uri);
        client.setOptions(ClientOptions.builder()
                .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
                .replayFilter(command -> true)
                .requestQueueSize(MOST_QUEUED)
                .timeoutOptions(TimeoutOptions.enabled(timeout))
                .build());
        client.addListener(new RedisConnectionStateAdapter() {
            @Override
            public void onRedisConnected(RedisChannelHandler<?, ?> handler, SocketAddress address) {
                if (!(handler instanceof StatefulRedisPubSubConnection)) {
                    connects.incrementAndGet();
                }
            }
        });
        connection = client.connect(CODEC);
        appending = config.replicas() == 0 ? connection : client.connect(CODEC);
    }

    /**
     * Connects. Blocks.
     *
     * @param loops of the family that Lettuce picks: epoll or kqueue where their native libraries are, NIO elsewhere
     * @param threads how many loops there are
     */
    static RedisLink connect(RedisJournalConfig config, EventLoopGroup loops, int threads) throws JournalException {
        try {
            return new RedisLink(config, loops, threads);
        } catch (RedisException | IllegalStateException e) {
            throw failure("Redis cannot be reached", e);
        }
    }

    StatefulRedisPubSubConnection<String, byte[]> connectPubSub() throws JournalException {
        try {
            return client.connectPubSub(CODEC);
        } catch (RedisException e) {
            throw failure("Redis cannot be reached", e);
        }
    }

    RedisAsyncCommands<String, byte[]> commands() {
        return connection.async();
    }

    /** What WAIT says counts only for what was written here, and {@link #connects} stayed the same. */
    RedisAsyncCommands<String, byte[]> appends() {
        return appending.async();
    }

    /** Rises with each new connection for commands or appends. */
    long connects() {
        return connects.get();
    }

    EventLoopGroup loops() {
        return loops;
    }

    CompletionStage<List<Object>> run(Script script, List<String> keys, List<byte[]> arguments) {
        return run(commands(), script, keys, arguments);
    }

    CompletionStage<List<Object>> append(List<String> keys, List<byte[]> arguments) {
        return run(appends(), Script.APPEND, keys, arguments);
    }

    private static CompletionStage<List<Object>> run(
            RedisAsyncCommands<String, byte[]> on, Script script, List<String> keys, List<byte[]> arguments) {
        String[] names = keys.toArray(String[]::new);
        byte[][] values = arguments.toArray(byte[][]::new);
        CompletionStage<List<Object>> known = on.evalsha(script.digest(), ScriptOutputType.MULTI, names, values);
        return known.handle((answer, thrown) -> {
                    if (thrown != null && cause(thrown) instanceof RedisNoScriptException) {
                        CompletionStage<List<Object>> told =
                                on.eval(script.text(), ScriptOutputType.MULTI, names, values);
                        return told;
                    }
                    return known;
                })
                .thenCompose(stage -> stage);
    }

    /** Runs it and waits. Blocks: for workers. */
    List<Object> await(Script script, List<String> keys, List<byte[]> arguments) throws JournalException {
        return await(run(script, keys, arguments).toCompletableFuture());
    }

    <T> T await(Future<T> answer) throws JournalException {
        try {
            return answer.get(timeout.toMillis() + 1_000, TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException | RuntimeException e) {
            throw failure("Redis did not do it", cause(e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failure("interrupted", e);
        }
    }

    static Throwable cause(Throwable thrown) {
        Throwable cause = thrown.getCause();
        boolean wrapped = thrown instanceof CompletionException || thrown instanceof ExecutionException;
        return wrapped && cause != null ? cause : thrown;
    }

    /** Whether the same command may do later: Redis is away, starting, or no primary just now. */
    static boolean isPassing(Throwable cause) {
        if (!(cause instanceof RedisCommandExecutionException)) {
            return true;
        }
        String text = String.valueOf(cause.getMessage());
        return List.of("LOADING", "READONLY", "BUSY", "MASTERDOWN", "CLUSTERDOWN", "NOREPLICAS", "TRYAGAIN").stream()
                .anyMatch(text::startsWith);
    }

    static JournalException failure(String what, Throwable cause) {
        String text = String.valueOf(cause.getMessage());
        Reason reason = text.startsWith("OOM") ? Reason.FULL : Reason.UNAVAILABLE;
        return new JournalException(reason, what + " (" + text + ")", cause);
    }

    static String word(List<Object> answer, int index) {
        Object value = answer.get(index);
        return value instanceof byte[] bytes ? new String(bytes, StandardCharsets.UTF_8) : String.valueOf(value);
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Blocks for a moment, because the event loops may be shut down afterwards. */
    @Override
    public void close() {
        CompletableFuture<Void> ended = client.shutdownAsync(0, 1, TimeUnit.SECONDS);
        try {
            ended.get(2, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            LOG.warn("the connection to Redis did not close properly", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        resources.shutdown(0, 1, TimeUnit.SECONDS);
    }
}
