package dev.agentws.conversation;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.agentws.journal.files.Durability;
import dev.agentws.simulator.SimulatedCall;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Sessions whose server ends and is started again. */
@ParameterizedClass
@EnumSource(Durability.class)
final class RestartTest {
    @RegisterExtension
    final Stage stage = new Stage();

    RestartTest(Durability level) {
        stage.settings.level = level;
    }

    @BeforeEach
    void writeDown(@TempDir Path books) {
        stage.settings.books = books;
        stage.settings.maxLogBytes = 4096;
    }

    @Test
    void aSessionGoesOnWithItsConversationItsCostAndItsNumbers() {
        Talk talk = stage.client("ann").create("{\"system_prompt\":\"Be brief\"}");
        talk.prompt("one");
        stage.call().start().text("first").end("end_turn");
        Frame result = talk.await("agent_result");
        stage.restart();
        Talk again = stage.client("bob").talk(talk.id()).subscribe(result.seq());
        assertThat(again.await("subscribed").json().path("gap").asBoolean()).isFalse();
        again.prompt("two");
        SimulatedCall call = stage.call();
        assertThat(call.body().toString()).contains("Be brief", "one", "first", "two");
        call.start().text("second").end("end_turn");
        Frame second = again.await("agent_result");
        assertThat(second.seq()).isGreaterThan(result.seq());
        assertThat(second.json().path("total_cost_usd").asDouble())
                .isGreaterThan(result.json().path("total_cost_usd").asDouble());
    }

    @Test
    void aSessionIsAsOldAfterARestartAsItWasBefore() {
        Client ann = stage.client("ann");
        Talk talk = ann.create("{}");
        talk.prompt("one");
        stage.call().start().text("first").end("end_turn");
        talk.await("agent_result");
        JsonNode before = listed(ann);
        stage.restart();
        JsonNode after = listed(stage.client("bob"));
        assertThat(after.path("updated_at")).isEqualTo(before.path("updated_at"));
        assertThat(after.path("created_at")).isEqualTo(before.path("created_at"));
    }

    private static JsonNode listed(Client client) {
        client.send("{\"type\":\"list_sessions\"}");
        return client.await("sessions_list").json().path("sessions").path(0);
    }

    @Test
    void aTurnCutInTheMidstOfItsTextIsClosedAndWhoeverComesBackHasTheSameText() {
        Talk talk = stage.client("ann").create("{}");
        talk.prompt("hi");
        SimulatedCall call = stage.call().start().textStart();
        for (int i = 0; i < 30; i++) {
            call.textPiece("w" + i + " \\\" ");
        }
        talk.awaitBrief("+w29 \\\" ");
        stage.restart();
        Frame result = talk.await("agent_result");
        assertThat(result.at("stop_reason")).isEqualTo("server_restart");
        assertThat(result.json().path("is_error").asBoolean()).isTrue();
        List<String> whole = Merged.briefs(talk.frames());
        for (int after = 0; after < result.seq(); after++) {
            Talk back = stage.client("back" + after).talk(talk.id()).subscribe(after);
            assertThat(back.await("subscribed").json().path("gap").asBoolean()).isFalse();
            back.await("the result", frame -> frame.seq() == result.seq());
            int from = after;
            List<Frame> together = new ArrayList<>(talk.frames().stream()
                    .filter(frame -> frame.seq() > 0 && frame.seq() <= from)
                    .toList());
            together.addAll(back.frames());
            assertThat(Merged.briefs(together)).isEqualTo(whole);
        }
        Talk on = stage.client("cid").talk(talk.id()).subscribe(result.seq());
        on.prompt("go on");
        SimulatedCall next = stage.call();
        assertThat(next.body().toString()).contains("w0 ", "w29 ", "go on");
        next.start().text("ok").end("end_turn");
        on.await("agent_result");
    }

    @Test
    void whoReadsALongPastMissesNothingBehindALargeFrame() {
        Talk talk = stage.client("ann").create("{}");
        talk.prompt("long");
        stage.call().start().text("x".repeat(300_000)).end("end_turn");
        talk.await("agent_result");
        talk.prompt("short");
        stage.call().start().text("y".repeat(9_000)).end("end_turn");
        long last = talk.await("agent_result").seq();
        stage.restart();
        for (int i = 0; i < 3; i++) {
            Talk back = stage.client("back" + i).talk(talk.id()).subscribe(0);
            back.await("the last frame", frame -> frame.seq() == last);
            assertThat(back.frames())
                    .noneMatch(frame -> frame.json().path("gap").asBoolean());
        }
    }

