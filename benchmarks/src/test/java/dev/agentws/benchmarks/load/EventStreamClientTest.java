package dev.agentws.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentws.benchmarks.load.Scenario.Mode;
import dev.agentws.benchmarks.load.Scenario.Stream;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class EventStreamClientTest {
    private final Tally tally = new Tally(1);

    @Test
    void deltasAreFoundWhereverTheStreamIsCut() {
        play(delta(0) + delta(1) + "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n");
        assertThat(tally.firstError()).isEmpty();
        assertThat(tally.deltas.sum()).isEqualTo(2);
        assertThat(tally.streams.getCount()).isZero();
    }

    @Test
    void aStreamThatEndsEarlyIsAnError() {
        play(delta(0));
        assertThat(tally.firstError()).isEqualTo("turn: 1 deltas (expected: 2)");
    }

    @Test
    void aDeltaThatIsSkippedIsWrong() {
        play(delta(1) + delta(2));
        assertThat(tally.wrong.sum()).isEqualTo(1);
    }

    /** One byte at a time. */
    private void play(String body) {
        Stream stream = new Stream(2, 0, 4, 1, "cjk", true);
        Scenario scenario = new Scenario("test", "", Mode.STREAM, 1, 1, 1, stream, 0, 10);
        EventStreamClient client =
                new EventStreamClient(scenario, tally, new LoadSession("unused", 1), new Unwatched());
        EmbeddedChannel channel = new EmbeddedChannel(client);
        client.begin(channel);
        client.start();
        channel.runPendingTasks();
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        ByteBuf answer = Unpooled.copiedBuffer(
                "HTTP/1.1 200 OK\r\nContent-Length: " + bytes.length + "\r\n\r\n" + body, StandardCharsets.UTF_8);
        while (answer.isReadable()) {
            channel.writeInbound(answer.readBytes(1));
        }
        answer.release();
        client.leave();
        channel.runPendingTasks();
        channel.releaseOutbound();
        assertThat(channel.finish()).isFalse();
    }

    private static String delta(int number) {
        return "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":"
                + "{\"type\":\"thinking_delta\",\"thinking\":\""
                + String.format("%06x:%012x ", number, System.nanoTime() & 0xffff_ffff_ffffL) + "漢x\"}   }\n\n";
    }

    private static final class Unwatched implements LoadClient.Watcher {
        @Override
        public void ready(LoadClient client) {}

        @Override
        public void lost(LoadClient client) {}
    }
}
