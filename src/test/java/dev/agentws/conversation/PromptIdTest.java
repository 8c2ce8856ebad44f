package dev.agentws.conversation;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A prompt that is sent again under its name is answered with its first outcome. */
final class PromptIdTest {
    @RegisterExtension
    final Stage stage = new Stage();

    @Test
    void aPromptThatIsAtWorkOrWaitsIsNotTakenASecondTime() {
        Talk talk = stage.client("ann").create("{}");
        talk.prompt("one", "p-1").prompt("two", "p-2").prompt("one", "p-1").prompt("two", "p-2");
        Talk other = stage.client("bob").talk(talk.id()).prompt("one", "p-1");
        stage.call().start().text("first").end("end_turn");
        assertThat(talk.await("agent_result").at("prompt_id")).isEqualTo("p-1");
        assertThat(other.await("agent_result").at("prompt_id")).isEqualTo("p-1");
        stage.call().start().text("second").end("end_turn");
        assertThat(talk.await("agent_result").at("prompt_id")).isEqualTo("p-2");
        assertThat(stage.waitingCalls()).isZero();
        assertThat(queued()).isZero();
    }

    private int queued() {
        Client counting = stage.client("counting");
        counting.send("{\"type\":\"list_sessions\"}");
        return counting.await("sessions_list")
                .json()
                .path("sessions")
                .path(0)
                .path("queue_length")
                .asInt();
    }

    @Test
    void theResultOfAPromptThatIsDoneIsSentAgainToWhoAsks() {
        Talk talk = stage.client("ann").create("{}");
        talk.prompt("one", "p-1");
        stage.call().start().text("first").end("end_turn");
        Frame result = talk.await("agent_result");
        assertShownAgain(talk, result, "p-1");
        assertShownAgain(stage.client("bob").talk(talk.id()), result, "p-1");
        talk.prompt("two", "p-2");
        stage.call().start().text("second").end("end_turn");
        talk.await("agent_result");
        assertThat(talk.frames().stream().filter(frame -> frame.type().equals("agent_result")))
                .hasSize(3);
    }

    private static void assertShownAgain(Talk asker, Frame result, String promptId) {
        Frame again = asker.prompt("one", promptId).await("agent_result");
        assertThat(again.replayed()).isTrue();
        assertThat(again.seq()).isEqualTo(result.seq());
        assertThat(again.json().path("usage")).isEqualTo(result.json().path("usage"));
        assertThat(again.json().path("total_cost_usd")).isEqualTo(result.json().path("total_cost_usd"));
    }

    @Test
    void aRestartForgetsNoPrompt(@TempDir Path books) {
        stage.settings.books = books;
        Talk talk = stage.client("ann").create("{}");
        talk.prompt("one", "p-1");
        stage.call().start().text("first").end("end_turn");
        Frame result = talk.await("agent_result");
        talk.prompt("two", "p-2");
        stage.call().start().textStart().textPiece("sec");
        talk.awaitBrief("+sec");
        stage.restart();
        Talk back = stage.client("bob").talk(talk.id());
        assertShownAgain(back, result, "p-1");
        Frame cut = back.prompt("two", "p-2").await("agent_result");
        assertThat(cut.at("stop_reason")).isEqualTo("server_restart");
        assertThat(stage.waitingCalls()).isZero();
    }

    @Test
    void aPromptWhoseResultIsNoLongerKeptIsNotRunAgain() {
        stage.settings.maxLogBytes = 4096;
        Talk talk = stage.client("ann").create("{}");
        talk.prompt("one", "p-1");
        stage.call().start().text("first").end("end_turn");
        talk.await("agent_result");
        talk.prompt("two", "p-2");
        stage.call().start().text("x".repeat(8192)).end("end_turn");
        talk.await("agent_result");
        Frame error = talk.prompt("one", "p-1").await("error");
        assertThat(error.at("code")).isEqualTo("invalid_message");
        assertThat(error.at("message")).contains("p-1");
        assertThat(stage.waitingCalls()).isZero();
    }
}
