package dev.agentws.conversation;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.agentws.journal.files.Durability;
import dev.agentws.simulator.GatedScript;
import dev.agentws.simulator.Scripts;
import dev.agentws.simulator.SimulatedCall;
import dev.agentws.simulator.Simulator;
import dev.agentws.simulator.SimulatorConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server that is killed in the midst of everything and started again: nothing that clients saw is lost, nothing is done twice. */
final class KilledServerTest {
    private final GatedScript script = Scripts.gated();
    private final Simulator simulator =
            Simulator.start(SimulatorConfig.defaults().withScript(script));
    private final List<Client> clients = new ArrayList<>();

    @TempDir
    @SuppressWarnings("NullAway.Init") // by JUnit
    private Path temp;

    @SuppressWarnings("NullAway.Init") // before each test
    private Path directory;

    @BeforeEach
    void resolve() throws Exception {
        directory = temp.toRealPath();
    }

    @AfterEach
    void stop() {
        assertThat(clients.stream().flatMap(client -> client.problems().stream()))
                .isEmpty();
        clients.forEach(Client::close);
        simulator.close();
    }

    private ServerProcess server() throws Exception {
        return new ServerProcess(simulator.baseUrl(), directory, Durability.STRICT);
    }

    private Client client(ServerProcess server, String name) {
        Client client = server.client(name);
        clients.add(client);
        return client;
    }

    private SimulatedCall call() throws Exception {
        return script.awaitCall(Client.PATIENCE);
    }

    @Test
    void allSessionsComeBackAsTheirClientsSawThem() throws Exception {
        List<Talk> talks;
        Frame question;
        try (ServerProcess server = server()) {
            Talk done = client(server, "done").create("{}");
            done.prompt("one", "p-1");
            call().start().text("first").end("end_turn");
            done.await("agent_result");

            Talk asking = client(server, "asking").create("{}");
            asking.prompt("ask");
            call().start()
                    .toolUse("t1", "Bash", "{\"command\":\"expr 20 + 3\"}", 1)
                    .end("tool_use");
            question = asking.await("permission_request");

            Talk running = client(server, "running").create("{\"permission_mode\":\"bypassPermissions\"}");
            running.prompt("run");
            String command = "echo $$ >> runs; echo begun; exec sleep 600";
            call().start()
                    .toolUse("t2", "Bash", "{\"command\":\"" + command + "\"}", 1)
                    .end("tool_use");
            running.await("agent_tool_output");

            Talk talking = client(server, "talking").create("{}");
            talking.prompt("talk");
            SimulatedCall cut = call().start().textStart();
            for (int i = 0; i < 50; i++) {
                cut.textPiece("w" + i + " ");
            }
            talking.awaitBrief("+w49 ");
            talks = List.of(done, asking, running, talking);
            server.kill();
        } finally {
            endCommands();
        }
        try (ServerProcess server = server()) {
            Client counting = client(server, "counting");
            counting.send("{\"type\":\"list_sessions\"}");
            assertThat(counting.await("sessions_list").json().path("sessions")).hasSize(4);
            List<Talk> back = new ArrayList<>();
            for (Talk talk : talks) {
                back.add(comeBack(server, talk));
            }
            assertGoesOn(back, question);
        }
    }

    @Test
    void aTurnOfASessionThatHadSleptIsClosedAtTheNextStart() throws Exception {
        Talk talk;
        try (ServerProcess server = server()) {
            Client ann = client(server, "ann");
            talk = ann.create("{}");
            talk.prompt("one");
            call().start().text("first").end("end_turn");
            talk.await("agent_result");
            ann.close();
            Client looking = client(server, "looking");
            JsonNode shown;
            do {
                shown = first(looking);
            } while (!shown.path("asleep").asBoolean());
            Talk woken = client(server, "bob").talk(talk.id()).prompt("two");
            call().start().textStart().textPiece("Hel");
            woken.awaitBrief("+Hel");
            server.kill();
        }
        try (ServerProcess server = server()) {
            // Before anybody asks for it.
            assertThat(first(client(server, "looking")).path("num_turns").asInt())
                    .isEqualTo(2);
            Talk back = client(server, "back").talk(talk.id()).subscribe(0);
            back.await("the cut turn", frame -> frame.at("stop_reason").equals("server_restart"));
        }
    }

    private static JsonNode first(Client client) {
        client.send("{\"type\":\"list_sessions\"}");
        return client.await("sessions_list").json().at("/sessions/0");
    }

    private Talk comeBack(ServerProcess server, Talk talk) {
        List<Frame> seen = talk.frames();
        long last = seen.get(seen.size() - 1).seq();
        Talk back = client(server, "back").talk(talk.id()).subscribe(last);
        Frame subscribed = back.await("subscribed");
        assertThat(subscribed.json().path("gap").asBoolean()).isFalse();
        assertThat(subscribed.json().path("last_seq").asLong()).isGreaterThanOrEqualTo(last);
        // What the other client saw is there as it saw it.
        Talk whole = client(server, "whole").talk(talk.id()).subscribe(0);
        whole.await("all that was shown", frame -> frame.seq() >= last);
        List<String> before = Merged.briefs(seen);
        List<String> after = Merged.briefs(whole.frames());
        int same = before.size() - 1;
        assertThat(after.subList(0, same)).isEqualTo(before.subList(0, same));
        assertThat(after.get(same)).startsWith(before.get(same));
        return back;
    }

    private void assertGoesOn(List<Talk> back, Frame question) throws Exception {
        assertThat(back.get(0).prompt("one", "p-1").await("agent_result").replayed())
                .isTrue();

        Talk asking = back.get(1);
        Frame again = asking.await(
                "the question", frame -> frame.type().equals("permission_request") && frame.seq() > question.seq());
        assertThat(again.at("request_id")).isEqualTo(question.at("request_id"));
        asking.answer(again, true, "");
        SimulatedCall answered = call();
        assertThat(answered.body().toString()).contains("23");
        answered.start().text("it is").end("end_turn");
        assertThat(asking.await("agent_result").at("stop_reason")).isEqualTo("end_turn");

        Talk running = back.get(2);
        assertThat(running.await("agent_tool_result").at("content")).contains("not known whether it took effect");
        assertThat(running.await("agent_result").at("stop_reason")).isEqualTo("server_restart");
        assertThat(Files.readAllLines(directory.resolve("runs"))).hasSize(1);

        Talk talking = back.get(3);
        assertThat(talking.await("agent_result").at("stop_reason")).isEqualTo("server_restart");
        talking.prompt("go on");
        SimulatedCall next = call();
        assertThat(next.body().toString()).contains("w0 w1 ", " w49 ", "go on");
        next.start().text("on").end("end_turn");
        assertThat(talking.await("agent_result").at("stop_reason")).isEqualTo("end_turn");
    }

    /** What the killed server could not end any more. */
    private void endCommands() throws Exception {
        Path runs = directory.resolve("runs");
        if (Files.exists(runs)) {
            for (String pid : Files.readAllLines(runs)) {
                ProcessHandle.of(Long.parseLong(pid.strip())).ifPresent(ProcessHandle::destroyForcibly);
            }
        }
    }
}
