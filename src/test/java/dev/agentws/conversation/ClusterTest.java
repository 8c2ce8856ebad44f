package dev.agentws.conversation;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.agentws.simulator.SimulatedCall;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Sessions of several nodes with one Redis. */
final class ClusterTest extends ClusterStage {
    @BeforeEach
    void startNodes() throws Exception {
        startTwo();
    }

    @Test
    void aClientOfAnotherNodeSeesTheSameAndItsPromptsAreDoneByTheOwner() throws Exception {
        Talk ann = nodes.client("ann", "a").create("{}");
        Talk bob = nodes.client("bob", "b").talk(ann.id()).subscribe(0);
        assertThat(bob.await("subscribed").json().path("gap").asBoolean()).isFalse();
        bob.prompt("from b", "p-1");
        SimulatedCall call = nodes.call().start().textStart();
        for (int i = 0; i < 20; i++) {
            call.textPiece("w" + i + " ");
        }
        bob.awaitBrief("+w19 ");
        call.textStop().end("end_turn");
        Frame result = bob.await("agent_result");
        assertThat(result.at("prompt_id")).isEqualTo("p-1");
        assertThat(ann.await("agent_result").text()).isEqualTo(result.text());
        assertThat(bob.frames().stream()
                        .filter(frame -> !frame.replayed() && frame.seq() > 1)
                        .map(Frame::text))
                .isEqualTo(ann.frames().stream()
                        .filter(frame -> frame.seq() > 1)
                        .map(Frame::text)
                        .toList());
        assertThat(nodes.server("b").sessions()).isZero();
    }

    @Test
    void whatTheOwnerRefusesIsToldToWhoAsked() {
        Talk ann = nodes.client("ann", "a").create("{}");
        Client bob = nodes.client("bob", "b");
        Talk far = bob.talk(ann.id());
        far.send("permission_response", "\"request_id\":\"r-9\",\"approved\":true");
        Frame refused = far.await("error");
        assertThat(refused.at("code")).isEqualTo("permission_not_found");
        assertThat(refused.at("request_type")).isEqualTo("permission_response");
        far.send("set_permission_mode", "\"mode\":\"wild\"");
        assertThat(far.await("error").at("code")).isEqualTo("invalid_message");
        far.send("set_permission_mode", "\"mode\":\"plan\"");
        assertThat(ann.await("session_updated")
                        .json()
                        .path("session")
                        .path("options")
                        .toString())
                .isNotEmpty();
        Talk nobody = bob.talk("nobody").interrupt();
        assertThat(nobody.await("error").at("code")).isEqualTo("session_not_found");
    }

    @Test
    void aQuestionIsAnsweredThroughAnotherNodeAndTheSessionEndedThere() throws Exception {
        Talk ann = nodes.client("ann", "a").create("{}");
        ann.prompt("run it");
        nodes.call()
                .start()
                .toolUse("t1", "Bash", "{\"command\":\"expr one\"}", 1)
                .end("tool_use");
        Frame question = ann.await("permission_request");
        Talk bob = nodes.client("bob", "b").talk(ann.id()).subscribe(question.seq());
        Frame again = bob.await("permission_request");
        assertThat(again.at("request_id")).isEqualTo(question.at("request_id"));
        bob.answer(again, true, "");
        SimulatedCall next = nodes.call();
        assertThat(next.body().toString()).contains("tool_result", "one");
        next.start().text("Done.").end("end_turn");
        bob.await("agent_result");
        bob.end();
        bob.await("session_ended");
        ann.await("session_ended");
    }

    @Test
    void aSessionWhoseNodeIsCutOffGoesOnElsewhereAndBothClientsSeeTheSame() throws Exception {
        nodes.start("c");
        Talk ann = nodes.client("ann", "a").create("{}");
        ann.prompt("hello");
        SimulatedCall call = nodes.call().start().textStart();
        for (int i = 0; i < 10; i++) {
            call.textPiece("w" + i + " ");
        }
        ann.awaitBrief("+w9 ");
        Talk bob = nodes.client("bob", "b").talk(ann.id()).subscribe(0);
        bob.awaitBrief("+w");
        nodes.cutOff("a");
        Frame result = bob.await("agent_result");
        assertThat(result.at("stop_reason")).isEqualTo("server_restart");
        bob.prompt("go on");
        SimulatedCall next = nodes.call();
        assertThat(next.body().toString()).contains("hello", "w9 ", "go on");
        nodes.joinAgain("a");
        next.start().text("on").end("end_turn");
        bob.await("the second", frame -> frame.at("stop_reason").equals("end_turn"));
        ann.await("the second", frame -> frame.at("stop_reason").equals("end_turn"));
        assertThat(Merged.briefs(bob.frames())).isEqualTo(Merged.briefs(ann.frames()));
        nodes.until("a has let go", () -> nodes.server("a").sessions() == 0);
    }

