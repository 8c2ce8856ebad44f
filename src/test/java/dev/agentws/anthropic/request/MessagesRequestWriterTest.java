package dev.agentws.anthropic.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.agentws.agent.model.Block;
import dev.agentws.agent.model.BlockKind;
import dev.agentws.agent.model.Message;
import dev.agentws.agent.model.ModelRequest;
import dev.agentws.agent.model.ToolSpec;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class MessagesRequestWriterTest {
    private static final String MARK = "\"cache_control\":{\"type\":\"ephemeral\"}";
    private static final ToolSpec BASH = new ToolSpec("Bash", "Runs a \"command\".", bytes("{\"type\":\"object\"}"));
    private static final ToolSpec READ = new ToolSpec("Read", "Reads.", bytes("{ \"type\": \"object\" }"));

    @Test
    void aFirstPromptToACurrentModel() {
        ModelRequest request =
                request("claude-opus-5-5", "Be \u00e9 brief.", List.of(BASH, READ), List.of(user(text("Hi"))));
        assertThat(body(request))
                .isEqualTo("{\"model\":\"claude-opus-5-5\",\"max_tokens\":32000,\"stream\":true,"
                        + "\"thinking\":{\"type\":\"adaptive\",\"display\":\"summarized\"},"
                        + "\"system\":[{\"type\":\"text\",\"text\":\"Be \u00e9 brief.\"," + MARK + "}],"
                        + "\"tools\":[{\"name\":\"Bash\",\"description\":\"Runs a \\\"command\\\".\",\"input_schema\":{\"type\":\"object\"}},"
                        + "{\"name\":\"Read\",\"description\":\"Reads.\",\"input_schema\":{ \"type\": \"object\" }}],"
                        + "\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"Hi\"," + MARK
                        + "}]}]}");
        assertThat(new MessagesRequestWriter().headers(request)).isEqualTo(Map.of("anthropic-version", "2026-10-21"));
    }

    @Test
    void aToolRoundMarksTheLastTwoUserMessagesAndKeepsEveryByteOfTheRest() {
        String thinking = "{ \"signature\":\"E+/=\",\"thinking\":\"\",\"type\":\"thinking\" , \"new\": 1.50}";
        String call = "{\"type\":\"tool_use\",\"id\":\"t\",\"name\":\"Bash\",\"input\":{\"b\":\"\\u00e9\\/\"}}";
        String result = "{\"type\":\"tool_result\",\"tool_use_id\":\"t\",\"content\":\"ok\" } ";
        ModelRequest request = request(
                "glm-5",
                "",
                List.of(),
                List.of(
                        user(text("one")),
                        new Message(Message.Role.ASSISTANT, List.of(text("two"))),
                        user(text("three"), text("four")),
                        new Message(
                                Message.Role.ASSISTANT,
                                List.of(block(BlockKind.THINKING, thinking), block(BlockKind.TOOL_USE, call))),
                        user(block(BlockKind.TOOL_RESULT, result))));
        assertThat(body(request))
                .isEqualTo("{\"model\":\"glm-5\",\"max_tokens\":32000,\"stream\":true,\"messages\":["
                        + "{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"one\"}]},"
                        + "{\"role\":\"assistant\",\"content\":[{\"type\":\"text\",\"text\":\"two\"}]},"
                        + "{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"three\"},"
                        + "{\"type\":\"text\",\"text\":\"four\"," + MARK + "}]},"
                        + "{\"role\":\"assistant\",\"content\":[" + thinking + "," + call + "]},"
                        + "{\"role\":\"user\",\"content\":[{\"type\":\"tool_result\",\"tool_use_id\":\"t\",\"content\":\"ok\" ,"
                        + MARK + "}]}]}");
    }

    @Test
    void withoutASystemPromptTheLastToolIsMarked() {
        String body = body(request("glm-5", " ", List.of(BASH, READ), List.of(user(text("Hi")))));
        assertThat(body)
                .contains(
                        "\"tools\":[{\"name\":\"Bash\",\"description\":\"Runs a \\\"command\\\".\",\"input_schema\":{\"type\":\"object\"}},"
                                + "{\"name\":\"Read\",\"description\":\"Reads.\",\"input_schema\":{ \"type\": \"object\" },"
                                + MARK + "}]")
                .doesNotContain("system");
    }

    @Test
    void neitherThinkingNorEmptyTextIsMarked() {
        Block image = block(BlockKind.OTHER, "{\"type\":\"image\",\"source\":{}}");
        String body = body(request(
                "glm-5",
                "",
                List.of(),
                List.of(
                        user(text("")),
                        user(
                                image,
                                text("  "),
                                block(BlockKind.THINKING, "{\"type\":\"thinking\"}"),
                                block(BlockKind.REDACTED_THINKING, "{}")))));
        assertThat(body)
                .endsWith(
                        "[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"\"}]},{\"role\":\"user\",\"content\":"
                                + "[{\"type\":\"image\",\"source\":{}," + MARK
                                + "},{\"type\":\"text\",\"text\":\"  \"},{\"type\":\"thinking\"},{}]}]}");
    }

    @Test
    void neverMoreThanFourMarksAreSet() {
        List<Message> messages = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            messages.add(user(text("q" + i), text("r")));
            messages.add(new Message(Message.Role.ASSISTANT, List.of(text("a" + i))));
        }
        messages.add(user(text("last")));
        String body = body(request("claude-opus-5-5", "sys", List.of(BASH), messages));
        assertThat(body.split("cache_control", -1)).hasSize(1 + 3);
    }

    @Test
    void aBlockThatIsUsedTwiceIsMarkedWhereverItStandsOnlyWithinTheLimit() {
        Block same = text("go on");
        List<Message> messages = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            messages.add(user(same));
            messages.add(new Message(Message.Role.ASSISTANT, List.of(text("a"))));
        }
        messages.add(user(same));
        assertThat(body(request("glm-5", "sys", List.of(), messages)).split("cache_control", -1))
                .hasSize(1 + 3);
    }

    @Test
    void aSchemaGoesOnlyToModelsThatTakeIt() {
        String schema = "{\"type\":\"object\"}";
        for (String model : List.of("claude-sonnet-5-5", "glm-5")) {
            ModelRequest request =
                    new ModelRequest(model, null, "", List.of(), List.of(user(text("Hi"))), null, "low", null, schema);
            boolean taken = model.startsWith("claude");
            assertThat(body(request)
                            .contains("\"output_config\":{\"effort\":\"low\",\"format\":{"
                                    + "\"type\":\"json_schema\",\"schema\":{\"type\":\"object\"}}}"))
                    .as(model)
                    .isEqualTo(taken);
        }
    }

    @Test
    void theClientsOwnOptionsGoOut() {
        ModelRequest request = new ModelRequest(
                "claude-opus-5-5[1m]",
                100,
                "",
                List.of(),
                List.of(user(text("Hi"))),
                "{\"display\": \"updates\",\"type\":\"adaptive\",\"block_binding\":{\"display\":\"x\"}}",
                "high",
                0.5,
                null);
        assertThat(body(request))
                .startsWith("{\"model\":\"claude-opus-5-5\",\"max_tokens\":100,\"stream\":true,"
                        + "\"thinking\":{\"display\": \"updates\",\"type\":\"adaptive\",\"block_binding\":{\"display\":\"x\"}},"
                        + "\"output_config\":{\"effort\":\"high\"},\"temperature\":0.5,\"messages\":[");
        assertThat(new MessagesRequestWriter().headers(request))
                .containsEntry("anthropic-version", "2023-06-01")
                .containsEntry(
                        "anthropic-beta", "thinking-display-updates-2026-08-18,thinking-binding-controls-2026-08-01");
    }

    @Test
    void aModelIsNotAskedForWhatItDoesNotKnow() {
        assertThat(body(withEffort("deepseek-chat", null)))
                .doesNotContain("effort")
                .doesNotContain("thinking");
        assertThat(body(withEffort("claude-sonnet-4-5", null)))
                .doesNotContain("effort")
                .doesNotContain("thinking");
        assertThat(body(withEffort("claude-sonnet-5-5", null)))
                .contains("\"effort\":\"low\"")
                .contains("summarized");
        assertThat(body(withEffort("claude-sonnet-5-5", 1.0)))
                .contains("\"temperature\":1.0")
                .doesNotContain("thinking");
        assertThat(new MessagesRequestWriter().headers(withEffort("claude-sonnet-4-5[1m]", null)))
                .containsEntry("anthropic-beta", "context-1m-2025-08-07");
    }

    @Test
    void halfASurrogatePairInAPromptDoesNotFailTheCall() {
        assertThat(body(request("glm-5", "cut \ud83d here \ud83d\ude00", List.of(), List.of(user(text("Hi"))))))
                .contains("\"cut ? here \ud83d\ude00\"");
    }

    @Test
    void whatIsNoJsonIsNamed() {
        ModelRequest badBlock =
                request("glm-5", "", List.of(), List.of(user(block(BlockKind.TEXT, "{\"text\":oops}"))));
        assertThatThrownBy(() -> body(badBlock))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("request: ");
        ModelRequest badThinking =
                new ModelRequest("glm-5", null, "", List.of(), List.of(user(text("Hi"))), "{x", null, null, null);
        assertThatThrownBy(() -> new MessagesRequestWriter().headers(badThinking))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("thinking: no sound JSON (expected: one JSON object)");
    }

    // the compiler plugin does not see in a class file that the array itself may be null
    @SuppressWarnings("NullAway")
    private static ModelRequest withEffort(String model, @Nullable Double temperature) {
        return new ModelRequest(model, null, "", List.of(), List.of(user(text("Hi"))), null, "low", temperature, null);
    }

    // the compiler plugin does not see in a class file that the array itself may be null
    @SuppressWarnings("NullAway")
    private static ModelRequest request(String model, String system, List<ToolSpec> tools, List<Message> messages) {
        return new ModelRequest(model, null, system, tools, messages, null, null, null, null);
    }

    private static Message user(Block... blocks) {
        return new Message(Message.Role.USER, List.of(blocks));
    }

    private static Block text(String text) {
        return block(BlockKind.TEXT, "{\"type\":\"text\",\"text\":\"" + text + "\"}");
    }

    private static Block block(BlockKind kind, String json) {
        return new Block(kind, bytes(json));
    }

    private static byte[] bytes(String json) {
        return json.getBytes(StandardCharsets.UTF_8);
    }

    private static String body(ModelRequest request) {
        ByteBuf body = new MessagesRequestWriter().write(request, PooledByteBufAllocator.DEFAULT);
        try {
            return body.toString(StandardCharsets.UTF_8);
        } finally {
            body.release();
        }
    }
}
