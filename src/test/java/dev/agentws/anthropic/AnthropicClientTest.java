package dev.agentws.anthropic;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.agentws.agent.model.ModelFailure;
import dev.agentws.anthropic.request.RequestBody;
import io.netty.util.concurrent.ImmediateEventExecutor;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@SuppressWarnings("StringConcatToTextBlock") // the lines end in CRLF, those of a text block do not
class AnthropicClientTest {
    private final ScriptedUpstream upstream = new ScriptedUpstream();
    private final ClientRig rig = new ClientRig(ClientRig.config(upstream.url()));
    private final CallRecorder told = new CallRecorder();

    @AfterEach
    void everythingIsGivenBack() {
        rig.close();
        upstream.close();
        assertThat(rig.openReaders).hasValue(0);
    }

    @Test
    void aStreamIsReadToItsEnd() {
        rig.call(told);
        ScriptedUpstream.Peer peer = upstream.accept();
        String request = peer.request();
        peer.stream()
                .chunk("start\nblo")
                .chunk("ck\nhello\n")
                .chunk("world\ndone\n")
                .lastChunk();

        told.expect("start", "block", "hello", "world", "complete");
        assertThat(request)
                .startsWith("post /v1/messages http/1.1\r\nhost: 127.0.0.1:" + upstream.port() + "\r\n")
                .contains("\r\nx-api-key: sk-test\r\n", "\r\nanthropic-version: 2023-06-01\r\n")
                .contains("\r\naccept-encoding: identity\r\n", "\r\ncontent-type: application/json\r\n")
                .contains("\r\nuser-agent: agentws")
                .endsWith("\r\n\r\n{\"stream\":true}");
    }

    @Test
    void noCallbackComesBeforeTheCallHasReturned() {
        AtomicBoolean returned = new AtomicBoolean();
        AtomicBoolean early = new AtomicBoolean();
        CallRecorder listener = new CallRecorder(word -> early.compareAndSet(false, !returned.get()));
        rig.client.close();
        rig.run(() -> {
            rig.client.stream(ClientRig.REQUEST, listener, rig.loop());
            returned.set(true);
        });

        listener.expect("failure CONNECTION");
        assertThat(early).isFalse();
    }

    @Test
    void theConnectionIsUsedAgain() {
        ScriptedUpstream.Peer peer = firstCall();
        CallRecorder second = new CallRecorder();
        rig.call(second);
        peer.request();
        peer.stream().chunk("done\n").lastChunk();

        second.expect("complete");
    }

    @Test
    void aBodyWhoseEndComesLaterDelaysNothingAndKeepsTheConnection() {
        rig.call(told);
        ScriptedUpstream.Peer peer = upstream.accept();
        peer.request();
        peer.stream().chunk("done\n");
        told.expect("complete");
        peer.chunk("anything\n").lastChunk();

        assertReused(peer);
    }

    @Test
    void aConnectionThatWasClosedWhileIdleIsReplacedWithoutARetry() {
        ScriptedUpstream.Peer peer = firstCall();
        CallRecorder second = new CallRecorder();
        rig.call(second);
        peer.request();
        peer.close();
        ScriptedUpstream.Peer fresh = upstream.accept();
        fresh.request();
        fresh.stream().chunk("done\n").lastChunk();

        second.expect("complete");
    }

    @Test
    void anIdleConnectionThatThePeerClosesIsForgotten() {
        firstCall().close();

        awaitIdle(0);
    }

    @Test
    void bytesThatNobodyAskedForCloseAnIdleConnection() {
        ScriptedUpstream.Peer peer = firstCall();
        peer.send("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nstale");

        assertThat(peer.isClosedByClient()).isTrue();
        rig.call(new CallRecorder());
        upstream.accept().request();
    }

    @Test
    void anOverloadedUpstreamIsTriedAgainOnTheSameConnection() {
        rig.call(told);
        ScriptedUpstream.Peer peer = upstream.accept();
        peer.request();
        peer.answer(
                "529 \r\nretry-after-ms: 1\r\nrequest-id: req_9",
                "{\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"Overloaded\"}}");
        peer.request();
        peer.stream().chunk("start\ndone\n").lastChunk();

        told.expect("retry 1 OVERLOADED", "start", "complete");
        assertThat(told.retried)
                .isEqualTo(new ModelFailure(
                        ModelFailure.Kind.OVERLOADED,
                        "the upstream answered 529 overloaded_error: Overloaded",
                        529,
                        "overloaded_error",
                        "req_9",
                        Duration.ofMillis(1)));
    }