    @Test
    void anEndedNodeHandsItsSessionsOverWithWhatWaitsInThem() throws Exception {
        Talk ann = nodes.client("ann", "a").create("{}");
        ann.prompt("run it");
        nodes.call()
                .start()
                .toolUse("t1", "Bash", "{\"command\":\"expr one\"}", 1)
                .end("tool_use");
        Frame question = ann.await("permission_request");
        Talk bob = nodes.client("bob", "b").talk(ann.id()).subscribe(question.seq());
        bob.await("permission_request");
        nodes.server("a").close();
        Frame again = bob.await(
                "the question", frame -> frame.type().equals("permission_request") && frame.seq() > question.seq());
        bob.answer(again, true, "");
        nodes.call().start().text("Done.").end("end_turn");
        assertThat(bob.await("agent_result").at("stop_reason")).isEqualTo("end_turn");
    }

    @Test
    void anIdleSessionOfAnEndedNodeIsTakenUpByTheNodeThatIsAsked() throws Exception {
        Talk ann = nodes.client("ann", "a").create("{\"system_prompt\":\"Be brief\"}");
        ann.prompt("one");
        nodes.call().start().text("first").end("end_turn");
        Frame result = ann.await("agent_result");
        nodes.server("a").close();
        Talk bob = nodes.client("bob", "b").talk(ann.id()).subscribe(result.seq());
        assertThat(bob.await("subscribed").json().path("gap").asBoolean()).isFalse();
        bob.prompt("two");
        SimulatedCall call = nodes.call();
        assertThat(call.body().toString()).contains("Be brief", "one", "first", "two");
        call.start().text("second").end("end_turn");
        bob.await("agent_result");
        assertThat(nodes.server("b").sessions()).isEqualTo(1);
    }

    @Test
    void sessionsAreLimitedOverAllNodes() throws Exception {
        nodes.close();
        nodes = startWithAtMost(2);
        nodes.client("ann", "a").create("{}");
        Client bob = nodes.client("bob", "b");
        Talk second = bob.create("{}");
        bob.send("{\"type\":\"create_session\"}");
        assertThat(bob.await("error").at("code")).isEqualTo("max_sessions");
        second.end();
        second.await("session_ended");
        nodes.until("a place is free", () -> {
            bob.send("{\"type\":\"create_session\"}");
            return !bob.await(
                            "an answer",
                            frame ->
                                    frame.type().equals("error") || frame.type().equals("session_created"))
                    .type()
                    .equals("error");
        });
    }

    @Test
    void aResumedSessionCountsAmongThoseOfAllNodes() {
        nodes.close();
        nodes = startWithAtMost(2);
        Client ann = nodes.client("ann", "a");
        Client bob = nodes.client("bob", "b");
        Talk first = ann.create("{}");
        first.end().await("session_ended");
        Talk second = bob.create("{}");
        Talk third = ann.create("{}");
        Talk again = bob.talk(first.id());
        again.resume();
        assertThat(again.await("error").at("code")).isEqualTo("max_sessions");
        third.end().await("session_ended");
        nodes.until("a place is free", () -> {
            again.resume();
            return again.await(
                            "an answer",
                            frame ->
                                    frame.type().equals("error") || frame.type().equals("session_resumed"))
                    .type()
                    .equals("session_resumed");
        });
        ann.send("{\"type\":\"create_session\"}");
        assertThat(ann.await("error").at("code")).isEqualTo("max_sessions");
        second.end().await("session_ended");
    }

