package dev.agentws.conversation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agentws.client.AgentClient;
import dev.agentws.client.AgentSession;
import dev.agentws.client.ClientConfig;
import dev.agentws.client.ClientException;
import dev.agentws.simulator.SimulatedCall;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The library's own client against the server, over connections that break. */
final class JavaClientTest {
    @RegisterExtension
    final Stage stage = new Stage();

    private @Nullable CutLine line;
    private @Nullable AgentClient client;

    @AfterEach
    void close() {
        if (client != null) {
            client.close();
        }
        if (line != null) {
            line.close();
        }
    }

    private AgentClient connect(InetSocketAddress to, String key) throws ClientException {
        URI address = URI.create("ws://127.0.0.1:" + to.getPort() + "/ws");
        AgentClient made = AgentClient.connect(new ClientConfig(
                address, key, Client.PATIENCE, Duration.ofMillis(1), Duration.ofSeconds(20), Duration.ofSeconds(45)));
        client = made;
        return made;
    }

    private CutLine cutLine() {
        CutLine made = new CutLine(stage.server().address());
        line = made;
        return made;
    }

    private static ObjectNode none() {
        return JsonNodeFactory.instance.objectNode();
    }

    /** All events up to one of that type, which is the last. */
    private static List<JsonNode> until(AgentSession session, String type) throws Exception {
        List<JsonNode> events = new ArrayList<>();
        while (true) {
            JsonNode event = session.next(Client.PATIENCE);
            if (event == null) {
                throw new AssertionError("waits for " + type + " after " + events);
            }
            events.add(event);
            if (event.path("type").asText().equals(type)) {
                return events;
            }
        }
    }

    private static String pieces(List<JsonNode> events) {
        StringBuilder text = new StringBuilder();
        events.stream()
                .filter(event -> event.path("type").asText().equals("agent_message"))
                .filter(event -> !event.path("complete").asBoolean())
                .forEach(event -> text.append(event.path("content").asText()));
        return text.toString();
    }

    @Test
    void whoClosesSaysGoodbyeAlthoughThereIsMoreToRead() throws Exception {
        AgentClient leaving = connect(stage.server().address(), Stage.KEY);
        AgentSession session = leaving.create(none());
        session.prompt("hi");
        SimulatedCall call = stage.call().start().text("One.");
        until(session, "agent_message");
        call.text("Two.");

        leaving.close();

        stage.until("the goodbye", () -> stage.http("GET", "/metrics")
                .contains("\nagentws_connections_closed_total{code=\"1000\"} 1.0\n"));
        call.end("end_turn");
    }

    @Test
    void aPromptIsAnswered() throws Exception {
        AgentSession session = connect(stage.server().address(), Stage.KEY).create(none());
        String prompt = session.prompt("hi");
        stage.call()
                .start()
                .textStart()
                .textPiece("Hel")
                .textPiece("lo")
                .textStop()
                .end("end_turn");

        List<JsonNode> events = until(session, "agent_result");
        assertThat(pieces(events)).isEqualTo("Hello");
        assertThat(events.get(events.size() - 1).path("prompt_id").asText()).isEqualTo(prompt);
    }

    @Test
    void sessionsAreReadFoundNamedAndForked() throws Exception {
        AgentClient client = connect(stage.server().address(), Stage.KEY);
        AgentSession session = client.create(none());
        session.prompt("hi");
        stage.call().start().text("Hello").end("end_turn");
        until(session, "agent_result");
        session.rename("Greeting");
        until(session, "session_updated");

        JsonNode newest = client.messages(session.id(), null, 1);
        assertThat(newest.at("/messages/0/content/0/text").asText()).isEqualTo("Hello");
        JsonNode rest = client.messages(session.id(), newest.path("next_cursor").asText(), 10);
        assertThat(rest.at("/messages/0/content/0/text").asText()).isEqualTo("hi");
        assertThat(client.find(none().put("query", "greet"))
                        .at("/sessions/0/id")
                        .asText())
                .isEqualTo(session.id());
        assertThat(client.find(none()).path("sessions")).hasSize(1);

        AgentSession fork = client.fork(session.id(), none().put("index", 0));
        assertThat(until(fork, "session_created")
                        .get(0)
                        .at("/session/message_count")
                        .asInt())
                .isEqualTo(1);
        assertThatThrownBy(() -> client.fork(session.id(), none().put("index", 9)))
                .isInstanceOfSatisfying(ClientException.class, failure -> assertThat(failure.code())
                        .as(failure.getMessage())
                        .isEqualTo("invalid_message"));
        assertThatThrownBy(() -> client.reopen("nobody"))
                .isInstanceOfSatisfying(ClientException.class, failure -> assertThat(failure.code())
                        .isEqualTo("session_not_found"));
    }

