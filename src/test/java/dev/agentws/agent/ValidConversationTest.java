package dev.agentws.agent;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.agentws.agent.model.Block;
import dev.agentws.agent.model.BlockKind;
import dev.agentws.agent.model.Message;
import dev.agentws.agent.model.ModelFailure.Kind;
import dev.agentws.agent.model.ModelRequest;
import dev.agentws.agent.model.Usage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever happens in whatever order, each request is one that the API takes. */
class ValidConversationTest {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final int STEPS = 400;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void everyRequestAlternatesAndAnswersItsCalls(long seed) {
        Random random = new Random(seed);
        SessionStage stage = new SessionStage("{\"compact_at_tokens\":1000,\"permission_mode\":\"allow-all\"}");
        int checked = 0;
        int compacted = 0;
        for (int step = 0; step < STEPS; step++) {
            boolean idle = stage.session.status() == dev.agentws.agent.event.SessionStatus.IDLE;
            if (idle) {
                stage.prompt(random.nextInt(10) == 0 ? "/compact" : "prompt " + step);
            } else {
                answer(stage, random, step);
            }
            stage.settle();
            for (; checked < stage.model.requests.size(); checked++) {
                check(stage.model.requests.get(checked));
            }
            compacted += (int) stage.heard().stream()
                    .filter(line -> line.startsWith("compacted"))
                    .count();
        }
        assertThat(compacted).as("compactions").isGreaterThan(5);
        assertThat(checked).as("requests").isGreaterThan(100);
    }

    private static void answer(SessionStage stage, Random random, int step) {
        ScriptedModel.Call call = stage.model.last();
        Usage usage = new Usage(random.nextInt(1500), 5, 0, 0, 0);
        switch (random.nextInt(9)) {
            case 0 -> stage.session.interrupt();
            case 1 -> call.fail(Kind.CONTEXT_OVERFLOW, "prompt is too long");
            case 2 -> call.fail(Kind.OVERLOADED, "Overloaded");
            case 3 -> call.start().text("half").end("model_context_window_exceeded", usage);
            case 4 -> call.start().thinking("hm", "sig").text("answer").end("end_turn", usage);
            case 5 -> call.start().text("no").end("refusal", usage);
            default -> {
                call.start().thinking("hm", "sig");
                for (int i = 0; i <= random.nextInt(3); i++) {
                    call.tool("t" + step + "_" + i, "Read", "{}");
                }
                call.end("tool_use", usage);
            }
        }
    }

    /** Holds a request against the rules of the API. */
    static void check(ModelRequest request) {
        List<Message> messages = request.messages();
        assertThat(messages.get(0).role()).isEqualTo(Message.Role.USER);
        assertThat(messages.get(messages.size() - 1).role()).isEqualTo(Message.Role.USER);
        List<String> open = List.of();
        for (int i = 0; i < messages.size(); i++) {
            Message message = messages.get(i);
            if (i > 0) {
                assertThat(message.role()).isNotEqualTo(messages.get(i - 1).role());
            }
            assertThat(ids(message, BlockKind.TOOL_RESULT, "tool_use_id")).isEqualTo(open);
            for (int j = 0; j < open.size(); j++) {
                assertThat(message.blocks().get(j).kind()).as("results first").isEqualTo(BlockKind.TOOL_RESULT);
            }
            open = ids(message, BlockKind.TOOL_USE, "id");
            assertThat(message.blocks().get(message.blocks().size() - 1).kind()).isNotEqualTo(BlockKind.THINKING);
        }
        assertThat(open).isEmpty();
    }

    private static List<String> ids(Message message, BlockKind kind, String field) {
        List<String> ids = new ArrayList<>();
        for (Block block : message.blocks()) {
            if (block.kind() == kind) {
                ids.add(read(block).path(field).asText());
            }
        }
        return ids;
    }

    private static JsonNode read(Block block) {
        try {
            return MAPPER.readTree(block.json());
        } catch (IOException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
