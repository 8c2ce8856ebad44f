package dev.agentws.agent;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.agentws.agent.event.SessionEvent.TurnResult;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class StructuredAnswerTest {
    private static final String OPTIONS = """
            {"output_format":{"type":"json_schema","schema":{"type":"object","properties":{"n":{"type":"integer"}},\
            "required":["n"],"additionalProperties":false}}}""";

    private static String structured(SessionStage stage) {
        TurnResult result = Objects.requireNonNull(stage.watcher.result);
        return new String(Objects.requireNonNull(result.structuredOutput()), UTF_8);
    }

    @Test
    void anAnswerThatFitsIsInTheResult() {
        SessionStage stage = new SessionStage(OPTIONS);
        stage.prompt("hi");
        assertThat(stage.model.requests.get(0).outputSchema()).contains("\"integer\"");
        assertThat(stage.model.requests.get(0).system()).contains("\"integer\"");
        stage.model.last().start().text("{\\\"n\\\":1}").end("end_turn");
        assertThat(stage.heard()).endsWith("m1={\\\"n\\\":1}", "result p-hi end_turn");
        assertThat(structured(stage)).isEqualTo("{\"n\":1}");
    }

    @Test
    void anAnswerThatDoesNotFitIsMendedByTheModel() {
        SessionStage stage = new SessionStage(OPTIONS);
        stage.prompt("hi");
        stage.model.last().start().text("one").end("end_turn");
        assertThat(stage.model.lastMessages())
                .contains("Your answer does not fit the schema it has to fit:\\n- it is not one JSON value: line 1");
        stage.model.last().start().text("{\\\"n\\\":\\\"x\\\"}").end("end_turn");
        assertThat(stage.model.lastMessages()).contains("- /n: ");
        stage.model.last().start().text("{\\\"n\\\":2}").end("end_turn");
        assertThat(stage.heard()).contains("m1=one").endsWith("result p-hi end_turn");
        assertThat(structured(stage)).isEqualTo("{\"n\":2}");
    }

    @Test
    void afterFiveCorrectionsItIsGivenUp() {
        SessionStage stage = new SessionStage(OPTIONS);
        stage.prompt("hi");
        for (int i = 0; i <= 5; i++) {
            stage.model.last().start().text("no").end("end_turn");
        }
        assertThat(stage.model.calls).hasSize(6);
        assertThat(stage.heard()).endsWith("result p-hi max_structured_output_retries error");
        assertThat(Objects.requireNonNull(stage.watcher.result).error())
                .startsWith("output_format: the answer does not");
        stage.prompt("again");
        stage.model.last().start().text("{\\\"n\\\":3}").end("end_turn");
        assertThat(structured(stage)).isEqualTo("{\"n\":3}");
    }

    @Test
    void anInterruptWhileTheAnswerIsCheckedEndsTheTurnOnce() {
        SessionStage stage = new SessionStage(OPTIONS);
        stage.prompt("hi");
        stage.tools.held = true;
        stage.model.last().start().text("{\\\"n\\\":1}").end("end_turn");
        stage.session.interrupt();
        stage.tools.runWaiting();
        assertThat(stage.heard()).endsWith("result p-hi interrupted error", "interrupted");
    }

    @Test
    void aServerWithoutAFreeWorkerSaysSo() {
        SessionStage stage = new SessionStage(OPTIONS);
        stage.prompt("hi");
        stage.tools.full = true;
        stage.model.last().start().text("{}").end("end_turn");
        assertThat(stage.heard())
                .endsWith(
                        "error INTERNAL: The server has no worker free to check the answer", "result p-hi error error");
    }

    @Test
    void aSummaryIsNotHeldToTheSchema() {
        SessionStage stage = new SessionStage(OPTIONS);
        stage.prompt("hi");
        stage.model.last().start().text("{\\\"n\\\":1}").end("end_turn");
        stage.prompt("/compact");
        assertThat(stage.model.requests.get(1).outputSchema()).isNull();
        stage.model.last().start().text("They said hi.").end("end_turn");
        assertThat(stage.heard()).endsWith("result p-/compact end_turn");
    }
}
