package dev.agentws.conversation;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.agentws.simulator.SimulatedCall;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** How sessions come to be and how they end. */
final class SessionLifeTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    @RegisterExtension
    final Stage stage = new Stage();

    @Test
    void nothingFollowsTheEndOfASessionInTheMiddleOfAText() {
        Client ann = stage.client("ann");
        Talk talk = ann.create("{}");
        talk.prompt("hi");
        SimulatedCall call = stage.call().start().textStart().textPiece("Hel");
        talk.awaitBrief("+Hel");
        talk.prompt("queued").end();
        stage.within(SECOND, "the model's connection is gone", call.closed()::isDone);
        call.textPiece("lo").textStop().end("end_turn");
        talk.await("session_ended");
        assertThat(talk.briefs()).endsWith("=Hel", "result interrupted", "result interrupted", "session_ended");
        assertThatNothingFollows(ann, talk);
    }

    private void assertThatNothingFollows(Client client, Talk talk) {
        int before = talk.frames().size();
        client.create("{}").end().await("session_ended");
        assertThat(talk.frames()).hasSize(before);
        talk.prompt("too late");
        Frame answer = talk.await("error");
        assertThat(answer.text())
                .isEqualTo("{\"type\":\"error\",\"message\":\"Session " + talk.id() + " not found\",\"session_id\":\""
                        + talk.id() + "\",\"details\":null,\"code\":\"session_not_found\","
                        + "\"request_type\":\"send_prompt\",\"retryable\":false}");
        assertThat(stage.waitingCalls()).isZero();
    }

    @Test
    void theEndOfASessionEndsItsRunningCommandWithinASecond() {
        Client ann = stage.client("ann");
        Talk talk = ann.create("{\"permission_mode\":\"bypassPermissions\"}");
        talk.prompt("hi");
        stage.call()
                .start()
                .toolUse("t1", "Bash", "{\"command\":\"echo up; sleep 30 & sleep 30\"}", 1)
                .end("tool_use");
        talk.awaitBrief("prints up");
        talk.end();
        stage.within(SECOND, "the command is gone", () -> stage.processes().isEmpty());
        talk.await("session_ended");
        assertThatNothingFollows(ann, talk);
    }

    @Test
    void theEndOfASessionEndsACommandThatDoesNotWantToEnd() {
        Talk talk = stage.client("ann").create("{\"permission_mode\":\"bypassPermissions\"}");
        runStubborn(talk);
        talk.end();
        stage.within(SECOND, "the command is gone", () -> stage.processes().isEmpty());
        talk.await("session_ended");
    }

    /** A command that takes no notice of the polite signal. */
    private void runStubborn(Talk talk) {
        talk.prompt("hi");
        stage.call()
                .start()
                .toolUse("t1", "Bash", "{\"command\":\"trap '' TERM; echo up; sleep 30; sleep 30\"}", 1)
                .end("tool_use");
        talk.awaitBrief("prints up");
    }

    @Test
    void theEndOfTheServerEndsACommandInTheBackgroundWithinASecond() {
        Talk talk = stage.client("ann").create("{\"permission_mode\":\"bypassPermissions\"}");
        talk.prompt("hi");
        stage.call()
                .start()
                .toolUse(
                        "t1",
                        "Bash",
                        "{\"command\":\"trap '' TERM; setsid sleep 30 & sleep 30; sleep 30\",\"run_in_background\":true}",
                        1)
                .end("tool_use");
        stage.call().start().text("ok").end("end_turn");
        talk.await("agent_result");
        assertThat(stage.processes()).isNotEmpty();
        CompletionStage<?> closed = stage.server().shutdown();
        stage.within(SECOND, "the command is gone", () -> stage.processes().isEmpty());
        closed.toCompletableFuture().join();
    }

    @Test
    void theEndOfTheServerLeavesNoCommandThatDoesNotWantToEnd() {
        runStubborn(stage.client("ann").create("{\"permission_mode\":\"bypassPermissions\"}"));
        stage.server().close();
        assertThat(stage.processes()).isEmpty();
    }

    @Test
    void theEndOfTheServerEndsTurnsAndCommandsAndSaysGoodbye() {
        Client ann = stage.client("ann");
        Talk talk = ann.create("{\"permission_mode\":\"bypassPermissions\"}");
        talk.prompt("hi");
        stage.call()
                .start()
                .toolUse("t1", "Bash", "{\"command\":\"echo up; sleep 30\"}", 1)
                .end("tool_use");
        talk.awaitBrief("prints up");
        stage.server().shutdown();
        talk.await("session_ended");
        assertThat(ann.awaitClose()).isEqualTo(1001);
        ann.close();
        stage.server().close();
        assertThat(stage.processes()).isEmpty();
    }

    @Test
    void aFailedSessionLeavesNothingAndUsesUpNothingOfTheLimit() throws IOException {
        stage.settings.maxSessions = 1;
        Files.writeString(stage.directory().resolve("file"), "no directory");
        Client ann = stage.client("ann");
        for (String bad : new String[] {
            "{\"working_directory\":\"/does/not/exist\"}",
            "{\"working_directory\":\"file\"}",
            "{\"tools\":[\"Fly\"]}",
            "{\"agent_name\":\"nobody\"}"
        }) {
            ann.send("{\"type\":\"create_session\",\"session_id\":\"S\",\"options\":" + bad + "}");
            assertThat(ann.await("error").at("request_type")).isEqualTo("create_session");
        }
        ann.send("{\"type\":\"list_sessions\"}");
        assertThat(ann.await("sessions_list").text()).isEqualTo("{\"type\":\"sessions_list\",\"sessions\":[]}");
        ann.createNamed("S").prompt("hi");
        stage.call().start().text("ok").end("end_turn");
        ann.await("agent_result");
    }

    @Test
    void overTheLimitASessionIsRefusedUntilAnotherEnds() {
        stage.settings.maxSessions = 2;
        Client ann = stage.client("ann");
        Talk first = ann.create("{}");
        stage.client("bob").create("{}");
        ann.send("{\"type\":\"create_session\"}");
        Frame refused = ann.await("error");
        assertThat(refused.at("code")).isEqualTo("max_sessions");
        assertThat(refused.json().path("retryable").asBoolean()).isTrue();
        first.end().await("session_ended");
        ann.create("{}");
    }

    @Test
    void aNameThatIsTakenIsRefusedAndTheSessionStays() {
        Client ann = stage.client("ann");
        Talk talk = ann.createNamed("S");
        stage.client("bob")
                .send("{\"type\":\"create_session\",\"session_id\":\"S\"}")
                .await("error");
        ann.send("{\"type\":\"create_session\",\"session_id\":\"S\"}");
        assertThat(ann.await("error").at("code")).isEqualTo("session_exists");
        talk.prompt("hi");
        stage.call().start().text("ok").end("end_turn");
        assertThat(talk.turn()).endsWith("=ok", "result end_turn");
        talk.end().await("session_ended");
        assertThat(ann.createNamed("S").frames()).last().extracting(Frame::seq).isEqualTo(1L);
    }

    @Test
    void everySpellingOfAUuidIsOneSession() {
        Client ann = stage.client("ann");
        ann.send("{\"type\":\"create_session\",\"session_id\":\"{0123ABCD-4567-89AB-CDEF-0123456789AB}\"}");
        Frame created = ann.await("session_created");
        assertThat(created.session()).isEqualTo("0123abcd-4567-89ab-cdef-0123456789ab");
        assertThat(created.json().at("/session/id").asText()).isEqualTo(created.session());
        ann.send(
                "{\"type\":\"send_prompt\",\"session_id\":\"urn:uuid:0123abcd456789abcdef0123456789AB\",\"prompt\":\"hi\"}");
        stage.call().start().text("ok").end("end_turn");
        assertThat(ann.await("agent_result").session()).isEqualTo(created.session());
    }

    @Test
    void anIdleSessionEndsByItselfAndOneInATurnDoesNot() {
        stage.settings.sessionTimeout = Duration.ofMillis(300);
        Client ann = stage.client("ann");
        Talk busy = ann.create("{}");
        busy.prompt("hi");
        SimulatedCall call = stage.call().start();
        Talk idle = ann.create("{}");
        idle.await("session_ended");
        assertThat(idle.briefs()).containsExactly("created", "session_ended");
        call.text("ok").end("end_turn");
        assertThat(busy.turn()).endsWith("=ok", "result end_turn");
        busy.await("session_ended");
    }

    @Test
    void theListTellsWhatEverySessionDoes() {
        Client ann = stage.client("ann");
        Talk asking = ann.createNamed("A");
        Talk done = stage.client("bob").createNamed("B");
        done.prompt("hi");
        stage.call().start().text("ok").end("end_turn");
        done.await("agent_result");
        asking.prompt("run it");
        stage.call()
                .start()
                .toolUse("t1", "Bash", "{\"command\":\"expr one\"}", 1)
                .end("tool_use");
        Frame question = asking.await("permission_request");
        ann.send("{\"type\":\"list_sessions\"}");
        JsonNode list = ann.await("sessions_list").json().path("sessions");
        assertThat(list).hasSize(2);
        JsonNode a = list.path(0);
        assertThat(a.path("id").asText()).isEqualTo("A");
        assertThat(a.path("status").asText()).isEqualTo("processing");
        assertThat(a.path("pending_permissions").toString()).isEqualTo("[\"" + question.at("request_id") + "\"]");
        assertThat(a.path("last_seq").asLong()).isEqualTo(question.seq());
        JsonNode b = list.path(1);
        assertThat(b.path("status").asText()).isEqualTo("idle");
        assertThat(b.path("num_turns").asInt()).isEqualTo(1);
        assertThat(b.path("message_count").asInt()).isEqualTo(2);
        assertThat(b.path("cost_usd").asDouble()).isPositive();
        asking.end().await("session_ended");
    }

    @Test
    void killAllEndsTheSessionsOfAllConnections() {
        stage.settings.ioThreads = 2;
        Client ann = stage.client("ann");
        Talk first = ann.createNamed("T");
        Talk second = stage.client("bob").createNamed("S");
        second.prompt("hi");
        SimulatedCall call = stage.call().start().textStart().textPiece("Hel");
        second.awaitBrief("+Hel");
        ann.send("{\"type\":\"kill_all_agents\"}");
        assertThat(ann.await("agents_killed").text())
                .isEqualTo("{\"type\":\"agents_killed\",\"killed_count\":2,\"sessions_ended\":[\"S\",\"T\"]}");
        first.await("session_ended");
        second.await("session_ended");
        stage.within(SECOND, "the model's connection is gone", call.closed()::isDone);
        assertThat(stage.server().sessions()).isZero();
    }

    @Test
    void messagesRightBehindACreationWaitUntilTheSessionExists() {
        Client ann = stage.client("ann");
        ann.send("{\"type\":\"create_session\",\"session_id\":\"S\",\"options\":{\"working_directory\":\""
                        + stage.directory() + "\"}}")
                .send("{\"type\":\"send_prompt\",\"session_id\":\"S\",\"prompt\":\"hi\"}")
                .send("{\"type\":\"subscribe\",\"session_id\":\"S\",\"after_seq\":0}");
        stage.call().start().text("ok").end("end_turn");
        Talk talk = ann.talk("S");
        talk.await("agent_result");
        assertThat(talk.briefs()).startsWith("created", "thinking").endsWith("=ok", "result end_turn");
    }

    @Test
    void messagesRightBehindAFailedCreationAreAnsweredAfterIt() {
        Client ann = stage.client("ann");
        ann.send("{\"type\":\"create_session\",\"session_id\":\"S\",\"options\":{\"working_directory\":\"/no/such\"}}")
                .send("{\"type\":\"send_prompt\",\"session_id\":\"S\",\"prompt\":\"hi\"}");
        Frame first = ann.await("error");
        assertThat(first.at("code")).isEqualTo("working_directory");
        assertThat(first.at("message")).contains("/no/such");
        assertThat(ann.await("error").at("code")).isEqualTo("session_not_found");
        assertThat(stage.server().sessions()).isZero();
    }

    @Test
    void answersToOneSessionsMessagesKeepTheirOrderWhileItIsMade() {
        Client ann = stage.client("ann");
        String create = "{\"type\":\"create_session\",\"session_id\":\"S\",\"options\":{\"working_directory\":\""
                + stage.directory() + "\"}}";
        ann.send(create)
                .send(create)
                .send("{\"type\":\"send_prompt\",\"session_id\":\"S\",\"content\":[{\"type\":\"tool_use\"}]}")
                .send("{\"type\":\"interrupt_session\",\"session_id\":\"S\"}");
        ann.await("session_interrupted");
        assertThat(ann.talk("S").briefs())
                .containsExactly("created", "error session_exists", "error invalid_message", "session_interrupted");
    }

    @Test
    void aCreatorThatIsGoneBeforeItsSessionExistsLeavesASessionForOthers() {
        Client ann = stage.client("ann");
        ann.send("{\"type\":\"create_session\",\"session_id\":\"S\",\"options\":{\"working_directory\":\""
                + stage.directory() + "\"}}");
        ann.close();
        stage.until("the session exists", () -> stage.server().sessions() == 1);
        Client bob = stage.client("bob");
        stage.until("the session can be seen", () -> {
            bob.send("{\"type\":\"list_sessions\"}");
            return bob.await("sessions_list").json().path("sessions").size() == 1;
        });
        Talk talk = bob.talk("S");
        talk.prompt("hi");
        stage.call().start().text("ok").end("end_turn");
        assertThat(talk.turn()).endsWith("=ok", "result end_turn");
    }
}
