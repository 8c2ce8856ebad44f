package dev.agentws.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentws.agent.event.SessionStatus;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Prompts that wait behind a turn. */
class QueueTest {
    @Test
    void promptsWaitInTheQueueAndOneTooManyIsRefused() {
        SessionStage stage = new SessionStage();
        assertThat(List.of(stage.prompt("a"), stage.prompt("b"), stage.prompt("c"), stage.prompt("d")))
                .containsExactly(Accepted.STARTED, Accepted.QUEUED, Accepted.QUEUED, Accepted.BUSY);
        stage.model.last().start().text("A").end("end_turn");
        stage.settle();
        stage.model.last().start().text("B").end("end_turn");
        stage.settle();
        stage.model.last().start().text("C").end("end_turn");
        stage.settle();
        assertThat(stage.heard())
                .containsSubsequence("result p-a end_turn", "result p-b end_turn", "result p-c end_turn");
    }

    @Test
    void aPromptBetweenTwoTurnsDoesNotOvertakeThoseThatWait() {
        SessionStage stage = new SessionStage();
        stage.prompt("a");
        stage.prompt("b");
        stage.session.interrupt();
        assertThat(stage.session.status()).as("b is next").isEqualTo(SessionStatus.PROCESSING);
        assertThat(stage.prompt("c")).isEqualTo(Accepted.QUEUED);
        stage.settle();
        stage.model.last().start().text("B").end("end_turn");
        stage.settle();
        stage.model.last().start().text("C").end("end_turn");
        assertThat(stage.heard())
                .containsSubsequence("result p-a interrupted error", "result p-b end_turn", "result p-c end_turn");
    }

    @Test
    void promptsThatStillWaitAreAnsweredWhenTheSessionEnds() {
        SessionStage stage = new SessionStage();
        stage.prompt("a");
        stage.prompt("b");
        stage.registry.end(stage.session);
        assertThat(stage.heard()).endsWith("result p-a interrupted error", "result p-b interrupted error", "ended");
    }
}
