package dev.agentws.agent.record;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.agentws.agent.event.EscapedText;
import dev.agentws.agent.event.EventLog;
import dev.agentws.agent.event.LogReader;
import dev.agentws.agent.event.MessageText;
import dev.agentws.agent.event.PieceKind;
import dev.agentws.agent.event.SessionEvent;
import dev.agentws.agent.event.SessionEvent.MessageDone;
import dev.agentws.agent.event.SessionEvent.Thinking;
import dev.agentws.journal.Entry;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What was shown is the same, whether it is read from memory or from the book. */
final class StoredFramesTest {
    private static final ByteBufAllocator HEAP = UnpooledByteBufAllocator.DEFAULT;
    private static final FrameFormat FORMAT = (id, seq, event) -> {
        ByteBuf content = Unpooled.buffer();
        if (event instanceof MessageDone message) {
            message.text().copyTo(content);
        }
        return ("{\"type\":\"x\",\"content\":\"" + content.toString(UTF_8) + "\",\"seq\":" + seq + "}").getBytes(UTF_8);
    };

    private final EventLog log = new EventLog(HEAP, 1 << 20);
    private final BookEntries entries = new BookEntries("S", FORMAT, log);
    private final FrameRecords records = new FrameRecords();
    private final EscapedText text = new EscapedText(HEAP);
    private final EscapedText thought = new EscapedText(HEAP);
    private final MessageText message = new MessageText();
    private final List<Entry> book = new ArrayList<>();

    private void piece(PieceKind kind, String escaped) {
        EscapedText block = kind == PieceKind.TEXT ? text : thought;
        ByteBuf bytes = Unpooled.copiedBuffer(escaped, UTF_8);
        block.append(bytes, 0, bytes.readableBytes());
        if (kind == PieceKind.TEXT) {
            message.extend(block, bytes.readableBytes());
        }
        log.appendPiece(kind, kind == PieceKind.TEXT ? "m\"1" : "", block, bytes.readableBytes());
    }

    private void take() {
        book.addAll(entries.take(records));
    }

    private StoredFrames record() {
        log.append(new Thinking(true));
        piece(PieceKind.THINKING, "hm ");
        piece(PieceKind.THINKING, "\\u00e4\\n");
        take();
        log.append(new Thinking(false));
        piece(PieceKind.TEXT, "a");
        piece(PieceKind.TEXT, "\\\"content\\\":\\\"");
        piece(PieceKind.TEXT, "\u00fc\ud83d\ude00");
        piece(PieceKind.TEXT, "x".repeat(300));
        take();
        piece(PieceKind.TEXT, "end");
        entries.note(StateRecord.turn());
        log.append(new Thinking(true));
        take();
        log.append(new MessageDone("m\"1", message));
        take();
        log.closeRun();
        text.seal();
        thought.seal();
        StoredFrames stored = new StoredFrames();
        book.forEach(stored::add);
        return stored;
    }

