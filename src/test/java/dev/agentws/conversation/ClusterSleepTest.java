package dev.agentws.conversation;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.agentws.simulator.SimulatedCall;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Sessions in Redis that nobody needs leave the memory of all nodes, and wake on any of them. */
final class ClusterSleepTest extends ClusterStage {
    @BeforeEach
    void letSleep() {
        nodes.settings.hibernateAfter = Duration.ZERO;
    }

    /** A session with one turn, made on node a, that no node has any more. */
    private Talk asleep() throws Exception {
        startTwo();
        Client ann = nodes.client("ann", "a");
        Talk talk = ann.create("{}");
        turn(talk, "first", "one");
        ann.close();
        awaitSleep(talk);
        return talk;
    }

    private SimulatedCall turn(Talk talk, String prompt, String answer) throws Exception {
        talk.prompt(prompt);
        SimulatedCall call = nodes.call();
        call.start().text(answer).end("end_turn");
        talk.await("agent_result", frame -> frame.type().equals("agent_result") && !frame.replayed());
        return call;
    }

    private void awaitSleep(Talk talk) {
        nodes.until("nobody has it", () -> awake() == 0 && owner(talk).isEmpty());
    }

    private int awake() {
        return nodes.server("a").sessions() + nodes.server("b").sessions();
    }

    private static JsonNode listed(Client client) {
        client.send("{\"type\":\"list_sessions\"}");
        return client.await("sessions_list").json().path("sessions");
    }

    @Test
    void aSessionSleepsOnOneNodeWakesOnAnotherAndThenOnTheFirstAgain() throws Exception {
        Talk talk = asleep();
        Client bob = nodes.client("bob", "b");
        Talk on = bob.talk(talk.id());
        SimulatedCall second = turn(on, "second", "two");
        assertThat(second.body().path("messages").toString()).contains("first", "one", "second");
        assertThat(nodes.server("a").sessions()).isZero();
        assertThat(nodes.server("b").sessions()).isEqualTo(1);
        bob.close();
        awaitSleep(talk);
        Client cid = nodes.client("cid", "a");
        SimulatedCall third = turn(cid.talk(talk.id()), "third", "three");
        assertThat(third.body().path("messages").toString()).contains("first", "one", "second", "two", "third");
        assertThat(nodes.server("a").sessions()).isEqualTo(1);
        Talk all = nodes.client("dan", "b").talk(talk.id()).subscribe(0);
        assertThat(all.await("subscribed").json().path("gap").asBoolean()).isFalse();
        for (int i = 0; i < 3; i++) {
            all.await("agent_result");
        }
        assertThat(all.briefs()).contains("+one", "+two", "+three");
    }

    @Test
    void oneThatSleepsIsListedAndFoundOnEveryNodeAndWokenByNoListing() throws Exception {
        Talk talk = asleep();
        for (String node : List.of("a", "b")) {
            Client client = nodes.client("at " + node, node);
            JsonNode shown = listed(client).path(0);
            assertThat(shown.path("id").asText()).isEqualTo(talk.id());
            assertThat(shown.path("asleep").asBoolean()).isTrue();
            assertThat(shown.path("status").asText()).isEqualTo("idle");
            assertThat(shown.path("message_count").asInt()).isEqualTo(2);
            client.send("{\"type\":\"list_sessions\",\"query\":\"FIRS\"}");
            assertThat(client.await("sessions_list").json().at("/sessions/0/id").asText())
                    .isEqualTo(talk.id());
            client.send("{\"type\":\"create_session\",\"session_id\":\"" + talk.id() + "\"}");
            assertThat(client.await("error").at("code")).isEqualTo("session_exists");
            client.talk(talk.id()).resume();
            assertThat(client.await("error").at("code")).isEqualTo("session_exists");
        }
        // Who looked whether it had ended lets go of it behind the answer.
        awaitSleep(talk);
        turn(nodes.client("bob", "b").talk(talk.id()), "second", "two");
        assertThat(listed(nodes.client("cid", "a")).path(0).has("asleep")).isFalse();
    }

    @Test
    void whateverNamesASessionWakesIt() throws Exception {
        Talk talk = asleep();
        Client bob = nodes.client("bob", "b");
        Talk on = bob.talk(talk.id());
        on.send("load_messages", "\"limit\":10");
        assertThat(on.await("messages_loaded").json().path("messages")).hasSize(2);
        awaitSleep(talk);
        on.send("rename_session", "\"title\":\"Ours\"");
        awaitSleep(talk);
        nodes.until("it is renamed", () -> listed(bob).at("/0/title").asText().equals("Ours"));
        Talk fork = bob.talk("F");
        bob.send("{\"type\":\"fork_session\",\"session_id\":\"" + talk.id() + "\",\"new_session_id\":\"F\"}");
        fork.prompt("forked");
        SimulatedCall call = nodes.call();
        assertThat(call.body().path("messages").toString()).contains("first", "one", "forked");
        call.start().text("two").end("end_turn");
        fork.await("agent_result");
        nodes.until("the other sleeps again", () -> awake() == 1);
        on.end();
        nodes.until("it has ended", () -> listed(bob).size() == 1);
        on.resume();
        assertThat(on.await("session_resumed").at("status")).isEqualTo("resumed");
    }