    @Test
    void aCutInMidStreamLosesAndDoublesNothing() throws Exception {
        CutLine cut = cutLine();
        AgentSession session = connect(cut.address(), Stage.KEY).create(none());
        session.prompt("hi");
        SimulatedCall call = stage.call().start().textStart();
        call.textPiece("one ").textPiece("two ");
        List<JsonNode> events = new ArrayList<>(until(session, "agent_message"));
        cut.cut();
        call.textPiece("three ").textPiece("four").textStop().end("end_turn");
        events.addAll(until(session, "agent_result"));

        assertThat(events).anyMatch(event -> event.path("type").asText().equals(AgentSession.CONNECTION_CUT));
        assertThat(pieces(events)).isEqualTo("one two three four");
        assertThat(events.stream().filter(event -> event.has("seq")).mapToLong(event -> event.path("seq")
                        .asLong()))
                .isSorted()
                .doesNotHaveDuplicates();
    }

    @Test
    void aPromptThatTheServerNeverGotIsSentOnce() throws Exception {
        CutLine cut = cutLine();
        AgentSession session = connect(cut.address(), Stage.KEY).create(none());
        until(session, "session_created");
        cut.refuse();
        until(session, AgentSession.CONNECTION_CUT);
        String prompt = session.prompt("hi");
        cut.allow();
        stage.call().start().textStart().textPiece("Hello").textStop().end("end_turn");

        List<JsonNode> events = until(session, "agent_result");
        assertThat(events.get(events.size() - 1).path("prompt_id").asText()).isEqualTo(prompt);
        assertThat(stage.waitingCalls()).isZero();
    }

    @Test
    void aPromptThatTheServerHasIsNotSentAgain() throws Exception {
        CutLine cut = cutLine();
        AgentSession session = connect(cut.address(), Stage.KEY).create(none());
        session.prompt("hi");
        SimulatedCall call = stage.call().start().textStart();
        cut.refuse();
        until(session, AgentSession.CONNECTION_CUT);
        call.textPiece("Hello").textStop().end("end_turn");
        cut.allow();

        until(session, "agent_result");
        session.prompt("again");
        stage.call().start().textStart().textPiece("Yes").textStop().end("end_turn");
        until(session, "agent_result");
        assertThat(stage.waitingCalls()).isZero();
    }

    @Test
    void anotherClientSeesAllFromTheStart() throws Exception {
        AgentClient here = connect(stage.server().address(), Stage.KEY);
        AgentSession session = here.create(none());
        session.prompt("hi");
        stage.call().start().textStart().textPiece("Hello").textStop().end("end_turn");
        until(session, "agent_result");
        try (AgentClient there = connect(stage.server().address(), Stage.KEY)) {
            List<JsonNode> events = until(there.resume(session.id(), 0), "agent_result");
            assertThat(pieces(events)).isEqualTo("Hello");
        } finally {
            here.close();
        }
    }

    @Test
    void whatTheServerRefusesIsAnExceptionWithItsCode() throws Exception {
        AgentClient here = connect(stage.server().address(), Stage.KEY);

        assertThatThrownBy(() -> here.resume("nowhere", 0))
                .isInstanceOfSatisfying(ClientException.class, refused -> assertThat(refused.code())
                        .isEqualTo("session_not_found"));
        assertThatThrownBy(() -> here.create(none().put("max_turns", 0)))
                .isInstanceOfSatisfying(ClientException.class, refused -> assertThat(refused.code())
                        .isEqualTo("invalid_options"));
    }

    @Test
    void aWrongKeyIsRefused() {
        assertThatThrownBy(() -> connect(stage.server().address(), "wrong"))
                .isInstanceOfSatisfying(ClientException.class, refused -> assertThat(refused.code())
                        .isEqualTo("invalid_token"));
    }

    @Test
    void theEndOfASessionEndsItsEvents() throws Exception {
        AgentSession session = connect(stage.server().address(), Stage.KEY).create(none());
        session.end();
        until(session, "session_ended");

        assertThatThrownBy(() -> session.next(Client.PATIENCE)).hasMessage("the session has ended");
    }
}
