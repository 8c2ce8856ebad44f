package dev.agentws.agent;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.agentws.agent.model.ToolSpec;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PermissionTest {
    private static SessionStage using(String options, String tool) {
        SessionStage stage = new SessionStage(options);
        stage.prompt("go");
        stage.model
                .last()
                .start()
                .tool("t1", tool, "{\\\"command\\\":\\\"make it\\\"}")
                .end("tool_use");
        return stage;
    }

    @ParameterizedTest
    @CsvSource({
        "default, Read, runs",
        "default, Write, asks",
        "default, Bash, asks",
        "acceptEdits, Read, runs",
        "acceptEdits, Write, runs",
        "acceptEdits, Bash, asks",
        "plan, Read, runs",
        "plan, Write, asks",
        "plan, Bash, asks",
        "read-only, Write, asks",
        "dontAsk, Read, runs",
        "dontAsk, Write, denied",
        "dontAsk, Bash, denied",
        "bypassPermissions, Write, runs",
        "bypassPermissions, Bash, runs",
        "allow-all, Bash, runs",
    })
    void eachModeDecidesInItsWay(String mode, String tool, String outcome) {
        SessionStage stage = using("{\"permission_mode\":\"" + mode + "\"}", tool);
        String heard = String.join("\n", stage.heard());
        switch (outcome) {
            case "runs" -> assertThat(heard).contains("t1 gives").doesNotContain("asks r");
            case "asks" -> assertThat(heard).contains("asks r1 for t1").doesNotContain("t1 gives");
            default ->
                assertThat(heard)
                        .contains("t1 fails: Permission to use " + tool)
                        .doesNotContain("asks r");
        }
    }

    @Test
    void aYesRunsTheCall() {
        SessionStage stage = using("{}", "Bash");
        assertThat(stage.session.answer(PermissionAnswer.yes("r1"))).isTrue();
        assertThat(stage.heard()).endsWith("asks r1 for t1", "r1 executing", "t1 gives ran make it");
        assertThat(stage.session.answer(PermissionAnswer.yes("r1")))
                .as("a second answer")
                .isFalse();
    }

    @Test
    void aNoTellsTheModelWhy() {
        SessionStage stage = using("{}", "Bash");
        assertThat(stage.session.answer(PermissionAnswer.no("r1", "use git instead")))
                .isTrue();
        assertThat(stage.heard()).anyMatch(line -> line.startsWith("r1 denied"));
        assertThat(stage.model.lastMessages()).contains("use git instead").contains("\"is_error\":true");
    }

    @Test
    void aChangedInputIsRunInPlaceOfTheModels() {
        SessionStage stage = using("{}", "Bash");
        stage.session.answer(PermissionAnswer.yes("r1").withInput("{\"command\":\"pwd\"}".getBytes(UTF_8)));
        assertThat(stage.heard()).endsWith("r1 executing", "t1 gives ran pwd");
    }

    @Test
    void silenceCountsAsNoAndTheTurnGoesOn() {
        SessionStage stage = using("{}", "Bash");
        stage.pass(Duration.ofSeconds(59));
        assertThat(stage.session.openQuestions()).hasSize(1);
        stage.pass(Duration.ofSeconds(1));
        assertThat(stage.heard()).anyMatch(line -> line.equals("r1 timeout"));
        assertThat(stage.model.calls).hasSize(2);
        assertThat(stage.session.answer(PermissionAnswer.yes("r1"))).isFalse();
    }

    @Test
    void severalQuestionsAreOpenAtOnceAndMayBeAnsweredInAnyOrder() {
        SessionStage stage = new SessionStage();
        stage.prompt("go");
        stage.model
                .last()
                .start()
                .tool("t1", "Bash", "{}")
                .tool("t2", "Write", "{}")
                .end("tool_use");
        assertThat(stage.session.info().pendingPermissions()).containsExactly("r1", "r2");
        stage.session.answer(PermissionAnswer.yes("r2"));
        assertThat(stage.heard()).last().as("waits for its turn").isEqualTo("r2 executing");
        stage.session.answer(PermissionAnswer.yes("r1"));
        assertThat(stage.heard()).containsExactly("r1 executing", "t1 gives ran ", "t2 gives written");
    }

    @Test
    void aRememberedYesIsNotAskedAgainForTheSameCommandOnly() {
        SessionStage stage = using("{}", "Bash");
        stage.session.answer(PermissionAnswer.yes("r1").remembered());
        stage.model
                .last()
                .start()
                .tool("t2", "Bash", "{\\\"command\\\":\\\"make it\\\"}")
                .end("tool_use");
        assertThat(stage.heard()).last().isEqualTo("t2 gives ran make it");
        stage.model
                .last()
                .start()
                .tool("t3", "Bash", "{\\\"command\\\":\\\"rm\\\"}")
                .end("tool_use");
        assertThat(stage.heard()).last().asString().startsWith("asks ");
    }

    @Test
    void allowedToolsAreNotAskedAboutAndDisallowedOnesAreHiddenAndDenied() {
        SessionStage stage = using("{\"allowed_tools\":[\"Bash\"],\"disallowed_tools\":[\"Write\"]}", "Bash");
        assertThat(stage.heard()).last().isEqualTo("t1 gives ran make it");
        assertThat(stage.model.requests.get(0).tools())
                .extracting(ToolSpec::name)
                .doesNotContain("Write");
        stage.model.last().start().tool("t2", "Write", "{}").end("tool_use");
        assertThat(stage.heard()).last().asString().startsWith("t2 fails: Permission to use Write has been denied");
    }

    @Test
    void aBusyServerAnswersTheCallInsteadOfLosingIt() {
        SessionStage stage = new SessionStage("{\"permission_mode\":\"allow-all\"}");
        stage.prompt("go");
        stage.tools.full = true;
        stage.model.last().start().tool("t1", "Bash", "{}").end("tool_use");
        assertThat(stage.heard()).anyMatch(line -> line.startsWith("t1 fails: The server is running too many tools"));
        assertThat(stage.model.calls).hasSize(2);
    }
}
