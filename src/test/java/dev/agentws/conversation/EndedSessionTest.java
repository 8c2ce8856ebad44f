package dev.agentws.conversation;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.agentws.simulator.Scripts;
import dev.agentws.simulator.SimulatedCall;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A session that has ended and was kept can be found, read and taken up again. */
final class EndedSessionTest {
    @RegisterExtension
    final Stage stage = new Stage();

    @BeforeEach
    void writeDown(@TempDir Path books) {
        stage.settings.books = books;
    }

    private Talk ended(Client client) {
        Talk talk = client.create("{\"system_prompt\":\"Be brief\"}");
        talk.prompt("one");
        stage.call().start().text("first").end("end_turn");
        talk.await("agent_result");
        talk.send("set_model", "\"model\":\"claude-haiku-4-5\"").await("session_updated");
        talk.send("rename_session", "\"title\":\"Old work\"").await("session_updated");
        talk.end().await("session_ended");
        return talk;
    }

    private JsonNode list(Client client, String fields) {
        client.send("{\"type\":\"list_sessions\",\"status\":\"ended\"" + fields + "}");
        return client.await("sessions_list").json();
    }

    @Test
    void whatHasEndedIsFoundAndRead() {
        Client ann = stage.client("ann");
        Talk talk = ended(ann);
        stage.until("it is put away", () -> list(ann, "").path("sessions").size() == 1);
        JsonNode session = list(ann, ",\"query\":\"old\"").at("/sessions/0");
        assertThat(session.path("id").asText()).isEqualTo(talk.id());
        assertThat(session.path("status").asText()).isEqualTo("ended");
        assertThat(session.path("title").asText()).isEqualTo("Old work");
        assertThat(list(ann, ",\"query\":\"new\"").path("sessions")).isEmpty();
        assertThat(stage.client("bob")
                        .talk(talk.id())
                        .send("load_messages", "\"limit\":5")
                        .await("messages_loaded")
                        .json()
                        .at("/messages/0/content/0/text")
                        .asText())
                .isEqualTo("first");
        // It was only looked at.
        stage.until("it is put away again", () -> list(ann, "").path("sessions").size() == 1);
    }

    @Test
    void whatHasEndedGoesOnWithItsConversationItsChoicesAndItsNumbers() {
        Talk talk = ended(stage.client("ann"));
        long last = talk.frames().get(talk.frames().size() - 1).seq();
        stage.restart();
        Client bob = stage.client("bob");
        Talk again = bob.talk(talk.id());
        // Right behind: the prompt waits until the session is there.
        again.resume().prompt("two");
        Frame resumed = again.await("session_resumed");
        assertThat(resumed.seq()).isEqualTo(last + 1);
        assertThat(resumed.json().at("/session/title").asText()).isEqualTo("Old work");
        assertThat(resumed.json().at("/session/status").asText()).isEqualTo("idle");
        assertThat(resumed.json().at("/session/created_at"))
                .isEqualTo(talk.frames().get(0).json().at("/session/created_at"));
        SimulatedCall call = stage.call();
        assertThat(call.body().toString()).contains("claude-haiku-4-5", "Be brief", "\"one\"", "\"first\"", "\"two\"");
        call.start().text("second").end("end_turn");
        Frame result = again.await("agent_result");
        stage.restart();
        Talk watcher = stage.client("cid").talk(talk.id()).subscribe(0);
        watcher.await("the last", frame -> frame.seq() == result.seq());
        assertThat(watcher.briefs()).contains("session_ended", "session_resumed", "=second");
    }

    @Test
    void promptsThatWaitedWhenItEndedStayUndone() {
        Client ann = stage.client("ann");
        Talk talk = ann.create("{}");
        talk.prompt("one");
        stage.call().start().textStart().textPiece("Hel");
        talk.awaitBrief("+Hel");
        talk.prompt("two").end().await("session_ended");
        JsonNode resumed = talk.resume().await("session_resumed").json().path("session");
        assertThat(resumed.path("num_turns").asInt()).isEqualTo(1);
        assertThat(resumed.path("cost_usd").asDouble())
                .as("what the cut turn had cost")
                .isPositive();
        talk.prompt("three");
        SimulatedCall call = stage.call();
        assertThat(call.body().toString())
                .contains("\"one\"", "Hel", "\"three\"")
                .doesNotContain("\"two\"");
        call.start().text("ok").end("end_turn");
        talk.await("agent_result");
    }

    @Test
    void anObserverFarBehindGetsAllOfASessionThatEndsMeanwhile() {
        stage.settings.script = Scripts.agent(Duration.ZERO);
        Client ann = stage.client("ann");
        Talk talk = ann.create("{}");
        Client sleeper = stage.client("sleeper", 4096);
        Talk asleep = sleeper.talk(talk.id()).subscribe(1);
        asleep.await("subscribed");
        sleeper.pause();
        // Some 12 MB: more than all sockets on the way hold.
        talk.prompt("[[n=2000,burst=16,pad=6000,pace=0]]").await("agent_result");
        talk.end().await("session_ended");
        stage.until("it is put away", () -> list(ann, "").path("sessions").size() == 1);
        sleeper.resume();
        asleep.await("session_ended");
        assertThat(sleeper.frames().stream().filter(frame -> frame.type().equals("subscribed")))
                .as("no gap is told")
                .hasSize(1);
        assertThat(text(asleep).equals(text(talk))).as("the same text").isTrue();
    }

    /** All pieces of a session's messages put together. */
    private static String text(Talk talk) {
        return talk.frames().stream()
                .filter(Frame::isPiece)
                .map(frame -> frame.at("content"))
                .collect(Collectors.joining());
    }

    @Test
    void onlyWhatHasEndedCanBeTakenUp() {
        Client ann = stage.client("ann");
        Talk talk = ann.create("{}");
        assertThat(talk.resume().await("error").at("code")).isEqualTo("session_exists");
        assertThat(ann.talk("nobody").resume().await("error").at("code")).isEqualTo("session_not_found");
        talk.prompt("still there");
        stage.call().start().text("yes").end("end_turn");
        talk.await("agent_result");
    }
}
