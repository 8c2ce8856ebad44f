package dev.agentws.agent.record;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.agentws.agent.event.EscapedText;
import dev.agentws.agent.event.EventLog;
import dev.agentws.agent.event.PieceKind;
import dev.agentws.agent.model.Block;
import dev.agentws.agent.model.BlockKind;
import dev.agentws.agent.model.Message;
import dev.agentws.journal.Entry;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What goes back to the model is the same after it was read from a book, where a text that was shown stands once. */
final class ShownTextsTest {
    private static final ByteBufAllocator HEAP = UnpooledByteBufAllocator.DEFAULT;
    private static final String LONG = "\\u00e4 \"\u00fc\u4f60\\n".replace("\"", "\\\"") + "y".repeat(200);

    private final EventLog log = new EventLog(HEAP, 1 << 20);
    private final BookEntries entries = new BookEntries("S", (id, seq, event) -> "{}".getBytes(UTF_8), log);
    private final FrameRecords records = new FrameRecords();
    private final List<Entry> book = new ArrayList<>();

    @AfterEach
    void close() {
        log.closeRun();
    }

    private EscapedText shown(PieceKind kind, String... pieces) {
        EscapedText text = new EscapedText(HEAP);
        for (String piece : pieces) {
            show(text, kind, piece);
        }
        return text;
    }

    private void show(EscapedText text, PieceKind kind, String piece) {
        ByteBuf bytes = Unpooled.copiedBuffer(piece, UTF_8);
        text.append(bytes, 0, bytes.readableBytes());
        log.appendPiece(kind, kind == PieceKind.TEXT ? "m" : "", text, bytes.readableBytes());
    }

    /** The whole block, in which the text has found its place. */
    private static Block block(BlockKind kind, String before, EscapedText text, String behind) {
        byte[] inside = new byte[text.length()];
        text.copyTo(inside, 0);
        byte[] json = (before + new String(inside, UTF_8) + behind).getBytes(UTF_8);
        text.sealInto(json, before.getBytes(UTF_8).length);
        return new Block(kind, json);
    }

    private static Block text(EscapedText text) {
        return block(BlockKind.TEXT, "{\"type\":\"text\",\"text\":\"", text, "\",\"citations\":[1]}");
    }

    private void said(int index, Block... blocks) {
        Message message = new Message(Message.Role.ASSISTANT, List.of(blocks));
        entries.note(StateRecord.said(new SaidMessage(index, log.lastSeq(), 1, null, message)));
        take();
    }

    private void take() {
        book.addAll(entries.take(records));
    }

    private List<String> readAgain() throws IOException {
        StoredSession stored = new StoredSession();
        for (Entry each : book) {
            stored.apply(each);
        }
        return stored.messages().stream()
                .flatMap(said -> said.message().blocks().stream())
                .map(block -> new String(block.json(), UTF_8))
                .toList();
    }

    private String whole() {
        return book.stream().map(each -> new String(each.json(), UTF_8)).collect(Collectors.joining());
    }

    @Test
    void thoughtsAndTextsStandThereOnceAndComeBack() throws Exception {
        EscapedText thought = shown(PieceKind.THINKING, "hm", LONG);
        take();
        EscapedText first = shown(PieceKind.TEXT, LONG);
        show(first, PieceKind.TEXT, "abc");
        take();
        show(first, PieceKind.TEXT, "def");
        EscapedText second = shown(PieceKind.TEXT, "zzz");
        said(
                0,
                block(BlockKind.THINKING, "{\"type\":\"thinking\",\"thinking\":\"", thought, "\",\"signature\":\"s\"}"),
                text(first),
                text(second));
        assertThat(readAgain())
                .containsExactly(
                        "{\"type\":\"thinking\",\"thinking\":\"hm\u00e4 \\\"\u00fc\u4f60\\n" + "y".repeat(200)
                                + "\",\"signature\":\"s\"}",
                        "{\"type\":\"text\",\"text\":\"\u00e4 \\\"\u00fc\u4f60\\n" + "y".repeat(200)
                                + "abcdef\",\"citations\":[1]}",
                        "{\"type\":\"text\",\"text\":\"zzz\",\"citations\":[1]}");
        assertThat(whole().split("y{200}", -1)).hasSize(3);
    }

    @Test
    void aTextStaysATextWhateverElseItsBlockHas() throws Exception {
        EscapedText text = shown(PieceKind.TEXT, "abc");
        said(0, block(BlockKind.TEXT, "{\"type\":\"text\",\"thinking\":null,\"text\":\"", text, "\"}"));
        assertThat(readAgain()).containsExactly("{\"type\":\"text\",\"thinking\":null,\"text\":\"abc\"}");
    }

    @Test
    void aTextThatWasShownInPartIsWrittenDownWhole() throws Exception {
        EscapedText text = shown(PieceKind.TEXT, "abc");
        text.append(Unpooled.copiedBuffer("unseen", UTF_8), 0, 6);
        EscapedText other = shown(PieceKind.TEXT, "one ");
        EscapedText between = shown(PieceKind.TEXT, "and ");
        show(other, PieceKind.TEXT, "another");
        said(0, text(text), text(other), text(between));
        assertThat(readAgain())
                .containsExactly(
                        "{\"type\":\"text\",\"text\":\"abcunseen\",\"citations\":[1]}",
                        "{\"type\":\"text\",\"text\":\"one another\",\"citations\":[1]}",
                        "{\"type\":\"text\",\"text\":\"and \",\"citations\":[1]}");
    }

    @Test
    void whatIsSaidOnceMoreIsWrittenDownWhole() throws Exception {
        Block block = text(shown(PieceKind.TEXT, LONG));
        said(0, block);
        said(1, block);
        assertThat(readAgain()).hasSize(2);
        assertThat(readAgain().get(0)).isEqualTo(readAgain().get(1)).contains("y".repeat(200));
    }

    @Test
    void aBookWithoutTheTextIsDamaged() {
        said(0, text(shown(PieceKind.TEXT, "abc")));
        book.removeIf(each -> each.kind().equals("pieces"));
        assertThatThrownBy(this::readAgain)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("the pieces from 1 on");
    }
}
