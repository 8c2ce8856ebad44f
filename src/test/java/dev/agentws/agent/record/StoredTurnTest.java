package dev.agentws.agent.record;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.agentws.journal.Entry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What a book says of the text of a turn that did not come to its end. */
final class StoredTurnTest {
    private final StoredSession stored = new StoredSession();
    private long seq;

    private void add(RecordKind kind, String json) throws IOException {
        stored.apply(new Entry(++seq, kind.word(), json.getBytes(UTF_8)));
    }

    private void begin() throws IOException {
        add(RecordKind.PROMPT, "{\"prompt_id\":\"p\",\"content\":[{\"type\":\"text\",\"text\":\"go\"}]}");
        add(RecordKind.TURN, "{}");
    }

    private void pieces(String kind, String message, String content) throws IOException {
        add(
                RecordKind.PIECES,
                "{\"first\":1,\"kind\":\"" + kind + "\",\"message_id\":\"" + message + "\",\"sizes\":[1],\"content\":\""
                        + content + "\"}");
    }

    private void message(String content) throws IOException {
        add(RecordKind.FRAME, "{\"type\":\"agent_message\",\"content\":\"" + content + "\"}");
    }

    private void said() throws IOException {
        add(RecordKind.SAID, "{\"role\":\"assistant\",\"content\":[{\"type\":\"text\",\"text\":\"x\"}]}");
    }

    private void assertTold(String owed, String openMessage, String openText) {
        StoredTurn turn = Objects.requireNonNull(stored.turn());
        assertThat(turn.owed()).isEqualTo(owed);
        assertThat(Objects.requireNonNullElse(turn.openMessage(), "")).isEqualTo(openMessage);
        assertThat(turn.openText()).isEqualTo(openText);
    }

    @Test
    void aMessageIsOpenUntilItsFrameAndOwedUntilTheConversationHasIt() throws Exception {
        begin();
        assertTold("", "", "");
        pieces("thinking", "", "hm");
        pieces("text", "m1", "a\\\"b");
        assertTold("a\"b", "m1", "a\\\"b");
        pieces("text", "m1", "c");
        assertTold("a\"bc", "m1", "a\\\"bc");
        message("a\\\"bc");
        assertTold("a\"bc", "", "");
        message("whole");
        assertTold("a\"bcwhole", "", "");
        pieces("text", "m2", "d");
        assertTold("a\"bcwholed", "m2", "d");
    }

    @Test
    void whatTheConversationHoldsIsNotOwedAlthoughItsMessageIsOpen() throws Exception {
        begin();
        message("one");
        pieces("text", "m1", "two");
        said();
        assertTold("", "m1", "two");
        pieces("text", "m1", "three");
        assertTold("three", "m1", "twothree");
        message("twothree");
        assertTold("three", "", "");
        said();
        assertTold("", "", "");
    }

    @Test
    void theTextOfATurnThatCameToItsEndIsNotRead() throws Exception {
        begin();
        add(RecordKind.PIECES, "{no JSON}");
        assertThatThrownBy(() -> assertTold("", "", "")).isInstanceOf(UncheckedIOException.class);
        add(RecordKind.FRAME, "{\"type\":\"agent_result\",\"prompt_id\":\"p\"}");
        assertThat(stored.turn()).isNull();
        assertThat(stored.turns()).isEqualTo(1);
    }
}
