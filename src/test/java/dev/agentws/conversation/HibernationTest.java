package dev.agentws.conversation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentws.simulator.SimulatedCall;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Sessions that nobody needs leave the memory, and nobody notices. */
final class HibernationTest {
    @RegisterExtension
    private final Stage stage = new Stage();

    @TempDir
    @SuppressWarnings("NullAway.Init") // by JUnit
    private Path temp;

    @BeforeEach
    void keepBooks() throws IOException {
        stage.settings.books = temp.toRealPath();
        stage.settings.hibernateAfter = Duration.ZERO;
    }

    /** A session with one turn whose client has gone. */
    private Talk asleep(String options) {
        Client ann = stage.client("ann");
        Talk talk = ann.create(options);
        talk.prompt("first", "p-1");
        stage.call().start().text("one").end("end_turn");
        talk.await("agent_result");
        ann.close();
        awaitSleepers(1);
        return talk;
    }

    private void awaitSleepers(int count) {
        stage.until(count + " asleep", () -> sleepers() == count);
    }

    private int sleepers() {
        return gauge("agentws_sessions{state=\"asleep\"} ");
    }

    private int gauge(String name) {
        String page = stage.http("GET", "/metrics");
        int start = page.indexOf("\n" + name) + 1 + name.length();
        return (int) Double.parseDouble(page.substring(start, page.indexOf('\n', start)));
    }

    /** The session's own file, once what the log has of it is there. */
    private Path book(Talk talk) {
        stage.until("its file", () -> !written(talk).isEmpty());
        return written(talk).get(0);
    }

    private List<Path> written(Talk talk) {
        try (Stream<Path> all = Files.walk(temp)) {
            return all.filter(path -> path.getFileName().toString().endsWith(".jsonl"))
                    .filter(path -> path.toString().contains(talk.id()))
                    .filter(HibernationTest::complete)
                    .toList();
        } catch (IOException | UncheckedIOException e) {
            // It is being moved about.
            return List.of();
        }
    }

