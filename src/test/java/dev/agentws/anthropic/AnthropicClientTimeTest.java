package dev.agentws.anthropic;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.agentws.agent.model.ModelRequest;
import dev.agentws.agent.model.ModelStream;
import dev.agentws.anthropic.request.RequestBody;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What depends on time, on an event loop whose clock the test moves. */
class AnthropicClientTimeTest {
    private static final String STREAM = "HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n";

    private final MockTicker ticker = Ticker.newMockTicker();
    private final EmbeddedChannel owner =
            EmbeddedChannel.builder().ticker(ticker).build();
    private final List<EmbeddedChannel> made = new ArrayList<>();
    private final AtomicInteger openReaders = new AtomicInteger();
    private final AnthropicClient client =
            client(URI.create("http://127.0.0.1:9"), Runnable::run, ClientRig.body("{}"));
    private final CallRecorder told = new CallRecorder();

    private AnthropicClient client(URI url, Executor resolving, RequestBody body) {
        return new AnthropicClient(
                ClientRig.config(url, Duration.ofSeconds(60), 2, null),
                new Transport(this::socket, resolving, ClientRig.CLOCK, () -> 0.5),
                body,
                LineReader.counting(openReaders));
    }

    private Channel socket() {
        EmbeddedChannel channel =
                EmbeddedChannel.builder().register(false).ticker(ticker).build();
        made.add(channel);
        return channel;
    }

    @AfterEach
    void everythingIsGivenBack() {
        client.close();
        owner.runPendingTasks();
        for (EmbeddedChannel channel : made) {
            channel.releaseOutbound();
            assertThat(channel.isOpen()).isFalse();
            assertThat(channel.finish()).isFalse();
        }
        assertThat(openReaders).hasValue(0);
        assertThat(owner.finish()).isFalse();
    }

    @Test
    void theWaitDoublesAndIsShortenedByJitter() {
        call();
        receive(0, "HTTP/1.1 503 Later\r\ncontent-length: 0\r\n\r\n");
        assertThat(told.rest()).containsExactly("retry 1 SERVER");
        assertThat(told.retryDelay).isEqualTo(Duration.ofNanos(437_500_000));
        advance(Duration.ofMillis(437));
        assertThat(made.get(0).outboundMessages()).hasSize(2);
        advance(Duration.ofMillis(1));
        assertThat(made.get(0).outboundMessages()).hasSize(4);

        receive(0, "HTTP/1.1 503 Later\r\ncontent-length: 0\r\n\r\n");
        assertThat(told.rest()).containsExactly("retry 2 SERVER");
        assertThat(told.retryDelay).isEqualTo(Duration.ofMillis(875));
        advance(Duration.ofMillis(875));
        receive(0, "HTTP/1.1 200 OK\r\n\r\ndone\n");
        assertThat(told.rest()).containsExactly("complete");
    }

    @Test
    void aWaitThatIsTooLongIsLeftToTheCaller() {
        call();
        receive(0, "HTTP/1.1 429 Slow\r\nretry-after: 61\r\ncontent-length: 0\r\n\r\n");

        assertThat(told.rest()).containsExactly("failure RATE_LIMITED");
        assertThat(requireNonNull(told.failure).retryAfter()).isEqualTo(Duration.ofSeconds(61));
    }

    @Test
    void aWaitThatTheUpstreamAsksForIsKept() {
        call();
        receive(0, "HTTP/1.1 429 Slow\r\nretry-after: Thu, 01 Jan 2026 00:00:30 GMT\r\ncontent-length: 0\r\n\r\n");
        assertThat(told.retryDelay).isEqualTo(Duration.ofSeconds(30));
        advance(Duration.ofMillis(29_999));
        assertThat(made.get(0).outboundMessages()).hasSize(2);
        advance(Duration.ofMillis(1));

        assertThat(made.get(0).outboundMessages()).hasSize(4);
    }

    @Test
    void aWaitCanBeCancelled() {
        ModelStream stream = call();
        receive(0, "HTTP/1.1 503 Later\r\ncontent-length: 0\r\n\r\n");
        stream.cancel();
        advance(Duration.ofMinutes(1));

        assertThat(told.rest()).containsExactly("retry 1 SERVER");
        assertThat(made.get(0).outboundMessages()).hasSize(2);
    }

