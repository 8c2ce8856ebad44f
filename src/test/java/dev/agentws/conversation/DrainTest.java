package dev.agentws.conversation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.agentws.simulator.SimulatedCall;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The server is asked to end while it works. */
final class DrainTest {
    private static final Duration LONG = Duration.ofMinutes(10);

    @RegisterExtension
    final Stage stage = new Stage();

    @Test
    void aRunningTurnComesToItsEndAndThenTheConnectionCloses() {
        Client ann = stage.client("ann");
        Talk talk = ann.create("{}");
        talk.prompt("hi");
        SimulatedCall call = stage.call().start().textStart().textPiece("Hel");
        talk.awaitBrief("+Hel");

        stage.server().drain(LONG);
        call.textPiece("lo").textStop().end("end_turn");

        assertThat(talk.turn()).endsWith("+lo", "=Hello", "result end_turn");
        assertThat(ann.awaitClose()).isEqualTo(1001);
        stage.server().closed().toCompletableFuture().join();
    }

    @Test
    void meanwhileNothingNewBegins() {
        Client ann = stage.client("ann");
        Talk talk = ann.create("{}");
        Talk other = ann.create("{}");
        talk.prompt("hi");
        SimulatedCall call = stage.call().start();
        assertThat(stage.http("GET", "/ready")).isEqualTo("200\n{\"status\":\"ready\"}");

        stage.server().drain(LONG);

        assertThat(stage.http("GET", "/ready")).isEqualTo("503\n{\"status\":\"draining\"}");
        assertThat(stage.http("GET", "/health")).startsWith("200\n");
        assertThatThrownBy(() -> stage.stranger("late")).hasMessageContaining("HTTP/1.1 503 ");
        other.prompt("and me?");
        assertThat(other.await("error").at("code")).isEqualTo("overloaded");
        ann.send("{\"type\":\"create_session\",\"session_id\":\"third\"}");
        Frame refusal = ann.await(
                "error of create_session",
                frame ->
                        frame.type().equals("error") && frame.at("request_type").equals("create_session"));
        assertThat(refusal.at("code")).isEqualTo("overloaded");
        assertThat(refusal.json().path("retryable").asBoolean()).isTrue();

        call.text("Bye.").end("end_turn");
        assertThat(talk.await("agent_result").at("stop_reason")).isEqualTo("end_turn");
        assertThat(ann.awaitClose()).isEqualTo(1001);
    }

    @Test
    void aQuestionCanStillBeAnsweredAndAQueuedPromptHasItsTurn() {
        Client ann = stage.client("ann");
        Talk talk = ann.create("{}");
        talk.prompt("hi").prompt("and then", "p-2");
        stage.call()
                .start()
                .toolUse("t1", "Bash", "{\"command\":\"expr one\"}", 1)
                .end("tool_use");
        Frame question = talk.await("permission_request");

        stage.server().drain(LONG);
        talk.answer(question, true, "");
        stage.call().start().text("One.").end("end_turn");
        talk.await("agent_result");
        stage.call().start().text("Two.").end("end_turn");

        assertThat(talk.await("agent_result").at("prompt_id")).isEqualTo("p-2");
        assertThat(ann.awaitClose()).isEqualTo(1001);
    }

    @Test
    void afterTheGraceTheTurnIsInterrupted() {
        Client ann = stage.client("ann");
        Talk talk = ann.create("{}");
        talk.prompt("hi");
        SimulatedCall call = stage.call().start().textStart().textPiece("Hel");
        talk.awaitBrief("+Hel");

        stage.server().drain(Duration.ZERO);

        assertThat(talk.await("agent_result").at("stop_reason")).isEqualTo("interrupted");
        talk.await("session_ended");
        assertThat(ann.awaitClose()).isEqualTo(1001);
        stage.until("the model's connection is gone", call.closed()::isDone);
    }

    @Test
    void aSecondWishForTheEndDoesNotWaitForTheTurn() {
        Client ann = stage.client("ann");
        Talk talk = ann.create("{}");
        talk.prompt("hi");
        SimulatedCall call = stage.call().start();

        stage.server().drain(LONG);
        stage.server().shutdown();

        assertThat(talk.await("agent_result").at("stop_reason")).isEqualTo("interrupted");
        assertThat(ann.awaitClose()).isEqualTo(1001);
        stage.until("the model's connection is gone", call.closed()::isDone);
    }

    @Test
    void whereNothingRunsTheEndComesAtOnce() {
        Client ann = stage.client("ann");
        ann.create("{}");

        stage.server().drain(LONG);

        assertThat(ann.awaitClose()).isEqualTo(1001);
        stage.server().closed().toCompletableFuture().join();
    }
}