    private Nodes startWithAtMost(int sessions) {
        try {
            Nodes fresh = new Nodes(directory);
            fresh.settings.maxSessions = sessions;
            fresh.start("a");
            fresh.start("b");
            return fresh;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void historyThatRedisLostIsToldAsAGap() throws Exception {
        Talk ann = nodes.client("ann", "a").create("{}");
        ann.prompt("one");
        nodes.call().start().text("first").end("end_turn");
        ann.await("agent_result");
        nodes.redis.say("FLUSHALL");
        ann.prompt("two");
        Frame told = ann.await("subscribed");
        assertThat(told.json().path("gap").asBoolean()).isTrue();
    }

    @Test
    void whatRedisDoesNotHaveIsNotShownAndAllGoesOnWhenItIsBack() throws Exception {
        Talk ann = nodes.client("ann", "a").create("{}");
        ann.prompt("hello");
        SimulatedCall call = nodes.call().start().textStart().textPiece("before ");
        ann.awaitBrief("+before");
        Talk bob = nodes.client("bob", "b").talk(ann.id()).subscribe(0);
        bob.awaitBrief("+before");
        nodes.redis.kill();
        call.textPiece("meanwhile ");
        bob.prompt("can you hear me");
        Frame refused = bob.await("error");
        assertThat(refused.at("code")).isEqualTo("overloaded");
        assertThat(refused.json().path("retryable").asBoolean()).isTrue();
        assertThat(ann.briefs()).doesNotContain("+meanwhile ");
        nodes.redis.start();
        ann.awaitBrief("+meanwhile ");
        call.textStop().end("end_turn");
        assertThat(ann.await("agent_result").at("stop_reason")).isEqualTo("end_turn");
        bob.await("agent_result");
        assertThat(Merged.briefs(bob.frames())).isEqualTo(Merged.briefs(ann.frames()));
    }

    @Test
    void sessionsOfAllNodesAreListedReadAndEnded() throws Exception {
        Client cid = nodes.client("cid", "a");
        Talk ann = cid.create("{}");
        ann.prompt("one");
        nodes.call().start().text("first").end("end_turn");
        ann.await("agent_result");
        Client bob = nodes.client("bob", "b");
        Talk own = bob.create("{}");
        nodes.until("both are listed", () -> {
            bob.send("{\"type\":\"list_sessions\"}");
            JsonNode sessions = bob.await("sessions_list").json().path("sessions");
            return sessions.size() == 2 && sessions.toString().contains(ann.id());
        });
        Talk far = bob.talk(ann.id()).send("load_messages", "\"limit\":10");
        assertThat(far.await("messages_loaded").text()).contains("one", "first");
        far.send("rename_session", "\"title\":\"Over there\"");
        assertThat(ann.await("session_updated").text()).contains("Over there");
        bob.send("{\"type\":\"kill_all_agents\"}");
        assertThat(bob.await("agents_killed").json().path("killed_count").asInt())
                .isEqualTo(2);
        ann.await("session_ended");
        own.await("session_ended");
    }

    @Test
    void aSearchGoesThroughTheSessionsOfAllNodesNewestActivityFirst() throws Exception {
        Talk first = nodes.client("ann", "a").createNamed("first");
        Client bob = nodes.client("bob", "b");
        Talk second = bob.createNamed("second");
        Talk third = nodes.client("cid", "a").createNamed("third");
        for (Talk talk : List.of(second, first)) {
            talk.prompt("count the sheep");
            nodes.call().start().text("two").end("end_turn");
            talk.await("agent_result");
        }
        third.prompt("go on");
        SimulatedCall open = nodes.call();
        third.send("rename_session", "\"title\":\"Busy one\"").await("session_updated");
        nodes.until("others know", () -> found(bob, "\"query\":\"busy\"").equals(List.of("third")));
        assertThat(found(bob, "\"status\":\"processing\"")).containsExactly("third");
        nodes.until(
                "the first is through", () -> found(bob, "\"status\":\"idle\"").equals(List.of("first", "second")));
        assertThat(found(bob, "\"query\":\"SHEEP\"")).containsExactly("first", "second");
        bob.send("{\"type\":\"list_sessions\",\"limit\":2}");
        JsonNode page = bob.await("sessions_list").json();
        assertThat(page.path("sessions").findValuesAsText("id")).containsExactly("third", "first");
        String next = page.path("next_cursor").asText();
        assertThat(found(bob, "\"limit\":2,\"cursor\":\"" + next + "\"")).containsExactly("second");
        open.start().text("on").end("end_turn");
        third.await("agent_result");
    }

    private static List<String> found(Client client, String fields) {
        client.send("{\"type\":\"list_sessions\"," + fields + "}");
        return client.await("sessions_list").json().path("sessions").findValuesAsText("id");
    }

    @Test
    void aForkOfASessionOfAnotherNodeIsWhatItWouldBeThere() throws Exception {
        Client cid = nodes.client("cid", "a");
        Talk ann = cid.create("{\"system_prompt\":\"Be brief\"}");
        ann.send("rename_session", "\"title\":\"Sheep\"").await("session_updated");
        ann.send("set_permission_mode", "\"mode\":\"plan\"").await("session_updated");
        ann.prompt("one");
        nodes.call().start().text("first").end("end_turn");
        ann.await("agent_result");
        ann.prompt("two");
        SimulatedCall open = nodes.call().start().textStart().textPiece("sec");
        ann.awaitBrief("+sec");
        Client bob = nodes.client("bob", "b");
        bob.talk(ann.id()).send("fork_session", "\"new_session_id\":\"far\"");
        JsonNode far = bob.talk("far").await("session_created").json().path("session");
        ann.send("fork_session", "\"new_session_id\":\"near\"");
        JsonNode near = cid.talk("near").await("session_created").json().path("session");
        for (String field :
                List.of("options", "title", "first_prompt", "forked_from", "permission_mode", "message_count")) {
            assertThat(far.path(field)).as(field).isEqualTo(near.path(field));
        }
        assertThat(far.path("forked_from").path("session_id").asText()).isEqualTo(ann.id());
        bob.talk("far").prompt("three");
        SimulatedCall call = nodes.call();
        assertThat(call.body().toString())
                .contains("Be brief", "\"one\"", "\"first\"", "three")
                .doesNotContain("two");
        call.start().text("ok").end("end_turn");
        bob.talk("far").await("agent_result");
        open.textStop().end("end_turn");
        ann.await("agent_result");
        bob.talk(ann.id()).send("fork_session", "\"index\":77");
        assertThat(bob.await("error").at("message")).contains("index: 77");
    }

    @Test
    void whatIsSentForTheForkOfASessionOfAnotherNodeWaitsUntilThereIsOne() throws Exception {
        Talk ann = nodes.client("ann", "a").create("{}");
        Client bob = nodes.client("bob", "b");
        // The first message is still on its way to the other node when the fork is asked for.
        bob.talk(ann.id()).send("set_permission_mode", "\"mode\":\"plan\"");
        bob.talk(ann.id()).send("fork_session", "\"new_session_id\":\"far\"");
        bob.talk("far").prompt("at once").subscribe(0);
        bob.talk("far").await("session_created");
        SimulatedCall call = nodes.call();
        assertThat(call.body().path("messages").toString()).contains("at once");
        call.start().text("ok").end("end_turn");
        bob.talk("far").await("subscribed");
        bob.talk("far").await("agent_result");
        bob.talk("nobody").send("fork_session", "\"new_session_id\":\"never\"");
        bob.talk("never").prompt("too soon");
        for (String type : List.of("fork_session", "send_prompt")) {
            Frame refused = bob.await("error");
            assertThat(refused.at("code")).isEqualTo("session_not_found");
            assertThat(refused.at("request_type")).isEqualTo(type);
            assertThat(refused.at("session_id")).isEqualTo("never");
        }
        bob.talk(ann.id()).send("fork_session", "\"new_session_id\":\"" + ann.id() + "\"");
        assertThat(bob.await("error").at("code")).isEqualTo("session_exists");
    }

    @Test
    void historyThatRedisTrimmedIsToldAsAGapOnEveryNode() throws Exception {
        Talk ann = nodes.client("ann", "a").create("{}");
        ann.prompt("one");
        nodes.call().start().text("first").end("end_turn");
        Frame result = ann.await("agent_result");
        nodes.redis.say("XTRIM agentws:{" + ann.id() + "}:entries MINID " + result.seq() + "-0");
        Talk bob = nodes.client("bob", "b").talk(ann.id()).subscribe(0);
        Frame told = bob.await(
                "the gap",
                frame -> frame.type().equals("subscribed")
                        && frame.json().path("gap").asBoolean());
        assertThat(told.json().path("first_seq").asLong()).isEqualTo(result.seq());
        bob.await("agent_result");
    }
}