    @Test
    void aListenerMayCancelWhenItHearsOfTheRetry() {
        ModelStream[] stream = new ModelStream[1];
        CallRecorder listener = new CallRecorder(word -> stream[0].cancel());
        stream[0] = client.stream(ClientRig.REQUEST, listener, owner.eventLoop());
        owner.runPendingTasks();
        receive(0, "HTTP/1.1 503 Later\r\ncontent-length: 0\r\n\r\n");
        advance(Duration.ofMinutes(1));

        assertThat(listener.rest()).containsExactly("retry 1 SERVER");
        assertThat(made.get(0).outboundMessages()).hasSize(2);
    }

    @Test
    void anUpstreamThatFallsSilentIsGivenUp() {
        call();
        receive(0, STREAM + "block\n");
        advance(Duration.ofSeconds(59));
        receive(0, "one\n");
        advance(Duration.ofSeconds(59));
        assertThat(told.rest()).containsExactly("block", "one");
        advance(Duration.ofSeconds(1));

        assertThat(told.rest()).containsExactly("failure TIMEOUT");
        assertThat(requireNonNull(told.failure).message()).isEqualTo("127.0.0.1:9: nothing came for 60000 ms");
        assertThat(made.get(0).isOpen()).isFalse();
    }

    @Test
    void anUpstreamThatNeverAnswersIsAskedAgain() {
        call();
        advance(Duration.ofSeconds(60));
        assertThat(told.rest()).containsExactly("retry 1 TIMEOUT");
        advance(Duration.ofMillis(438));

        assertThat(made).hasSize(2);
        assertThat(made.get(1).outboundMessages()).hasSize(2);
    }

    @Test
    void aPausedStreamIsNotSilent() {
        ModelStream stream = call();
        receive(0, STREAM + "block\n");
        stream.pause();
        assertThat(made.get(0).config().isAutoRead()).isFalse();
        advance(Duration.ofMinutes(30));
        stream.resume();
        assertThat(made.get(0).config().isAutoRead()).isTrue();
        advance(Duration.ofSeconds(59));
        assertThat(told.rest()).containsExactly("block");
        advance(Duration.ofSeconds(61));

        assertThat(told.rest()).containsExactly("failure TIMEOUT");
    }

    @Test
    void aPauseHoldsForTheNextAttempt() {
        ModelStream stream = call();
        receive(0, "HTTP/1.1 503 Later\r\ncontent-length: 0\r\n\r\n");
        stream.pause();
        assertThat(made.get(0).config().isAutoRead()).isTrue();
        advance(Duration.ofSeconds(1));

        assertThat(made.get(0).config().isAutoRead()).isFalse();
        stream.cancel();
    }

    @Test
    void anIdleConnectionIsClosedAtTheEndOfItsLife() {
        call();
        receive(0, "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\ndone\n");
        advance(Duration.ofSeconds(49));
        assertThat(made.get(0).isOpen()).isTrue();
        advance(Duration.ofSeconds(1));

        assertThat(made.get(0).isOpen()).isFalse();
        assertThat(client.pool(owner.eventLoop()).idleCount()).isZero();
    }

    @Test
    void theConnectionUsedLastIsUsedNextAndTheOldestOneTooManyIsClosed() {
        for (int i = 0; i < 3; i++) {
            call();
        }
        for (int i = 0; i < 3; i++) {
            receive(i, "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\ndone\n");
        }
        assertThat(made).extracting(EmbeddedChannel::isOpen).containsExactly(false, true, true);
        call();

        assertThat(made).hasSize(3);
        assertThat(made.get(2).outboundMessages()).hasSize(4);
    }

    @Test
    void theRestOfAnAnswerIsWaitedForOnlyShortly() {
        call();
        receive(0, STREAM + "done\n");
        assertThat(told.rest()).containsExactly("complete");
        advance(Duration.ofMillis(1999));
        assertThat(made.get(0).isOpen()).isTrue();
        advance(Duration.ofMillis(1));

        assertThat(made.get(0).isOpen()).isFalse();
    }

