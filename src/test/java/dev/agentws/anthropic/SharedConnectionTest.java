package dev.agentws.anthropic;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.agentws.agent.model.ModelFailure;
import dev.agentws.agent.model.ModelStream;
import dev.agentws.anthropic.SharedUpstream.Request;
import io.netty.channel.ChannelFuture;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Settings;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Calls over HTTP/2, against a far end that the test plays. */
final class SharedConnectionTest {
    private static final String LONG_LINE = "x".repeat(1023) + "\n";
    /** Long lines that still come on a stream that is paused. */
    private static final int WINDOW_LINES = 64;

    private final SharedUpstream upstream = new SharedUpstream();
    private final ClientRig rig = rig(upstream);
    private final CallRecorder told = new CallRecorder();

    private static ClientRig rig(SharedUpstream upstream) {
        return new ClientRig(ClientRig.config(upstream.url()).withHttp2(true));
    }

    @AfterEach
    void everythingIsGivenBack() {
        rig.close();
        upstream.close();
        assertThat(rig.openReaders).hasValue(0);
    }

    @Test
    void callsShareOneConnection() {
        CallRecorder other = new CallRecorder();
        rig.call(told);
        rig.call(other);
        Request first = upstream.request();
        Request second = upstream.request();
        second.stream().data("block\nb\n").data("done\n", true);
        other.expect("block", "b", "complete");
        first.stream().data("block\na\n").data("done\n", true);
        told.expect("block", "a", "complete");
        assertThat(first.connection()).isSameAs(second.connection());
        rig.call(told);
        upstream.request().stream().data("done\n", true);
        told.expect("complete");
        assertThat(upstream.connections()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 10})
    void streamsThatArePausedHoldUpNoOthers(int paused) throws Exception {
        List<CallRecorder> all = new ArrayList<>();
        List<Request> requests = new ArrayList<>();
        List<ModelStream> streams = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            CallRecorder listener = new CallRecorder();
            all.add(listener);
            streams.add(rig.call(listener));
            requests.add(upstream.request());
        }
        rig.run(() -> streams.subList(0, paused).forEach(ModelStream::pause));
        List<ChannelFuture> written = new ArrayList<>();
        for (Request request : requests) {
            request.stream();
            written.add(request.data(LONG_LINE.repeat(300) + "done\n", true));
        }
        for (int i = paused; i < 20; i++) {
            expectLines(all.get(i), 300);
        }
        assertThat(written.subList(0, paused)).noneMatch(ChannelFuture::isDone);
        List<Integer> early =
                all.subList(0, paused).stream().map(each -> each.rest().size()).toList();
        assertThat(early).allMatch(lines -> lines <= WINDOW_LINES);
        rig.run(() -> streams.subList(0, paused).forEach(ModelStream::resume));
        for (int i = 0; i < paused; i++) {
            expectLines(all.get(i), 300 - early.get(i));
            assertThat(written.get(i).await(10, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(upstream.connections()).isEqualTo(1);
    }

    private static void expectLines(CallRecorder listener, int lines) {
        for (int line = 0; line < lines; line++) {
            assertThat(listener.next())
                    .as("told %s %s", listener.failure, listener.retried)
                    .hasSize(1023);
        }
        listener.expect("complete");
    }

    @Test
    void whatIsOnItsWayWhenAPauseBeginsIsStillTold() {
        ModelStream stream = rig.call(told);
        rig.run(stream::pause);
        Request request = upstream.request().stream();
        request.data("block\none\n");
        request.data("fail OVERLOADED\n", true);
        told.expect("block", "one", "failure OVERLOADED");
    }

    @Test
    void aPauseInTheMidstOfAReadLetsNoMoreComeThanAWindow() {
        AtomicReference<ModelStream> stream = new AtomicReference<>();
        CallRecorder pausing = new CallRecorder(word -> {
            if (word.equals("pause")) {
                requireNonNull(stream.get()).pause();
            }
        });
        stream.set(rig.call(pausing));
        Request request = upstream.request().stream();
        ChannelFuture written = request.data("pause\n" + LONG_LINE.repeat(100) + "done\n", true);
        pausing.expect("pause");
        int early = 0;
        for (; early < WINDOW_LINES - 1; early++) {
            assertThat(pausing.next()).hasSize(1023);
        }
        CallRecorder other = new CallRecorder();
        rig.call(other);
        upstream.request().stream().data("done\n", true);
        other.expect("complete");
        assertThat(pausing.rest()).isEmpty();
        assertThat(written.isDone()).isFalse();
        rig.run(() -> requireNonNull(stream.get()).resume());
        expectLines(pausing, 100 - early);
    }

    @Test
    void aCallThatIsCancelledResetsItsStreamOnly() {
        CallRecorder other = new CallRecorder();
        ModelStream stream = rig.call(told);
        Request first = upstream.request().stream().data("block\none\n");
        rig.call(other);
        Request second = upstream.request().stream().data("block\n");
        told.expect("block", "one");
        other.expect("block");
        rig.run(stream::cancel);
        assertThat(upstream.reset()).isEqualTo(new SharedUpstream.Reset(first.id(), Http2Error.CANCEL));
        second.data("two\ndone\n", true);
        other.expect("two", "complete");
        assertThat(told.rest()).isEmpty();
    }

    @Test
    void aPausedCallThatIsCancelledResetsItsStream() {
        ModelStream stream = rig.call(told);
        rig.run(stream::pause);
        upstream.request().stream().data(LONG_LINE.repeat(20)).data(LONG_LINE);
        CallRecorder other = new CallRecorder();
        rig.call(other);
        upstream.request().stream().data("done\n", true);
        other.expect("complete");
        rig.run(stream::cancel);
        assertThat(upstream.reset().how()).isEqualTo(Http2Error.CANCEL);
        assertThat(told.rest()).allMatch(word -> word.length() == 1023);
    }

    @Test
    void aServerThatGoesAwayFinishesWhatItServesAndTheNextCallGoesElsewhere() {
        rig.call(told);
        Request first = upstream.request().stream().goAwayAfterThis().data("block\n");
        told.expect("block");
        CallRecorder other = new CallRecorder();
        rig.call(other);
        Request second = upstream.request();
        assertThat(second.connection()).isNotSameAs(first.connection());
        second.stream().data("done\n", true);
        other.expect("complete");
        first.data("one\ndone\n", true);
        told.expect("one", "complete");
        assertThat(first.connection().closeFuture().awaitUninterruptibly(10, TimeUnit.SECONDS))
                .isTrue();
    }

    @Test
    void aStreamThatAServerWhichGoesAwayDoesNotServeGoesElsewhereAtOnce() {
        CallRecorder other = new CallRecorder();
        rig.call(other);
        Request first = upstream.request().stream();
        rig.call(told);
        Request unserved = upstream.request();
        assertThat(unserved.connection()).isSameAs(first.connection());
        first.goAwayAfterThis();
        Request again = upstream.request();
        assertThat(again.connection()).isNotSameAs(first.connection());
        again.stream().data("done\n", true);
        told.expect("complete");
        first.data("done\n", true);
        other.expect("complete");
    }

    @Test
    void aStreamThatIsRefusedIsTriedAgain() {
        rig.call(told);
        upstream.request().reset(Http2Error.REFUSED_STREAM);
        told.expect("retry 1 CONNECTION");
        assertThat(requireNonNull(told.retried).message()).contains("the stream was reset: REFUSED_STREAM");
        upstream.request().stream().data("done\n", true);
        told.expect("complete");
        assertThat(upstream.connections()).isEqualTo(1);
    }

    @Test
    void aStreamThatIsResetAfterItsFirstBlockFails() {
        rig.call(told);
        upstream.request().stream().data("block\none\n").reset(Http2Error.INTERNAL_ERROR);
        told.expect("block", "one", "failure CONNECTION");
        assertThat(requireNonNull(told.failure).requestId()).isEqualTo("req_1");
    }

    @Test
    void aConnectionThatIsLostBreaksAllItsStreams() {
        CallRecorder other = new CallRecorder();
        rig.call(told);
        Request first = upstream.request().stream().data("block\n");
        rig.call(other);
        upstream.request().stream().data("block\n");
        told.expect("block");
        other.expect("block");
        first.connection().eventLoop().execute(() -> first.connection()
                .unsafe()
                .close(first.connection().voidPromise()));
        told.expect("failure CONNECTION");
        other.expect("failure CONNECTION");
        assertThat(requireNonNull(told.failure).message())
                .endsWith("the connection was closed in the middle of the response");
    }

    @Test
    void aServerThatAllowsFewStreamsGetsMoreConnections() {
        try (SharedUpstream narrow = new SharedUpstream(new Http2Settings().maxConcurrentStreams(2));
                ClientRig own = rig(narrow)) {
            List<CallRecorder> all = new ArrayList<>();
            List<Request> requests = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                CallRecorder listener = new CallRecorder();
                all.add(listener);
                own.call(listener);
                requests.add(narrow.request());
            }
            assertThat(narrow.connections()).isEqualTo(3);
            requests.forEach(request -> request.stream().data("done\n", true));
            all.forEach(listener -> listener.expect("complete"));
        }
    }

    @Test
    void callsThatComeTogetherWaitForOneConnection() {
        List<CallRecorder> all = new ArrayList<>();
        rig.run(() -> {
            for (int i = 0; i < 120; i++) {
                CallRecorder listener = new CallRecorder();
                all.add(listener);
                rig.client.stream(ClientRig.REQUEST, listener, rig.loop());
            }
        });
        for (int i = 0; i < 120; i++) {
            upstream.request().stream().data("done\n", true);
        }
        all.forEach(listener -> listener.expect("complete"));
        assertThat(upstream.connections()).isEqualTo(2);
    }

    @Test
    void aServerThatAllowsNoStreamsIsNoServer() {
        try (SharedUpstream closed = new SharedUpstream(new Http2Settings().maxConcurrentStreams(0));
                ClientRig own = new ClientRig(ClientRig.config(closed.url(), Duration.ofSeconds(10), 0, null)
                        .withHttp2(true))) {
            own.call(told);
            told.expect("failure CONNECTION");
            assertThat(requireNonNull(told.failure).message()).endsWith("the server allows no streams");
        }
    }

    @Test
    void aRefusalCarriesItsWaitAndItsWords() {
        rig.call(told);
        Request request = upstream.request()
                .head("429", "content-type", "application/json", "retry-after", "0.01", "request-id", "req_9");
        request.data("{\"type\":\"error\",\"error\":{\"type\":\"rate_limit_error\",\"message\":\"Slow down.\"}}", true);
        told.expect("retry 1 RATE_LIMITED");
        ModelFailure failure = requireNonNull(told.retried);
        assertThat(failure.message()).isEqualTo("the upstream answered 429 rate_limit_error: Slow down.");
        assertThat(failure.requestId()).isEqualTo("req_9");
        assertThat(failure.retryAfter()).isEqualTo(Duration.ofMillis(10));
        upstream.request().stream().data("done\n", true);
        told.expect("complete");
    }

    @Test
    void anAnswerBeforeTheWholeRequestEndsTheRequest() {
        String large = "\"" + "z".repeat(300_000) + "\"";
        try (ClientRig sender = new ClientRig(
                ClientRig.config(upstream.url(), Duration.ofSeconds(10), 0, null)
                        .withHttp2(true),
                ClientRig.body(large))) {
            upstream.answerEarly("413");
            sender.call(told);
            told.expect("failure TOO_LARGE");
            assertThat(upstream.reset().how()).isEqualTo(Http2Error.NO_ERROR);
        }
    }

    @Test
    void aClientThatIsClosedFailsItsCalls() {
        rig.call(told);
        upstream.request().stream().data("block\n");
        told.expect("block");
        rig.client.close();
        told.expect("failure CONNECTION");
        rig.call(told);
        told.expect("failure CONNECTION");
    }

    @Test
    void aConnectionThatComesUpAfterTheClientWasClosedIsClosedToo() throws Exception {
        try (ScriptedUpstream slow = new ScriptedUpstream();
                ClientRig own = rigAt(slow.url())) {
            own.call(told);
            ScriptedUpstream.Peer peer = slow.accept();
            assertThat(peer.socket().getInputStream().readNBytes(24)).startsWith('P', 'R', 'I');
            own.client.close();
            told.expect("failure CONNECTION");
            peer.socket().getOutputStream().write(new byte[] {0, 0, 0, 4, 0, 0, 0, 0, 0});
            // To its end.
            assertThat(peer.socket().getInputStream().readAllBytes()).isNotEmpty();
        }
    }

    private static ClientRig rigAt(URI url) {
        return new ClientRig(
                ClientRig.config(url, Duration.ofSeconds(10), 0, null).withHttp2(true));
    }
}