    private static boolean complete(Path book) {
        try {
            return Files.readString(book).contains("agent_result");
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void aPromptWakesASessionThatKnowsAllThatWasSaid() {
        Talk talk = asleep("{}");
        Talk on = stage.client("bob").talk(talk.id()).prompt("second");
        SimulatedCall call = stage.call();
        assertThat(call.body().toString()).contains("first", "one", "second");
        call.start().text("two").end("end_turn");
        assertThat(on.await("agent_result").at("stop_reason")).isEqualTo("end_turn");
        assertThat(sleepers()).isZero();
    }

    @Test
    void subscribingWakesASessionAndShowsAllThatWasShown() {
        Talk talk = asleep("{}");
        Talk on = stage.client("bob").talk(talk.id()).subscribe(0);
        assertThat(on.await("subscribed").json().path("gap").asBoolean()).isFalse();
        on.await("agent_result");
        assertThat(Merged.briefs(on.frames())
                        .subList(1, Merged.briefs(talk.frames()).size()))
                .isEqualTo(Merged.briefs(talk.frames())
                        .subList(1, Merged.briefs(talk.frames()).size()));
    }

    @Test
    void whateverNamesASessionWakesIt() {
        Talk talk = asleep("{}");
        Client bob = stage.client("bob");
        Talk on = bob.talk(talk.id());
        on.send("load_messages", "\"limit\":10");
        assertThat(on.await("messages_loaded").json().path("messages")).hasSize(2);
        awaitSleepers(1);
        on.send("rename_session", "\"title\":\"Ours\"");
        awaitSleepers(1);
        on.send("set_permission_mode", "\"mode\":\"plan\"");
        awaitSleepers(1);
        on.send("set_model", "\"model\":\"claude-haiku-4-5\"");
        stage.until(
                "all of it holds, and the session sleeps again",
                () -> shown(bob, "/asleep").equals("true")
                        && shown(bob, "/status").equals("idle")
                        && shown(bob, "/message_count").equals("2")
                        && shown(bob, "/title").equals("Ours")
                        && shown(bob, "/permission_mode").equals("plan")
                        && shown(bob, "/model_name").equals("claude-haiku-4-5"));
        on.interrupt();
        Talk fork = bob.talk("F");
        bob.send("{\"type\":\"fork_session\",\"session_id\":\"" + talk.id() + "\",\"new_session_id\":\"F\"}");
        fork.prompt("forked");
        fork.await("session_created");
        SimulatedCall call = stage.call();
        assertThat(call.body().toString()).contains("first", "one", "forked");
        call.start().text("two").end("end_turn");
        fork.await("agent_result");
        awaitSleepers(1);
        on.send("permission_response", "\"request_id\":\"r\",\"approved\":true");
        assertThat(bob.await("error").at("code")).isEqualTo("permission_not_found");
        awaitSleepers(1);
        on.end();
        stage.until("it has ended", () -> stage.server().sessions() == 1);
        on.resume();
        assertThat(on.await("session_resumed").at("status")).isEqualTo("resumed");
    }

    private static String shown(Client client, String pointer) {
        client.send("{\"type\":\"list_sessions\"}");
        return client.await("sessions_list").json().at("/sessions/0" + pointer).asText();
    }

    @Test
    void whatComesWhileASessionWakesIsDoneInOrder() {
        Talk talk = asleep("{}");
        Client bob = stage.client("bob");
        Talk on = bob.talk(talk.id());
        on.send("set_permission_mode", "\"mode\":\"plan\"");
        on.subscribe(0);
        for (int i = 0; i < 6; i++) {
            on.prompt("number-" + i);
        }
        on.await("subscribed");
        for (int i = 0; i < 6; i++) {
            SimulatedCall call = stage.call();
            assertThat(call.body().toString()).contains("number-" + i).doesNotContain("number-" + (i + 1));
            call.start().text("ok").end("end_turn");
        }
        for (int i = 0; i < 6; i++) {
            on.await("a new result", frame -> frame.type().equals("agent_result") && !frame.replayed());
        }
    }

    @Test
    void twoWhoWantItAtOnceWakeItOnce() {
        stage.settings.ioThreads = 2;
        Talk talk = asleep("{}");
        List<Talk> all = Stream.of("b", "c", "d", "e")
                .map(name -> stage.client(name).talk(talk.id()))
                .toList();
        all.forEach(each -> each.subscribe(0));
        all.forEach(each -> each.await("agent_result"));
        assertThat(sleepers()).isZero();
        assertThat(stage.server().sessions()).isEqualTo(1);
    }

    @Test
    void aWatchedSessionStaysAwakeAndSoDoesOneInATurn() {
        Client ann = stage.client("ann");
        Talk watched = ann.create("{}");
        Client bob = stage.client("bob");
        Talk working = bob.create("{}");
        working.prompt("work");
        SimulatedCall call = stage.call().start().textStart().textPiece("Hel");
        working.awaitBrief("+Hel");
        bob.close();
        Client carl = stage.client("carl");
        Talk third = carl.create("{}");
        carl.close();
        awaitSleepers(1);
        assertThat(third.id()).isNotEqualTo(watched.id());
        call.textPiece("lo").textStop().end("end_turn");
        awaitSleepers(2);
        ann.close();
        awaitSleepers(3);
    }

    @Test
    void aSessionWithAnOpenQuestionStaysAwakeUntilItIsAnswered() {
        Client ann = stage.client("ann");
        Talk talk = ann.create("{}");
        talk.prompt("ask");
        stage.call()
                .start()
                .toolUse("t1", "Bash", "{\"command\":\"expr one\"}", 1)
                .end("tool_use");
        Frame question = talk.await("permission_request");
        ann.close();
        Client bob = stage.client("bob");
        bob.create("{}");
        bob.close();
        awaitSleepers(1);
        Client carl = stage.client("carl");
        carl.talk(talk.id()).answer(question, false, "no");
        stage.call().start().text("Well.").end("end_turn");
        awaitSleepers(2);
    }

    @Test
    void aSessionWithACommandInTheBackgroundStaysAwake() throws IOException {
        Client ann = stage.client("ann");
        Talk talk = ann.create("{\"permission_mode\":\"bypassPermissions\"}");
        talk.prompt("run");
        String command = "{\"command\":\"while [ ! -e done ]; do sleep 0.05; done\",\"run_in_background\":true}";
        stage.call().start().toolUse("t1", "Bash", command, 1).end("tool_use");
        stage.call().start().text("It runs.").end("end_turn");
        talk.await("agent_result");
        ann.close();
        Client bob = stage.client("bob");
        bob.create("{}");
        bob.close();
        awaitSleepers(1);
        Files.createFile(stage.directory().resolve("done"));
        stage.until("it has ended", () -> stage.processes().isEmpty());
        // What it came to still has to be told, so it stays awake; we may see the end before it does.
        Talk on = stage.client("carl").talk(talk.id());
        String told;
        do {
            on.prompt("and?");
            SimulatedCall call = stage.call();
            told = call.body().toString();
            call.start().text("Done.").end("end_turn");
            on.await("agent_result");
        } while (!told.contains("exit code 0"));
    }

    @Test
    void aPromptThatWasRunBeforeIsNotRunAgain() {
        Talk talk = asleep("{}");
        Talk on = stage.client("bob").talk(talk.id()).prompt("first", "p-1");
        Frame result = on.await("agent_result");
        assertThat(result.replayed()).isTrue();
    }

    @Test
    void aSessionWhoseBookIsDamagedStaysAsleepAndSaysSo() throws IOException {
        Talk talk = asleep("{}");
        Path book = book(talk);
        Files.writeString(book, "nothing\n");
        Client bob = stage.client("bob");
        Talk on = bob.talk(talk.id()).prompt("second");
        on.subscribe(0);
        assertThat(bob.await("error").at("code")).isEqualTo("internal");
        assertThat(bob.await("error").at("message")).contains(talk.id(), "cannot be woken");
        assertThat(sleepers()).isEqualTo(1);
    }

    @Test
    void noMoreSessionsAreWokenThanMayBeAwake() {
        stage.settings.maxSessions = 1;
        Talk talk = asleep("{}");
        Client ann = stage.client("ann");
        ann.create("{}");
        Client bob = stage.client("bob");
        bob.talk(talk.id()).subscribe(0);
        assertThat(bob.await("error").at("code")).isEqualTo("max_sessions");
        ann.close();
        awaitSleepers(2);
        Talk on = bob.talk(talk.id()).subscribe(0);
        on.await("agent_result");
    }

    @Test
    void allAreEndedAtOnceWhetherTheySleepOrNot() {
        Talk first = asleep("{}");
        Client bob = stage.client("bob");
        Talk second = bob.create("{}");
        bob.send("{\"type\":\"kill_all_agents\"}");
        Frame killed = bob.await("agents_killed");
        assertThat(killed.json().path("sessions_ended").toString()).contains(first.id(), second.id());
        assertThat(stage.server().sessions()).isZero();
        stage.until("both are in the archive", () -> {
            bob.send("{\"type\":\"list_sessions\",\"status\":\"ended\"}");
            return bob.await("sessions_list").json().path("sessions").size() == 2;
        });
    }

    @Test
    void aSearchFindsThoseThatSleep() {
        Talk talk = asleep("{}");
        Client bob = stage.client("bob");
        bob.send("{\"type\":\"list_sessions\",\"query\":\"FIRS\"}");
        assertThat(bob.await("sessions_list").json().at("/sessions/0/id").asText())
                .isEqualTo(talk.id());
        assertThat(sleepers()).isEqualTo(1);
    }

    @Test
    void theNameOfOneThatSleepsIsTaken() {
        Talk talk = asleep("{}");
        Client bob = stage.client("bob");
        bob.send("{\"type\":\"create_session\",\"session_id\":\"" + talk.id() + "\"}");
        assertThat(bob.await("error").at("code")).isEqualTo("session_exists");
        assertThat(sleepers()).isEqualTo(1);
    }

    @Test
    void aRestartDoesNotReadTheBooksOfThoseThatSleep() throws IOException {
        Talk talk = asleep("{}");
        stage.server().close();
        // Whoever reads it finds nothing.
        Path book = book(talk);
        byte[] whole = Files.readAllBytes(book);
        Files.write(book, new byte[0]);
        stage.restart();
        assertThat(sleepers()).isEqualTo(1);
        Client bob = stage.client("bob");
        bob.send("{\"type\":\"list_sessions\"}");
        assertThat(bob.await("sessions_list").json().at("/sessions/0").toString())
                .contains("\"asleep\":true", "\"first_prompt\":\"first\"");
        Files.write(book, whole);
        Talk on = bob.talk(talk.id()).prompt("second");
        SimulatedCall call = stage.call();
        assertThat(call.body().toString()).contains("first", "one", "second");
        call.start().text("two").end("end_turn");
        on.await("agent_result");
    }

    @Test
    void aSessionThatWokeAndWorkedIsNotTakenForASleeperAfterwards() {
        stage.settings.hibernateAfter = Duration.ZERO;
        Talk talk = asleep("{}");
        Talk on = stage.client("bob").talk(talk.id()).prompt("second");
        stage.call().start().textStart().textPiece("Hel");
        on.awaitBrief("+Hel");
        // or the cut session, which nobody watches, may be asleep again before it is looked for
        stage.settings.hibernateAfter = Duration.ofHours(1);
        stage.restart();
        assertThat(sleepers()).isZero();
        Talk back = stage.client("carl").talk(talk.id()).subscribe(0);
        back.await("the cut turn", frame -> frame.at("stop_reason").equals("server_restart"));
    }

    @Test
    void oneThatNobodyWantsEndsWhenItsTimeIsUp() {
        stage.settings.sessionTimeout = Duration.ofMillis(1500);
        Talk talk = asleep("{}");
        stage.until("it has ended", () -> stage.server().sessions() == 0);
        Client bob = stage.client("bob");
        stage.until("it is in the archive", () -> {
            bob.send("{\"type\":\"list_sessions\",\"status\":\"ended\"}");
            return bob.await("sessions_list")
                    .json()
                    .at("/sessions/0/id")
                    .asText()
                    .equals(talk.id());
        });
    }
}
