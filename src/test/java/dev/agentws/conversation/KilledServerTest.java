package dev.agentws.conversation;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agentws.journal.files.Durability;
import dev.agentws.simulator.GatedScript;
import dev.agentws.simulator.Scripts;
import dev.agentws.simulator.SimulatedCall;
import dev.agentws.simulator.Simulator;
import dev.agentws.simulator.SimulatorConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server that is killed in the midst of everything and started again: nothing that clients saw is lost unnoticed, nothing is done twice. */
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
        return server(Durability.STRICT);
    }

    private ServerProcess server(Durability level) throws Exception {
        return new ServerProcess(simulator.baseUrl(), directory, level);
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
            run();
            running.await("agent_tool_output");

            Talk talking = client(server, "talking").create("{}");
            talking.prompt("talk");
            SimulatedCall cut = call().start().textStart();
            say(cut, 0, 50);
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
                back.add(comeBack(server, talk, last(talk)));
            }
            assertGoesOn(back, question);
        }
    }

    @Test
    void aFastServerHasAllThatReachedItsBooksAndWhoMayHaveSeenMoreIsToldOnce() throws Exception {
        List<Talk> talks = new ArrayList<>();
        Frame question;
        long written;
        JsonNode listed;
        try (ServerProcess server = server(Durability.FAST)) {
            Talk done = client(server, "done").create("{\"system_prompt\":\"Be brief\"}");
            done.send("rename_session", "\"title\":\"A name\"");
            done.send("set_permission_mode", "\"mode\":\"acceptEdits\"");
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
            run();
            running.await("agent_tool_output");
            running.prompt("waits behind it").prompt("waits last");

            Talk talking = client(server, "talking").create("{}");
            talking.prompt("talk");
            SimulatedCall cut = call().start().textStart();
            say(cut, 0, 50);
            written = talking.awaitBrief("+w49 ").seq();
            awaitBooks(question.at("request_id"), "begun", "waits behind it", "waits last", "w49 ", rest(done));
            listed = session(client(server, "before"), done);

            // Of this, a kill takes what is in no file yet.
            say(cut, 50, 60);
            talking.awaitBrief("+w59 ");
            server.kill();
            talks.addAll(List.of(done, asking, running, talking));
        } finally {
            endCommands();
        }
        try (ServerProcess server = server(Durability.FAST)) {
            assertThat(session(client(server, "after"), talks.get(0))).isEqualTo(listed);
            List<Talk> back = new ArrayList<>();
            // This one was idle.
            back.add(comeBack(server, talks.get(0), last(talks.get(0))));
            for (Talk talk : talks.subList(1, 4)) {
                back.add(comeBackFast(server, talk, talk == talks.get(3) ? written : last(talk)));
            }
            assertQueueGoesOn();
            assertToldOnce(server, talks.get(2));
            assertGoesOn(back, question);
            Talk done = back.get(0).prompt("two");
            SimulatedCall next = call();
            assertThat(next.body().toString()).contains("Be brief", "one", "first", "two");
            next.start().text("second").end("end_turn");
            assertThat(done.await("the next result", frame -> frame.type().equals("agent_result") && !frame.replayed())
                            .at("stop_reason"))
                    .isEqualTo("end_turn");
        }
    }

    @Test
    void anIdleSessionOfAFastServerGoesOnAsIfNothingHadHappenedAndThenKnowsAgainWhatItShowed() throws Exception {
        Talk talk;
        try (ServerProcess server = server(Durability.FAST)) {
            talk = client(server, "idle").create("{}");
            talk.prompt("one");
            call().start().text("first").end("end_turn");
            talk.await("agent_result");
            awaitBooks(rest(talk));
            server.kill();
        }
        Talk back;
        try (ServerProcess server = server(Durability.FAST)) {
            back = comeBack(server, talk, last(talk));
            back.prompt("two");
            call().start().textStart().textPiece("Hel");
            back.awaitBrief("+Hel");
            assertThat(back.frames()).extracting(Frame::seq).contains(last(talk) + 1);
            server.kill();
        }
        try (ServerProcess server = server(Durability.FAST)) {
            Talk again = client(server, "again").talk(talk.id()).subscribe(last(back));
            assertThat(tellsGap(again.await("subscribed"))).isTrue();
            assertThat(again.await("agent_result").at("stop_reason")).isEqualTo("server_restart");
        }
    }

    /** How its book says that it has nothing under way. */
    private static String rest(Talk talk) {
        return "\"seq\":" + last(talk) + ",\"kind\":\"rest\"";
    }

    private void run() throws Exception {
        String command = "echo $$ >> runs; echo begun; exec sleep 600";
        call().start()
                .toolUse("t2", "Bash", "{\"command\":\"" + command + "\"}", 1)
                .end("tool_use");
    }

    private static void say(SimulatedCall call, int from, int to) {
        for (int i = from; i < to; i++) {
            call.textPiece("w" + i + " ");
        }
    }

    /** Waits until the system has all of these: from then on they outlive the process. */
    private void awaitBooks(String... texts) {
        long end = System.nanoTime() + Client.PATIENCE.toNanos();
        while (!Stream.of(texts).allMatch(books()::contains)) {
            assertThat(System.nanoTime()).as("time for the books").isLessThan(end);
            LockSupport.parkNanos(1_000_000);
        }
    }

    /** All that lies in files just now. */
    private String books() {
        StringBuilder text = new StringBuilder();
        try (Stream<Path> all = Files.walk(directory.resolve("books"))) {
            for (Path file :
                    all.filter(path -> path.toString().endsWith(".jsonl")).toList()) {
                text.append(Files.readString(file));
            }
        } catch (IOException | UncheckedIOException moving) {
            return "";
        }
        return text.toString();
    }

    /** As lists show it, but for what is of the new life: when it began, its numbers, and whether the session fell asleep since. */
    private static JsonNode session(Client client, Talk talk) {
        client.send("{\"type\":\"list_sessions\"}");
        for (JsonNode each : client.await("sessions_list").json().path("sessions")) {
            if (each.path("id").asText().equals(talk.id())) {
                return ((ObjectNode) each).without(List.of("updated_at", "asleep", "last_seq"));
            }
        }
        throw new AssertionError(talk.id() + " is in no list" + client.history());
    }

    /** The prompts behind the turn that was cut are asked by themselves, one after the other. */
    private void assertQueueGoesOn() throws Exception {
        SimulatedCall first = call();
        assertThat(first.body().toString())
                .contains("run", "not known whether it took effect", "waits behind it")
                .doesNotContain("waits last");
        first.start().text("here").end("end_turn");
        SimulatedCall second = call();
        assertThat(second.body().toString()).contains("waits behind it", "here", "waits last");
        second.start().text("there").end("end_turn");
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

    private static long last(Talk talk) {
        List<Frame> seen = talk.frames();
        return seen.get(seen.size() - 1).seq();
    }

    /** @param kept the last of the frames that must still be there */
    private Talk comeBack(ServerProcess server, Talk talk, long kept) {
        Talk back = client(server, "back").talk(talk.id()).subscribe(kept);
        Frame subscribed = back.await("subscribed");
        assertThat(tellsGap(subscribed)).isFalse();
        assertThat(subscribed.json().path("last_seq").asLong()).isGreaterThanOrEqualTo(kept);
        assertThere(server, talk, kept);
        return back;
    }

    /** One who has seen all of it, and maybe more than is there. */
    private Talk comeBackFast(ServerProcess server, Talk talk, long kept) {
        Talk back = client(server, "back").talk(talk.id()).subscribe(last(talk));
        Frame subscribed = back.await("subscribed");
        assertThat(tellsGap(subscribed)).isTrue();
        assertThat(subscribed.json().path("first_seq").asLong()).isGreaterThan(last(talk) + 1);
        Talk whole = assertThere(server, talk, kept);
        whole.await("the gap", KilledServerTest::tellsGap);
        return back;
    }

    private static boolean tellsGap(Frame frame) {
        return frame.type().equals("subscribed") && frame.json().path("gap").asBoolean();
    }

    /** Also one who comes when the session has gone on long ago hears how the cut turn was closed. */
    private void assertToldOnce(ServerProcess server, Talk talk) {
        Talk late = client(server, "late").talk(talk.id()).subscribe(last(talk));
        assertThat(tellsGap(late.await("subscribed"))).isTrue();
        assertThat(late.await("agent_tool_result").at("content")).contains("not known whether it took effect");
        assertThat(late.await("agent_result").at("stop_reason")).isEqualTo("server_restart");
        assertThat(late.await("agent_result").at("stop_reason")).isEqualTo("end_turn");
        assertThat(late.await("agent_result").at("stop_reason")).isEqualTo("end_turn");
        assertThat(late.frames().stream().filter(KilledServerTest::tellsGap)).hasSize(1);
        late.subscribe(last(late));
        assertThat(tellsGap(late.await("subscribed"))).isFalse();
    }

    private Talk assertThere(ServerProcess server, Talk talk, long kept) {
        // What the other client saw is there as it saw it, and nothing else in between.
        Talk whole = client(server, "whole").talk(talk.id()).subscribe(0);
        whole.await("all that was shown", frame -> frame.seq() >= kept);
        List<Frame> seen = talk.frames();
        List<String> before =
                Merged.briefs(seen.stream().filter(frame -> frame.seq() <= kept).toList());
        List<String> after = Merged.briefs(whole.frames());
        int same = before.size() - 1;
        assertThat(after.subList(0, same)).isEqualTo(before.subList(0, same));
        assertThat(after.get(same)).startsWith(before.get(same));
        assertThat(Merged.briefs(seen).get(same)).startsWith(after.get(same));
        return whole;
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