    @Test
    void aPageOfHtmlIsToldAsText() {
        rig.call(told);
        ScriptedUpstream.Peer peer = upstream.accept();
        peer.request();
        peer.answer(
                "502 Bad Gateway\r\nx-should-retry: false\r\ncontent-type: text/html",
                "<html><script>alert(1)</script><h1>502\n Bad</h1>Gateway");

        told.expect("failure SERVER");
        assertThat(failure().message()).isEqualTo("the upstream answered 502: 502 Bad Gateway");
        assertReused(peer);
    }

    @Test
    void aRefusalOfTheRequestIsFinal() {
        rig.call(told);
        ScriptedUpstream.Peer peer = upstream.accept();
        peer.request();
        peer.answer(
                "400 Bad Request",
                "{\"error\":{\"type\":\"invalid_request_error\",\"message\":\"prompt is too long: 3 > 2\"}}");

        told.expect("failure CONTEXT_OVERFLOW");
        assertThat(failure().status()).isEqualTo(400);
    }

    @Test
    void anAnswerThatIsNoStreamIsNamed() {
        rig.call(told);
        ScriptedUpstream.Peer peer = upstream.accept();
        peer.request();
        peer.answer(
                "200 OK\r\ncontent-type: Application/JSON; charset=utf-8",
                "{\"error\":{\"type\":\"api_error\",\"message\":\"odd\"}}");

        told.expect("failure PROTOCOL");
        assertThat(failure().message())
                .isEqualTo(
                        "content-type: Application/JSON; charset=utf-8 (expected: text/event-stream): api_error: odd");
    }

    @Test
    void aStreamWithoutAContentTypeIsRead() {
        rig.call(told);
        ScriptedUpstream.Peer peer = upstream.accept();
        peer.request();
        peer.send("HTTP/1.1 200 OK\r\n\r\nstart\ndone\n").close();

        told.expect("start", "complete");
    }

    @Test
    void aConnectionWhoseRequestWasAnsweredBeforeItWasReadIsNotUsedAgain() {
        RequestBody large = ClientRig.body("x".repeat(16 * 1024 * 1024));
        try (ClientRig sender = new ClientRig(ClientRig.config(upstream.url()), large)) {
            sender.call(told);
            ScriptedUpstream.Peer peer = upstream.accept();
            peer.answer("413 Too Large", "too much");

            told.expect("failure TOO_LARGE");
            assertThat(sender.onLoop(() -> sender.client.pool(sender.loop()).idleCount()))
                    .isZero();
        }
    }

    @Test
    void aCompressedAnswerIsRefused() {
        rig.call(told);
        ScriptedUpstream.Peer peer = upstream.accept();
        peer.request();
        peer.send("HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\n\r\n");

        told.expect("failure PROTOCOL");
        assertThat(failure().message()).isEqualTo("content-encoding: gzip (expected: identity)");
        assertThat(peer.isClosedByClient()).isTrue();
    }

    @Test
    void anErrorWithoutEndIsCutAndTold() {
        rig.call(told);
        ScriptedUpstream.Peer peer = upstream.accept();
        peer.request();
        peer.send("HTTP/1.1 403 Forbidden\r\n\r\n" + "x".repeat(66_000));

        told.expect("failure PERMISSION");
        assertThat(failure().message()).endsWith("x...").hasSizeLessThan(300);
    }

    @Test
    void anErrorWhoseTextIsCutKeepsItsStatus() {
        rig.call(told);
        ScriptedUpstream.Peer peer = upstream.accept();
        peer.request();
        peer.send("HTTP/1.1 401 No\r\ncontent-length: 50\r\n\r\nnot you").close();

        told.expect("failure AUTHENTICATION");
        assertThat(failure().message()).isEqualTo("the upstream answered 401: not you");
    }