    @Test
    void aToolThatRanWhenTheServerEndedIsNotRunAgainAndItsCallIsAnswered() {
        Talk talk = stage.client("ann").create("{\"permission_mode\":\"bypassPermissions\"}");
        talk.prompt("run it");
        stage.call()
                .start()
                .toolUse("t1", "Bash", "{\"command\":\"echo begun; sleep 600\"}", 1)
                .end("tool_use");
        talk.await("agent_tool_output");
        stage.restart();
        assertThat(talk.await("agent_tool_result").at("content")).contains("it is not known whether it took effect");
        assertThat(talk.await("agent_result").at("stop_reason")).isEqualTo("server_restart");
        Talk on = stage.client("bob").talk(talk.id()).subscribe(0);
        on.prompt("and now");
        SimulatedCall next = stage.call();
        assertThat(next.body().toString()).contains("tool_result", "it is not known whether it took effect");
        next.start().text("ok").end("end_turn");
        on.await("=ok", frame -> frame.brief().equals("=ok"));
        on.await("agent_result");
    }

    @Test
    void anOpenQuestionIsAskedAgainUnderItsNameAndTheTurnGoesOnWithTheAnswer() {
        Talk talk = stage.client("ann").create("{}");
        talk.prompt("run it");
        stage.call()
                .start()
                .toolUse("t1", "Bash", "{\"command\":\"expr one\"}", 1)
                .end("tool_use");
        Frame question = talk.await("permission_request");
        stage.restart();
        Talk on = stage.client("bob").talk(talk.id()).subscribe(question.seq());
        Frame again = on.await(
                "the question", frame -> frame.type().equals("permission_request") && frame.seq() > question.seq());
        assertThat(again.at("request_id")).isEqualTo(question.at("request_id"));
        assertThat(again.at("expires_at")).isEqualTo(question.at("expires_at"));
        on.answer(again, true, "");
        SimulatedCall next = stage.call();
        assertThat(next.body().toString()).contains("tool_result", "one");
        next.start().text("Done.").end("end_turn");
        assertThat(on.await("agent_result").at("stop_reason")).isEqualTo("end_turn");
    }

    @Test
    void aPromptThatWaitedBehindTheCutTurnIsTakenUp() {
        Talk talk = stage.client("ann").create("{}");
        talk.prompt("first");
        stage.call().start().textStart().textPiece("Hel");
        talk.awaitBrief("+Hel");
        talk.prompt("second");
        stage.until("both are taken", () -> queued() == 1);
        stage.restart();
        SimulatedCall call = stage.call();
        assertThat(call.body().toString()).contains("first", "Hel", "second");
        call.start().text("ok").end("end_turn");
        Talk on = stage.client("bob").talk(talk.id()).subscribe(0);
        on.await("the second result", frame -> frame.at("stop_reason").equals("end_turn"));
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
    void aSessionThatWasEndedStaysAwayAndItsNameIsTaken() {
        Client ann = stage.client("ann");
        Talk talk = ann.create("{}");
        ann.send("{\"type\":\"end_session\",\"session_id\":\"" + talk.id() + "\"}");
        talk.await("session_ended");
        stage.restart();
        assertThat(stage.server().sessions()).isZero();
        Client bob = stage.client("bob");
        bob.send("{\"type\":\"create_session\",\"session_id\":\"" + talk.id() + "\"}");
        assertThat(bob.await("error").at("code")).isEqualTo("session_exists");
    }

    @Test
    void whatBecomesOfACutTurnIsCounted() {
        Talk talk = stage.client("ann").create("{}");
        talk.prompt("first");
        stage.call().start().textStart().textPiece("Hel");
        talk.awaitBrief("+Hel");
        talk.prompt("second");
        stage.until("both are taken", () -> queued() == 1);
        stage.restart();
        SimulatedCall call = stage.call();
        assertThat(stage.http("GET", "/metrics"))
                .contains("\nagentws_sessions_opened_total 0.0\n")
                .contains("\nagentws_sessions{state=\"processing\"} 1.0\n")
                .contains("\nagentws_prompts_waiting 0.0\n");
        call.start().text("ok").end("end_turn");
        Talk on = stage.client("bob").talk(talk.id()).subscribe(0);
        on.await("the second result", frame -> frame.at("stop_reason").equals("end_turn"));
        assertThat(stage.http("GET", "/metrics"))
                .contains("\nagentws_turns_total{outcome=\"end_turn\"} 1.0\n")
                .contains("\nagentws_turn_seconds_count 1\n")
                .contains("\nagentws_sessions{state=\"processing\"} 0.0\n");
    }

    @Test
    void aServerThatIsToldToEndLetsTurnsFinishAndKeepsTheirSessions() {
        Talk talk = stage.client("ann").create("{}");
        talk.prompt("first", "p-1");
        SimulatedCall call = stage.call().start().textStart().textPiece("Hel");
        talk.awaitBrief("+Hel");
        stage.server().drain(Duration.ofSeconds(20));
        stage.until("nothing new is taken", () -> stage.http("GET", "/ready").startsWith("503"));
        call.textPiece("lo").textStop().end("end_turn");
        Frame result = talk.await("agent_result");
        assertThat(result.at("stop_reason")).isEqualTo("end_turn");
        stage.restart();
        Talk on = stage.client("bob").talk(talk.id()).subscribe(result.seq());
        Frame subscribed = on.await("subscribed");
        assertThat(subscribed.json().path("gap").asBoolean()).isFalse();
        assertThat(subscribed.json().path("last_seq").asLong()).isEqualTo(result.seq());
    }
}
