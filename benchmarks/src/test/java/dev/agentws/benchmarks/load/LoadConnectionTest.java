package dev.agentws.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentws.benchmarks.load.Scenario.Mode;
import dev.agentws.benchmarks.load.Scenario.Stream;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A harness that overlooks a loss is worse than none. */
class LoadConnectionTest {
    private static final String ID = "3f1d6d1e-9d4b-4c7b-8f61-0d2f00000000";
    private static final String UPGRADED = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n";

    private final Tally tally = new Tally(1);
    private final LoadSession session = new LoadSession(ID, 1);

    @Test
    void aNumberedStreamThatIsWholeIsSound() {
        play(numbered(2, 0), numbered(3, 1), whole(4, 2), result(5));
        assertThat(tally.firstError()).isEmpty();
        assertThat(tally.deltas.sum()).isEqualTo(2);
        assertThat(tally.streams.getCount()).isZero();
        assertThat(tally.latency.getTotalCount()).isEqualTo(2);
    }

    @Test
    void aStreamCutAtAnyByteIsReadTheSame() {
        EmbeddedChannel channel = channel();
        ByteBuf all = Unpooled.buffer();
        all.writeBytes(UPGRADED.getBytes(StandardCharsets.US_ASCII));
        for (String json :
                List.of(authenticated(), created(), numbered(2, 0), numbered(3, 1), whole(4, 2), result(5))) {
            frame(all, json);
        }
        while (all.isReadable()) {
            channel.writeInbound(all.readBytes(1));
        }
        all.release();
        end(channel);
        assertThat(tally.firstError()).isEmpty();
        assertThat(tally.deltas.sum()).isEqualTo(2);
    }

    @Test
    void aMessageInFragmentsIsReadAsOne() {
        EmbeddedChannel channel = channel();
        ByteBuf all = Unpooled.copiedBuffer(UPGRADED, StandardCharsets.US_ASCII);
        frame(all, authenticated());
        frame(all, created());
        String json = numbered(2, 0);
        int cut = json.length() - 40;
        fragment(all, 0x01, json.substring(0, 40));
        fragment(all, 0x00, json.substring(40, cut));
        fragment(all, 0x80, json.substring(cut));
        channel.writeInbound(all);
        end(channel);
        assertThat(tally.firstError()).isEmpty();
        assertThat(tally.deltas.sum()).isEqualTo(1);
    }

    @Test
    void aMissingFrameNumberIsAGap() {
        play(numbered(2, 0), numbered(4, 1));
        assertThat(tally.gaps.sum()).isEqualTo(1);
        assertThat(tally.firstError()).contains("seq: 4 (expected: 3)");
    }

    @Test
    void aDeltaThatComesTwiceIsWrong() {
        play(numbered(2, 0), numbered(3, 0));
        assertThat(tally.wrong.sum()).isEqualTo(1);
    }

    @Test
    void aDeltaWithADamagedTextIsWrong() {
        play(numbered(2, 0).replace("a\\\"b", "a\\\"d"));
        assertThat(tally.wrong.sum()).isEqualTo(1);
    }

    @Test
    void halfADeltaIsWrong() {
        play(numbered(2, 0).replace("\\n", ""));
        assertThat(tally.wrong.sum()).isEqualTo(1);
    }

    @Test
    void aTurnThatEndsEarlyIsAnError() {
        play(numbered(2, 0), whole(3, 1), result(4));
        assertThat(tally.firstError()).isEqualTo("turn: 1 deltas (expected: 2)");
    }

    @Test
    void aWholeTextThatIsShorterThanItsPiecesIsWrong() {
        play(numbered(2, 0), numbered(3, 1), whole(4, 1), result(5));
        assertThat(tally.wrong.sum()).isEqualTo(1);
    }

    @Test
    void aServerWithoutNumbersEndsItsTurnWithTheWholeText() {
        play(plain(0), plain(1), whole(0, 0).replace("\"seq\":0,", ""));
        assertThat(tally.firstError()).isEmpty();
        assertThat(tally.streams.getCount()).isZero();
    }

