package dev.agentws.agent.transcript;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.agentws.agent.model.BlockKind;
import dev.agentws.agent.model.DeltaKind;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class AssistantMessageTest {
    private final AssistantMessage message = new AssistantMessage(PooledByteBufAllocator.DEFAULT);

    private void start(int index, BlockKind kind, String json) {
        message.start(index, kind, json.getBytes(UTF_8));
    }

    private void delta(int index, DeltaKind kind, String escaped) {
        ByteBuf bytes = Unpooled.copiedBuffer(escaped, UTF_8);
        Objects.requireNonNull(message.find(index)).append(kind, bytes, 0, bytes.readableBytes());
        bytes.release();
    }

    private String blocks() {
        StringBuilder all = new StringBuilder();
        message.blocks()
                .forEach(block -> all.append(new String(block.json(), UTF_8)).append('\n'));
        return all.toString();
    }

    @Test
    void everyByteOfAStartThatIsNotReplacedGoesBackAsItCame() {
        start(0, BlockKind.TEXT, "{ \"text\" : \"\",\"new\":1.50 , \"type\":\"text\"}");
        delta(0, DeltaKind.TEXT, "a\\u00e9\\n");
        message.stop(0);
        assertThat(blocks()).isEqualTo("{ \"text\" : \"a\\u00e9\\n\",\"new\":1.50 , \"type\":\"text\"}\n");
    }

    @Test
    void fieldsThatTheStartDoesNotHaveAreAddedAtItsEnd() {
        start(0, BlockKind.THINKING, "{\"type\":\"thinking\"}");
        delta(0, DeltaKind.THINKING, "hm");
        delta(0, DeltaKind.SIGNATURE, "old");
        delta(0, DeltaKind.SIGNATURE, "new");
        message.stop(0);
        start(1, BlockKind.TEXT, "{\"type\":\"text\",\"text\":\"\"}");
        delta(1, DeltaKind.TEXT, "so");
        message.stop(1);
        assertThat(blocks()).isEqualTo("""
                        {"type":"thinking","thinking":"hm","signature":"new"}
                        {"type":"text","text":"so"}
                        """);
    }

    @Test
    void thinkingThatLedToNothingDoesNotGoBack() {
        start(0, BlockKind.TEXT, "{\"type\":\"text\",\"text\":\"\"}");
        delta(0, DeltaKind.TEXT, "so");
        message.stop(0);
        start(1, BlockKind.THINKING, "{\"type\":\"thinking\",\"thinking\":\"\",\"signature\":\"s\"}");
        message.stop(1);
        assertThat(blocks()).isEqualTo("{\"type\":\"text\",\"text\":\"so\"}\n");
    }

    @Test
    void anEmptyObjectTakesAFieldWithoutAComma() {
        start(0, BlockKind.TEXT, "{}");
        delta(0, DeltaKind.TEXT, "x");
        message.stop(0);
        assertThat(blocks()).isEqualTo("{\"text\":\"x\"}\n");
    }

    @Test
    void blocksThatOverlapGoBackInTheOrderOfTheirStarts() {
        start(0, BlockKind.TEXT, "{\"type\":\"text\",\"text\":\"\"}");
        start(1, BlockKind.TOOL_USE, "{\"type\":\"tool_use\",\"id\":\"t\",\"name\":\"Read\"}");
        delta(0, DeltaKind.TEXT, "one");
        delta(1, DeltaKind.TOOL_INPUT, "{\\\"a\\\":");
        delta(1, DeltaKind.TOOL_INPUT, "1 }");
        message.stop(1);
        message.stop(0);
        assertThat(blocks()).isEqualTo("""
                        {"type":"text","text":"one"}
                        {"type":"tool_use","id":"t","name":"Read","input":{"a":1 }}
                        """);
    }

    @Test
    void inputThatStandsInTheStartIsKept() {
        start(0, BlockKind.TOOL_USE, "{\"type\":\"tool_use\",\"id\":\"t\",\"name\":\"Read\",\"input\":{\"b\":2}}");
        delta(0, DeltaKind.TOOL_INPUT, "");
        AssistantMessage.ToolUse use = Objects.requireNonNull(message.stop(0));
        assertThat(new String(use.input(), UTF_8)).isEqualTo("{\"b\":2}");
        assertThat(use.broken()).isFalse();
    }

    @Test
    void inputOfWhiteSpaceOrEmptyObjectsIsAnEmptyObject() {
        for (String input : new String[] {" ", "{}", " { } "}) {
            start(0, BlockKind.TOOL_USE, "{\"type\":\"tool_use\",\"id\":\"t\",\"name\":\"Read\",\"input\":{}}");
            delta(0, DeltaKind.TOOL_INPUT, input);
            AssistantMessage.ToolUse use = Objects.requireNonNull(message.stop(0));
            assertThat(new String(use.input(), UTF_8)).isEqualTo("{}");
            assertThat(use.broken()).isFalse();
        }
    }

    @Test
    void inputThatCannotBeUsedSaysWhatIsWrongWithIt() {
        assertThat(faultOf("{\\\"a\\\":")).isEqualTo("is not JSON, it was cut or garbled; send it again");
        assertThat(faultOf("[1]")).isEqualTo("is not a JSON object; send it again");
        assertThat(faultOf("{\\\"a\\\":" + "[".repeat(1_001) + "]".repeat(1_001) + "}"))
                .isEqualTo("is too deep, or holds a name or number that is too long (expected: at most 1000 levels);"
                        + " send a simpler one");
        assertThat(faultOf("{\\\"content\\\":\\\"" + "x".repeat(20_000_000) + "\\\"}"))
                .isEqualTo("is 20000018 bytes long (expected: at most 20000000); send it in smaller parts");
    }

    private @Nullable String faultOf(String input) {
        start(0, BlockKind.TOOL_USE, "{\"type\":\"tool_use\",\"id\":\"t\",\"name\":\"Write\",\"input\":{}}");
        delta(0, DeltaKind.TOOL_INPUT, input);
        return Objects.requireNonNull(message.stop(0)).fault();
    }

    @Test
    void textThatIsOnlyWhiteSpaceDoesNotGoBack() {
        start(0, BlockKind.TEXT, "{\"type\":\"text\",\"text\":\"\"}");
        delta(0, DeltaKind.TEXT, " \\n\\t\\f\\u000b\u00a0\\u2028\u3000");
        message.stop(0);
        start(1, BlockKind.TEXT, "{\"type\":\"text\",\"text\":\"\"}");
        message.stop(1);
        assertThat(blocks()).isEmpty();
    }

    @Test
    void aNameThatTheApiTakesFromNobodyIsMended() {
        start(0, BlockKind.TOOL_USE, "{\"type\":\"tool_use\",\"id\":\"t\",\"name\":\"Bo gus!\",\"input\":{}}");
        assertThat(Objects.requireNonNull(message.stop(0)).name()).isEqualTo("Bo_gus_");
        start(1, BlockKind.TOOL_USE, "{\"type\":\"tool_use\",\"id\":\"u\",\"input\":{}}");
        assertThat(Objects.requireNonNull(message.stop(1)).name()).isEqualTo("unnamed");
        assertThat(blocks()).contains("\"name\":\"Bo_gus_\"").contains("\"name\":\"unnamed\"");
    }

    @Test
    void aCutMessageKeepsItsTextAndNothingThatNeedsASignatureOrAnAnswer() {
        start(0, BlockKind.THINKING, "{\"type\":\"thinking\",\"thinking\":\"\",\"signature\":\"\"}");
        delta(0, DeltaKind.THINKING, "hm");
        message.stop(0);
        start(1, BlockKind.TEXT, "{\"type\":\"text\",\"text\":\"\"}");
        delta(1, DeltaKind.TEXT, "half a sen");
        assertThat(message.textOnly())
                .extracting(block -> new String(block.json(), UTF_8))
                .containsExactly("{\"type\":\"text\",\"text\":\"half a sen\"}");
    }

    @Test
    void citationsAreCollectedAndACompactionTakesItsContent() {
        start(0, BlockKind.TEXT, "{\"type\":\"text\",\"text\":\"\"}");
        delta(0, DeltaKind.TEXT, "x");
        OpenBlock text = Objects.requireNonNull(message.find(0));
        text.appendOther("{\"type\":\"citations_delta\",\"citation\":{\"a\":1}}".getBytes(UTF_8));
        text.appendOther("{\"type\":\"citations_delta\",\"citation\":{\"a\":2}}".getBytes(UTF_8));
        text.appendOther("no json".getBytes(UTF_8));
        message.stop(0);
        start(1, BlockKind.COMPACTION, "{\"type\":\"compaction\",\"content\":null,\"encrypted_content\":null}");
        Objects.requireNonNull(message.find(1))
                .appendOther("{\"type\":\"compaction_delta\",\"content\":\"c\",\"encrypted_content\":\"e\"}"
                        .getBytes(UTF_8));
        message.stop(1);
        assertThat(blocks()).isEqualTo("""
                        {"type":"text","text":"x","citations":[{"a":1},{"a":2}]}
                        {"type":"compaction","content":"c","encrypted_content":"e"}
                        """);
    }

    @Test
    void whatIsDroppedHalfWayIsGivenBack() {
        start(0, BlockKind.TEXT, "{\"type\":\"text\",\"text\":\"\"}");
        delta(0, DeltaKind.TEXT, "x".repeat(5000));
        OpenBlock block = Objects.requireNonNull(message.find(0));
        message.discard();
        assertThat(block.text().length()).isEqualTo(5000);
        assertThat(message.find(0)).isNull();
    }
}
