package dev.agentws.agent.event;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class EventLogTest {
    private final EventLog log = new EventLog(PooledByteBufAllocator.DEFAULT, 1 << 20);
    private final List<EscapedText> texts = new ArrayList<>();

    private EscapedText text() {
        EscapedText text = new EscapedText(PooledByteBufAllocator.DEFAULT);
        texts.add(text);
        return text;
    }

    private void piece(EscapedText text, String message, String piece) {
        ByteBuf bytes = Unpooled.copiedBuffer(piece, UTF_8);
        text.append(bytes, 0, bytes.readableBytes());
        log.appendPiece(PieceKind.TEXT, message, text, bytes.readableBytes());
        bytes.release();
    }

    private void close() {
        log.closeRun();
        texts.forEach(EscapedText::seal);
    }

    /** Reads as a client would that has everything up to {@code after}. */
    private List<String> read(long after, boolean merged) {
        List<String> all = new ArrayList<>();
        log.read(after, log.lastSeq(), new LogReader() {
            @Override
            public void onEvent(long seq, SessionEvent event) {
                all.add(seq + " " + event.kind());
            }

            @Override
            public void onPieces(long seq, PieceKind kind, String id, EscapedText text, int from, int length) {
                ByteBuf out = Unpooled.buffer();
                text.copyTo(out, from, length);
                all.add(seq + " " + id + " " + out.toString(UTF_8));
            }

            @Override
            public boolean merged() {
                return merged;
            }

            @Override
            public boolean wantsMore() {
                return true;
            }
        });
        return all;
    }

    @Test
    void piecesAreMergedForAReaderWhoComesBackAndSingleForOneWhoIsLate() {
        log.append(new SessionEvent.Thinking(true));
        EscapedText text = text();
        piece(text, "m", "Hel");
        piece(text, "m", "lo ");
        piece(text, "m", "you");
        log.append(new SessionEvent.Thinking(false));
        assertThat(read(0, true)).containsExactly("1 THINKING", "4 m Hello you", "5 THINKING");
        assertThat(read(2, true)).containsExactly("4 m lo you", "5 THINKING");
        assertThat(read(2, false)).containsExactly("3 m lo ", "4 m you", "5 THINKING");
        close();
        assertThat(read(3, false)).as("after the text has been sealed").containsExactly("4 m you", "5 THINKING");
        assertThat(read(5, true)).isEmpty();
    }

    @Test
    void whateverANumberAReaderComesBackWithItGetsExactlyTheRest() {
        Random random = new Random(3);
        StringBuilder whole = new StringBuilder();
        int[] ends = new int[10_001];
        EscapedText text = text();
        for (int seq = 1; seq <= 10_000; seq++) {
            String piece = "x".repeat(1 + random.nextInt(random.nextInt(20) == 0 ? 400 : 6));
            whole.append(seq).append(piece);
            piece(text, "m", seq + piece);
            ends[seq] = whole.length();
        }
        close();
        for (int after = 0; after <= 10_000; after += 1 + random.nextInt(97)) {
            StringBuilder rest = new StringBuilder();
            for (String line : read(after, random.nextBoolean())) {
                rest.append(line.substring(line.lastIndexOf(' ') + 1));
            }
            assertThat(rest.toString()).isEqualTo(whole.substring(ends[after]));
        }
    }

    @Test
    void readersAtDifferentPlacesOfARunThatStillGrowsEachGetTheRest() {
        EscapedText text = text();
        for (int seq = 1; seq <= 300; seq++) {
            piece(text, "m", "p" + seq + ".");
            if (seq % 3 == 0) {
                assertThat(read(seq - 3, false)).hasSize(3).last().isEqualTo(seq + " m p" + seq + ".");
            }
            if (seq % 50 == 0) {
                assertThat(read(seq / 2, false))
                        .hasSize(seq - seq / 2)
                        .first()
                        .isEqualTo((seq / 2 + 1) + " m p" + (seq / 2 + 1) + ".");
                assertThat(read(seq - 2, true)).containsExactly(seq + " m p" + (seq - 1) + ".p" + seq + ".");
            }
        }
        close();
        assertThat(read(298, false)).containsExactly("299 m p299.", "300 m p300.");
    }

    @Test
    void theOldestGoesWhenTheLogIsFullAndTheReaderCanSeeIt() {
        EventLog small = new EventLog(PooledByteBufAllocator.DEFAULT, 4096);
        for (int i = 0; i < 1000; i++) {
            small.append(new SessionEvent.ToolPrinted("t", "stdout", "some output"));
        }
        assertThat(small.lastSeq()).isEqualTo(1000);
        assertThat(small.firstSeq()).isGreaterThan(900).isLessThan(1000);
    }

    @Test
    void anEmptyLogBeginsAfterItsEnd() {
        assertThat(log.firstSeq()).isEqualTo(1);
        assertThat(log.lastSeq()).isZero();
        assertThat(read(0, true)).isEmpty();
    }
}