    /** As it is read from a book: only what follows. */
    private StoredFrames after(long seq) throws Exception {
        return StoredFrames.after(seq, (afterSeq, reader) -> {
            for (Entry each : book) {
                if (each.seq() > afterSeq && !reader.take(each)) {
                    return;
                }
            }
        });
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whoComesBackAtAnyPointGetsExactlyTheRest(boolean merged) throws Exception {
        StoredFrames stored = record();
        for (long after = 0; after <= log.lastSeq(); after++) {
            Shown fromLog = new Shown(merged, Integer.MAX_VALUE);
            Shown fromBook = new Shown(merged, Integer.MAX_VALUE);
            assertThat(stored.show(after, fromBook)).isEqualTo(log.read(after, log.lastSeq(), fromLog));
            assertThat(fromBook.words()).as("after %s", after).isEqualTo(fromLog.words());
            Shown fromRest = new Shown(merged, Integer.MAX_VALUE);
            after(after).show(after, fromRest);
            assertThat(fromRest.words()).as("of the rest after %s", after).isEqualTo(fromLog.words());
        }
        assertThat(stored.lastSeq()).isEqualTo(log.lastSeq());
    }

    @Test
    void theTextOfAMessageStandsInTheBookOnce() {
        record();
        assertThat(book.stream().map(Entry::kind)).contains("whole");
        String all = book.stream().map(each -> new String(each.json(), UTF_8)).collect(Collectors.joining());
        assertThat(all.split("x{300}", -1)).hasSize(2);
    }

    @Test
    void aMessageWhoseBeginningIsLostIsTold() throws Exception {
        record();
        Entry end = book.get(book.size() - 1);
        book.removeIf(each -> each.kind().equals("pieces"));
        StoredFrames rest = after(end.seq() - 1);
        assertThat(rest.show(end.seq() - 1, new Shown(true, Integer.MAX_VALUE))).isEqualTo(end.seq() - 1);
        assertThat(rest.nextSeq(end.seq() - 1)).isEqualTo(end.seq() + 1);
    }

    @Test
    void aMessageWithoutAllOfItsPiecesKeepsItsText() {
        piece(PieceKind.TEXT, "abc");
        message.extend(text, 0);
        take();
        EscapedText other = new EscapedText(HEAP);
        other.append(Unpooled.copiedBuffer("def", UTF_8), 0, 3);
        message.extend(other, 3);
        log.append(new MessageDone("m\"1", message));
        take();
        Entry end = book.get(book.size() - 1);
        assertThat(end.kind()).isEqualTo("frame");
        assertThat(new String(end.json(), UTF_8)).contains("abcdef");
        other.seal();
        text.seal();
    }

    @Test
    void nothingIsShownAcrossAHole() {
        StoredFrames stored = record();
        long last = log.lastSeq();
        stored.add(new Entry(last + 100, RecordKind.HOLE.word(), "{}".getBytes(UTF_8)));
        stored.add(new Entry(last + 101, RecordKind.FRAME.word(), "{\"type\":\"x\"}".getBytes(UTF_8)));
        Shown shown = new Shown(true, Integer.MAX_VALUE);
        assertThat(stored.show(0, shown)).isEqualTo(last);
        assertThat(stored.nextSeq(0)).isEqualTo(1);
        for (long within = last; within < last + 100; within++) {
            assertThat(stored.show(within, shown)).isEqualTo(within);
            assertThat(stored.nextSeq(within)).isEqualTo(last + 101);
        }
        assertThat(stored.nextSeq(last + 100)).isEqualTo(last + 101);
        assertThat(stored.show(last + 100, shown)).isEqualTo(last + 101);
    }

    @Test
    void whoAsksForWhatFollowsANumberInAHoleGoesOnBehindIt() throws Exception {
        StoredSession stored = new StoredSession();
        stored.apply(new Entry(3, RecordKind.FRAME.word(), "{\"type\":\"x\"}".getBytes(UTF_8)));
        stored.apply(new Entry(100, RecordKind.HOLE.word(), "{}".getBytes(UTF_8)));
        stored.apply(new Entry(101, RecordKind.FRAME.word(), "{\"type\":\"x\"}".getBytes(UTF_8)));
        stored.apply(new Entry(200, RecordKind.HOLE.word(), "{}".getBytes(UTF_8)));
        assertThat(stored.holes().behind(2)).isEqualTo(2);
        assertThat(stored.holes().behind(3)).isEqualTo(100);
        assertThat(stored.holes().behind(99)).isEqualTo(100);
        assertThat(stored.holes().behind(100)).isEqualTo(100);
        assertThat(stored.holes().behind(101)).isEqualTo(200);
        assertThat(stored.holes().behind(200)).isEqualTo(200);
    }

    @Test
    void aReaderThatTakesOneAtATimeGetsEachOnce() {
        StoredFrames stored = record();
        Shown all = new Shown(false, Integer.MAX_VALUE);
        stored.show(0, all);
        Shown single = new Shown(false, 0);
        long at = 0;
        while (at < stored.lastSeq()) {
            single.most++;
            long next = stored.show(at, single);
            assertThat(next).isEqualTo(at + 1);
            at = next;
        }
        assertThat(single.all).isEqualTo(all.all);
    }

    /** Notes what it is shown; pieces that follow each other put together, because books and logs cut runs elsewhere. */
    private static final class Shown implements LogReader {
        private final List<String> all = new ArrayList<>();
        private final boolean merged;
        private int most;

        Shown(boolean merged, int most) {
            this.merged = merged;
            this.most = most;
        }

        @Override
        public void onEvent(long seq, SessionEvent event) {
            byte[] frame = event instanceof SessionEvent.Stored stored ? stored.frame() : FORMAT.json("S", seq, event);
            all.add(seq + new String(frame, UTF_8));
        }

        @Override
        public void onPieces(long seq, PieceKind kind, String messageId, EscapedText block, int from, int length) {
            ByteBuf out = Unpooled.buffer();
            block.copyTo(out, from, length);
            all.add(
                    merged
                            ? kind + messageId + "+" + out.toString(UTF_8)
                            : seq + " " + kind + messageId + " " + out.toString(UTF_8));
        }

        List<String> words() {
            return merged ? List.of(String.join("", all).replaceAll("(TEXTm.1|THINKING)\\+", "")) : all;
        }

        @Override
        public boolean merged() {
            return merged;
        }

        @Override
        public boolean wantsMore() {
            return all.size() < most;
        }
    }
}