    @Test
    void theRestOfAnAnswerIsReadOnlyIfItIsShort() {
        call();
        receive(0, "HTTP/1.1 200 OK\r\n\r\ndone\n");
        receive(0, "x".repeat(65_536));
        assertThat(told.rest()).containsExactly("complete");
        assertThat(made.get(0).isOpen()).isTrue();
        receive(0, "x");

        assertThat(made.get(0).isOpen()).isFalse();
    }

    @Test
    void aCallThatIsCancelledWhileItConnectsLeavesAnIdleConnection() {
        Deque<Runnable> lookups = new ArrayDeque<>();
        try (AnthropicClient slow = client(URI.create("http://localhost:9"), lookups::add, ClientRig.body("{}"))) {
            ModelStream stream = slow.stream(ClientRig.REQUEST, told, owner.eventLoop());
            owner.runPendingTasks();
            stream.cancel();
            lookups.remove().run();
            owner.runPendingTasks();

            assertThat(slow.pool(owner.eventLoop()).idleCount()).isOne();
            assertThat(made.get(0).outboundMessages()).isEmpty();
            assertThat(told.rest()).isEmpty();
        }
        owner.runPendingTasks();
    }

    @Test
    void aClientThatIsClosedWhileItConnectsUsesTheConnectionNoMore() {
        Deque<Runnable> lookups = new ArrayDeque<>();
        AnthropicClient slow = client(URI.create("http://localhost:9"), lookups::add, ClientRig.body("{}"));
        slow.stream(ClientRig.REQUEST, told, owner.eventLoop());
        owner.runPendingTasks();
        slow.close();
        owner.runPendingTasks();
        lookups.remove().run();
        owner.runPendingTasks();

        assertThat(told.rest()).containsExactly("failure CONNECTION");
        assertThat(made.get(0).isOpen()).isFalse();
    }

    @Test
    void aLookupThatTakesTooLongIsGivenUp() {
        Deque<Runnable> lookups = new ArrayDeque<>();
        try (AnthropicClient slow = client(URI.create("http://localhost:9"), lookups::add, ClientRig.body("{}"))) {
            slow.stream(ClientRig.REQUEST, told, owner.eventLoop());
            owner.runPendingTasks();
            advance(Duration.ofSeconds(10));
            lookups.remove().run();

            assertThat(told.rest()).containsExactly("retry 1 CONNECTION");
            assertThat(made).isEmpty();
        }
        owner.runPendingTasks();
    }

    @Test
    void aBusyLookupServiceIsAFailureOfTheConnection() {
        Executor full = task -> {
            throw new RejectedExecutionException("full");
        };
        try (AnthropicClient busy = client(URI.create("http://localhost:9"), full, ClientRig.body("{}"))) {
            busy.stream(ClientRig.REQUEST, told, owner.eventLoop());
            owner.runPendingTasks();

            assertThat(told.rest()).containsExactly("retry 1 CONNECTION");
        }
        owner.runPendingTasks();
    }

    @Test
    void aRequestThatCannotBeWrittenFailsAndCostsNoConnection() {
        RequestBody broken = new RequestBody() {
            @Override
            public ByteBuf write(ModelRequest request, ByteBufAllocator alloc) {
                return alloc.buffer().writeByte('x');
            }

            @Override
            public Map<String, String> headers(ModelRequest request) {
                return Map.of("anthropic-beta", "a\r\nb: c");
            }
        };
        try (AnthropicClient mute = client(URI.create("http://127.0.0.1:9"), Runnable::run, broken)) {
            mute.stream(ClientRig.REQUEST, told, owner.eventLoop());
            owner.runPendingTasks();

            assertThat(told.rest()).containsExactly("failure INVALID_REQUEST");
            assertThat(mute.pool(owner.eventLoop()).idleCount()).isOne();
        }
        owner.runPendingTasks();
    }

    private ModelStream call() {
        ModelStream stream = client.stream(ClientRig.REQUEST, told, owner.eventLoop());
        owner.runPendingTasks();
        return stream;
    }

    private void receive(int connection, String text) {
        made.get(connection).writeInbound(Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1));
        owner.runPendingTasks();
    }

    private void advance(Duration time) {
        ticker.advance(time.toNanos(), TimeUnit.NANOSECONDS);
        owner.runScheduledPendingTasks();
        owner.runPendingTasks();
    }
}
