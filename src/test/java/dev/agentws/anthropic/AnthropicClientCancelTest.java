package dev.agentws.anthropic;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.agentws.agent.model.ModelStream;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

@SuppressWarnings("StringConcatToTextBlock") // the lines end in CRLF, those of a text block do not
class AnthropicClientCancelTest {
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
    void aCallThatIsCancelledInItsStreamClosesTheConnectionAndSaysNoMore() {
        AtomicReference<ModelStream> stream = new AtomicReference<>();
        CallRecorder listener = new CallRecorder(word -> {
            if (word.equals("two")) {
                requireNonNull(stream.get()).cancel();
            }
        });
        stream.set(rig.call(listener));
        ScriptedUpstream.Peer peer = upstream.accept();
        peer.request();
        peer.stream().chunk("block\none\ntwo\nthree\ndone\n");

        assertThat(peer.isClosedByClient()).isTrue();
        rig.run(() -> requireNonNull(stream.get()).cancel());
        assertThat(listener.rest()).containsExactly("block", "one", "two");
    }

    @Test
    void aCallThatIsCancelledAtOnceNeverConnects() {
        rig.run(() -> rig.client.stream(ClientRig.REQUEST, told, rig.loop()).cancel());
        CallRecorder second = new CallRecorder();
        rig.call(second);
        ScriptedUpstream.Peer peer = upstream.accept();
        peer.request();
        peer.stream().chunk("done\n").lastChunk();

        second.expect("complete");
        assertThat(told.rest()).isEmpty();
    }

    @Test
    void aCallThatIsCancelledBeforeTheAnswerClosesTheConnection() {
        ModelStream stream = rig.call(told);
        ScriptedUpstream.Peer peer = upstream.accept();
        peer.request();
        rig.run(stream::cancel);

        assertThat(peer.isClosedByClient()).isTrue();
        assertThat(told.rest()).isEmpty();
    }

    @Test
    void aCancelAfterTheEndLeavesTheConnectionAlone() {
        ModelStream stream = rig.call(told);
        ScriptedUpstream.Peer peer = upstream.accept();
        peer.request();
        peer.stream().chunk("done\n").lastChunk();
        told.expect("complete");
        rig.run(stream::cancel);

        assertReused(peer);
    }

    @Test
    void aPausedStreamStopsTheUpstream() throws Exception {
        ModelStream stream = rig.call(told);
        ScriptedUpstream.Peer peer = upstream.accept();
        peer.request();
        peer.stream().chunk("block\n");
        told.expect("block");
        rig.run(stream::pause);
        String line = "x".repeat(1023) + "\n";
        BlockedWriter writer = new BlockedWriter(peer, line.repeat(64), 256);
        writer.start();
        long stuckAt = writer.awaitStandstill();
        // Both kernel buffers and the few reads that were under way; sixteen megabytes were on offer.
        assertThat(stuckAt).isLessThan(1024 * 1024);

        rig.run(stream::resume);
        writer.awaitMoreThan(stuckAt);
        rig.run(stream::cancel);
        writer.join(10_000);
        assertThat(writer.isAlive()).isFalse();
        assertThat(told.rest()).isNotEmpty().doesNotContain("failure CONNECTION");
    }

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