    @Test
    void aFrameOfASessionThatIsNotOursIsAnError() {
        play(numbered(2, 0).replace("3f1d6d1e", "3f1d6d1f"));
        assertThat(tally.firstError()).contains("one of a session of this connection");
    }

    @Test
    void aRefusedUpgradeIsAnError() {
        EmbeddedChannel channel = channel();
        channel.writeInbound(Unpooled.copiedBuffer("HTTP/1.1 403 Forbidden\r\n\r\n", StandardCharsets.US_ASCII));
        end(channel);
        assertThat(tally.firstError()).isEqualTo("upgrade: HTTP/1.1 403 Forbidden (expected: status 101)");
    }

    private void play(String... messages) {
        EmbeddedChannel channel = channel();
        channel.writeInbound(Unpooled.copiedBuffer(UPGRADED, StandardCharsets.US_ASCII));
        ByteBuf frames = Unpooled.buffer();
        frame(frames, authenticated());
        frame(frames, messages[0].contains("seq") ? created() : created().replace("\"seq\":1,", ""));
        for (String json : messages) {
            frame(frames, json);
        }
        channel.writeInbound(frames);
        assertThat(tally.frames.sum()).isEqualTo(messages.length + 2L);
        end(channel);
    }

    private EmbeddedChannel channel() {
        Scenario scenario =
                new Scenario("test", "", Mode.STREAM, 1, 1, 1, new Stream(2, 0, 6, 1, "escape", false), 0, 10);
        LoadConnection client =
                new LoadConnection(scenario, tally, Address.local(1, true), "token", List.of(session), new Unwatched());
        EmbeddedChannel channel = new EmbeddedChannel(client);
        client.begin(channel);
        return channel;
    }

    /** What the client itself wrote is not looked at. */
    private static void end(EmbeddedChannel channel) {
        channel.releaseOutbound();
        channel.runPendingTasks();
        if (channel.pipeline().get(LoadConnection.class) != null) {
            channel.pipeline().remove(LoadConnection.class);
        }
        assertThat(channel.finish()).isFalse();
    }

    private static void frame(ByteBuf out, String json) {
        fragment(out, 0x81, json);
    }

    private static void fragment(ByteBuf out, int first, String json) {
        byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
        out.writeByte(first);
        if (bytes.length < 126) {
            out.writeByte(bytes.length);
        } else {
            out.writeByte(126).writeShort(bytes.length);
        }
        out.writeBytes(bytes);
    }

    private static String authenticated() {
        return "{\"type\":\"auth_success\"}";
    }

    private static String created() {
        return "{\"type\":\"session_created\",\"seq\":1,\"session\":{\"id\":\"[}\"},\"session_id\":\"" + ID + "\"}";
    }

    /** The text of a delta as it stands in JSON: the stamp and six characters of padding. */
    private static String text(int number) {
        return String.format("%06x:%012x ", number, System.nanoTime() & 0xffff_ffff_ffffL) + "a\\\"b\\\\c\\n";
    }

    private static String numbered(long seq, int number) {
        return "{\"type\":\"agent_message\",\"content\":\"" + text(number) + "\",\"seq\":" + seq
                + ",\"complete\":false,\"session_id\":\"" + ID + "\"}";
    }

    private static String plain(int number) {
        return "{\"session_id\":\"" + ID + "\", \"type\": \"agent_message\", \"content\": \"" + text(number) + "\"}";
    }

    private static String whole(long seq, int deltas) {
        StringBuilder all = new StringBuilder();
        for (int i = 0; i < deltas; i++) {
            all.append(text(i));
        }
        return "{\"type\":\"agent_message\",\"content\":\"" + all + "\",\"seq\":" + seq
                + ",\"complete\":true,\"session_id\":\"" + ID + "\"}";
    }

    private static String result(long seq) {
        return "{\"type\":\"agent_result\",\"is_error\":false,\"seq\":" + seq + ",\"session_id\":\"" + ID + "\"}";
    }

    private static final class Unwatched implements LoadClient.Watcher {
        @Override
        public void ready(LoadClient client) {}

        @Override
        public void lost(LoadClient client) {}
    }
}