    @Test
    void aResponseThatCanBeReadInTwoWaysIsRefusedAndNotRetried() {
        rig.call(told);
        ScriptedUpstream.Peer peer = upstream.accept();
        peer.request();
        peer.send("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\ncontent-length: 3\r\n\r\n");

        told.expect("failure PROTOCOL");
        assertThat(failure().message()).contains("both transfer-encoding and content-length");
        assertThat(peer.isClosedByClient()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "HTTP/1.1 20",
                "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n6\r\nsta",
                "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nsta\r\n0\r\n\r\n",
            })
    void anAnswerThatIsCutBeforeItsFirstBlockIsTriedAgain(String cut) {
        rig.call(told);
        ScriptedUpstream.Peer peer = upstream.accept();
        peer.request();
        peer.send(cut).close();
        told.expect("retry 1 CONNECTION");
        ScriptedUpstream.Peer next = upstream.accept();
        next.request();
        next.stream().chunk("done\n").lastChunk();

        told.expect("complete");
    }

    @Test
    void anAnswerThatIsCutAfterItsFirstBlockFails() {
        rig.call(told);
        ScriptedUpstream.Peer peer = upstream.accept();
        peer.request();
        peer.stream().chunk("block\n").send("5\r\nhel").close();

        told.expect("block", "failure CONNECTION");
        assertThat(failure().requestId()).isEqualTo("req_1");
        assertThat(failure().message()).contains("in the middle of the response body");
    }

    @Test
    void anErrorInTheStreamIsTriedAgainOnlyBeforeTheFirstBlock() {
        rig.call(told);
        ScriptedUpstream.Peer peer = upstream.accept();
        peer.request();
        peer.stream().chunk("start\nfail OVERLOADED\n").lastChunk();
        told.expect("start", "retry 1 OVERLOADED");
        peer.request();
        peer.stream().chunk("start\nblock\nfail OVERLOADED\n").lastChunk();

        told.expect("start", "block", "failure OVERLOADED");
        assertThat(failure().requestId()).isEqualTo("req_1");
    }

    @Test
    void theLastRetryIsTheLast() {
        rig.call(told);
        ScriptedUpstream.Peer peer = upstream.accept();
        for (int i = 1; i <= 3; i++) {
            peer.request();
            peer.answer("500 Oops\r\nretry-after-ms: 1", "");
            told.expect("retry " + i + " SERVER");
        }
        peer.request();
        peer.answer("500 Oops\r\nretry-after-ms: 1", "");

        told.expect("failure SERVER");
    }

    @Test
    void aListenerThatThrowsEndsItsCall() {
        CallRecorder listener = new CallRecorder(word -> {
            if (word.equals("one")) {
                throw new IllegalStateException("listener");
            }
        });
        rig.call(listener);
        ScriptedUpstream.Peer peer = upstream.accept();
        peer.request();
        peer.stream().chunk("block\none\ntwo\n");

        listener.expect("block", "one", "failure CONNECTION");
        assertThat(peer.isClosedByClient()).isTrue();
    }

    @Test
    void aClosedClientEndsItsCallsAndTakesNoMore() {
        rig.call(told);
        ScriptedUpstream.Peer peer = upstream.accept();
        peer.request();
        rig.client.close();
        told.expect("failure CONNECTION");
        assertThat(peer.isClosedByClient()).isTrue();

        CallRecorder second = new CallRecorder();
        rig.call(second);
        second.expect("failure CONNECTION");
    }

    @Test
    void onlyAnEventLoopOfNettyWillDo() {
        assertThatThrownBy(() -> rig.client.stream(ClientRig.REQUEST, told, ImmediateEventExecutor.INSTANCE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("loop: ")
                .hasMessageEndingWith("(expected: an io.netty.channel.EventLoop)");
    }

    private ModelFailure failure() {
        return requireNonNull(told.failure);
    }

    private ScriptedUpstream.Peer firstCall() {
        CallRecorder first = new CallRecorder();
        rig.call(first);
        ScriptedUpstream.Peer peer = upstream.accept();
        peer.request();
        peer.stream().chunk("done\n").lastChunk();
        first.expect("complete");
        awaitIdle(1);
        return peer;
    }

    /** Plays a further call, which must come over this connection. */
    private void assertReused(ScriptedUpstream.Peer peer) {
        awaitIdle(1);
        CallRecorder next = new CallRecorder();
        rig.call(next);
        peer.request();
        peer.stream().chunk("done\n").lastChunk();
        next.expect("complete");
    }

    private void awaitIdle(int connections) {
        long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        while (rig.onLoop(() -> rig.client.pool(rig.loop()).idleCount()) != connections) {
            assertThat(System.nanoTime()).isLessThan(deadline);
        }
    }
}