    @Test
    void promptsThatMeetASessionWhichFallsAsleepAreAllRunOnceAndInOrder() throws Exception {
        startTwo();
        Client ann = nodes.client("ann", "a");
        Talk talk = ann.create("{}");
        List<String> said = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            said.add("number-" + i + ".");
            SimulatedCall call = turn(talk, "number-" + i + ".", "answer-" + i + ".");
            assertThat(call.body().path("messages").toString()).contains(said).doesNotContain("number-" + (i + 1));
            said.add("answer-" + i + ".");
            // It may fall asleep from now on, and does so about when the next prompt comes.
            ann.close();
            ann = nodes.client("next-" + i, i % 3 == 0 ? "b" : "a");
            talk = ann.talk(talk.id());
        }
        talk.send("load_messages", "\"limit\":100");
        assertThat(talk.await("messages_loaded").json().path("messages")).hasSize(32);
    }

    @Test
    void aClientOfAnotherNodeKeepsNobodyAwakeAndStillSeesWhatComes() throws Exception {
        startTwo();
        Client ann = nodes.client("ann", "a");
        Talk talk = ann.create("{}");
        Talk far = nodes.client("bob", "b").talk(talk.id()).subscribe(0);
        far.await("subscribed");
        ann.close();
        awaitSleep(talk);
        turn(nodes.client("cid", "a").talk(talk.id()), "first", "one");
        assertThat(far.await("agent_result").replayed()).isFalse();
        assertThat(far.briefs()).contains("+one");
    }

    @Test
    void noMoreSessionsAreWokenThanMayBeAwakeOnAllNodes() throws Exception {
        nodes.settings.maxSessions = 1;
        Talk talk = asleep();
        Client ann = nodes.client("ann", "a");
        Talk other = ann.create("{}");
        for (String node : List.of("a", "b")) {
            Client late = nodes.client("late at " + node, node);
            late.talk(talk.id()).prompt("second");
            Frame refused = late.await("error");
            assertThat(refused.at("code")).isEqualTo("max_sessions");
            assertThat(refused.at("request_type")).isEqualTo("send_prompt");
            assertThat(refused.at("message")).contains(talk.id(), "sleeps");
            assertThat(refused.json().path("retryable").asBoolean()).isTrue();
        }
        ann.close();
        nodes.until("the other sleeps", () -> awake() == 0);
        Talk on = nodes.client("bob", "b").talk(talk.id());
        SimulatedCall second = turn(on, "second", "two");
        assertThat(second.body().path("messages").toString()).contains("first", "one", "second");
        // To end one, it need not wait for a place.
        nodes.client("cid", "a").talk(other.id()).end();
        Client dan = nodes.client("dan", "b");
        nodes.until("only one is left", () -> listed(dan).size() == 1);
    }

    @Test
    void allAreEndedAtOnceWhetherTheySleepOrNot() throws Exception {
        nodes.settings.maxSessions = 6;
        Talk first = asleep();
        for (int i = 0; i < 12; i++) {
            Client client = nodes.client("c" + i, i % 2 == 0 ? "a" : "b");
            Talk next = client.create("{}");
            client.close();
            awaitSleep(next);
        }
        Client bob = nodes.client("bob", "b");
        Talk awake = bob.create("{}");
        bob.send("{\"type\":\"kill_all_agents\"}");
        Frame killed = bob.await("agents_killed");
        assertThat(killed.json().path("killed_count").asInt()).isEqualTo(14);
        assertThat(killed.json().path("sessions_ended").toString()).contains(first.id(), awake.id());
        nodes.until("none is left", () -> listed(bob).isEmpty());
    }

    @Test
    void oneThatNobodyWantsEndsWhenItsTimeIsUp() throws Exception {
        nodes.settings.sessionTimeout = Duration.ofMillis(1500);
        Talk talk = asleep();
        Client bob = nodes.client("bob", "b");
        nodes.until("it is in the archive", () -> {
            bob.send("{\"type\":\"list_sessions\",\"status\":\"ended\"}");
            return bob.await("sessions_list")
                    .json()
                    .at("/sessions/0/id")
                    .asText()
                    .equals(talk.id());
        });
        assertThat(listed(bob)).isEmpty();
    }

    @Test
    void aNodeThatEndsLeavesItsIdleSessionsAsleep() throws Exception {
        nodes.settings.hibernateAfter = null;
        startTwo();
        Talk talk = nodes.client("ann", "a").create("{}");
        turn(talk, "first", "one");
        nodes.server("a").close();
        Client bob = nodes.client("bob", "b");
        assertThat(listed(bob).path(0).path("asleep").asBoolean()).isTrue();
        turn(bob.talk(talk.id()), "second", "two");
        assertThat(listed(bob).path(0).has("asleep")).isFalse();
    }
}
