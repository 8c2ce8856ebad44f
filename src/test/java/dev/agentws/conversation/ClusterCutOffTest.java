package dev.agentws.conversation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentws.simulator.SimulatedCall;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A node that does not reach Redis any more, but lives. */
final class ClusterCutOffTest extends ClusterStage {
    @BeforeEach
    void startNodes() throws Exception {
        nodes.start("a");
    }

    /** Has the model run a command that does not end by itself, nor when it is asked to; gives its process. */
    private ProcessHandle running(Talk talk, boolean inBackground) throws Exception {
        talk.prompt("run it");
        nodes.call()
                .start()
                .toolUse(
                        "t1",
                        "Bash",
                        "{\"command\":\"trap '' TERM; echo $$ > new; mv new pid; while :; do sleep 0.1; done\","
                                + "\"run_in_background\":" + inBackground + "}",
                        1)
                .end("tool_use");
        talk.answer(talk.await("permission_request"), true, "");
        Path pid = directory.toRealPath().resolve("pid");
        nodes.until("it runs", () -> Files.exists(pid));
        return ProcessHandle.of(Long.parseLong(Files.readString(pid).strip())).orElseThrow();
    }

    @Test
    void aCommandIsGoneBeforeAnotherNodeMayHaveItsSession() throws Exception {
        nodes.start("b");
        Talk ann = nodes.client("ann", "a").create("{}");
        ProcessHandle command = running(ann, false);
        Talk bob = nodes.client("bob", "b").talk(ann.id()).subscribe(0);
        nodes.cutOff("a");
        nodes.until("it is gone", () -> {
            String owner = owner(ann);
            boolean runs = command.isAlive();
            assertThat(runs && !owner.equals("a"))
                    .as("runs while the lease is: " + owner)
                    .isFalse();
            return !runs;
        });
        assertThat(bob.await("agent_result").at("stop_reason")).isEqualTo("server_restart");
        nodes.joinAgain("a");
        nodes.until("a has let go", () -> nodes.server("a").sessions() == 0);
    }

    @Test
    void aSessionThatNobodyTookGoesOnAndItsModelHearsThatTheCommandWasEnded() throws Exception {
        Talk ann = nodes.client("ann", "a").create("{}");
        ProcessHandle command = running(ann, false);
        nodes.cutOff("a");
        nodes.until("it is gone", () -> !command.isAlive());
        nodes.joinAgain("a");
        SimulatedCall next = nodes.call();
        assertThat(next.body().toString()).contains("could not tell for a while whether the session was still its own");
        next.start().text("So be it.").end("end_turn");
        assertThat(ann.await("agent_result").at("stop_reason")).isEqualTo("end_turn");
        promptOnceTaken(ann);
        nodes.call()
                .start()
                .toolUse("t2", "Bash", "{\"command\":\"expr 6 '*' 7\"}", 1)
                .end("tool_use");
        ann.answer(ann.await("permission_request"), true, "");
        SimulatedCall last = nodes.call();
        assertThat(last.body().toString()).contains("42");
        last.start().text("Done.").end("end_turn");
        ann.await("agent_result");
    }

    /** Prompts are refused until the lease is renewed. */
    private void promptOnceTaken(Talk talk) {
        nodes.until("prompts are taken again", () -> {
            talk.prompt("and now?");
            return !talk.await(
                            "an answer",
                            frame ->
                                    frame.type().equals("error") || frame.type().equals("agent_thinking"))
                    .type()
                    .equals("error");
        });
    }

    @Test
    void aCommandInTheBackgroundIsEndedTooAndItsEndTold() throws Exception {
        Talk ann = nodes.client("ann", "a").create("{}");
        ProcessHandle command = running(ann, true);
        nodes.call().start().text("It runs.").end("end_turn");
        ann.await("agent_result");
        nodes.cutOff("a");
        nodes.until("it is gone", () -> !command.isAlive());
        nodes.joinAgain("a");
        promptOnceTaken(ann);
        SimulatedCall next = nodes.call();
        assertThat(next.body().toString()).contains("was killed because the server could not tell");
        next.start().text("Oh.").end("end_turn");
        ann.await("agent_result");
    }

    @Test
    void whileRedisIsAwayAListOfAPartIsNotShownAsTheListOfAllNorSaidThatAllEnded() throws Exception {
        nodes.start("b");
        Client bob = nodes.client("bob", "b");
        Talk own = bob.create("{}");
        nodes.client("ann", "a").create("{}");
        nodes.redis.kill();
        for (String type : List.of("list_sessions", "kill_all_agents")) {
            bob.send("{\"type\":\"" + type + "\"}");
            Frame refused = bob.await("an answer", frame -> List.of("error", "sessions_list", "agents_killed")
                    .contains(frame.type()));
            assertThat(refused.at("code")).isEqualTo("overloaded");
            assertThat(refused.at("request_type")).isEqualTo(type);
            assertThat(refused.json().path("retryable").asBoolean()).isTrue();
        }
        nodes.redis.start();
        nodes.until("all are ended", () -> {
            bob.send("{\"type\":\"kill_all_agents\"}");
            return bob.await("an answer", frame -> List.of("error", "agents_killed")
                            .contains(frame.type()))
                    .type()
                    .equals("agents_killed");
        });
        own.await("session_ended");
        nodes.until("none is left", () -> {
            bob.send("{\"type\":\"list_sessions\"}");
            return bob.await("sessions_list").json().path("sessions").isEmpty();
        });
    }

    @Test
    void aNodeIsNotReadyWhileItDoesNotReachRedis() {
        assertThat(ready("a")).isEqualTo("{\"status\":\"ready\"}");
        nodes.cutOff("a");
        nodes.until("it says so", () -> ready("a").equals("{\"status\":\"cut_off\"}"));
        nodes.joinAgain("a");
        nodes.until("it is ready again", () -> ready("a").equals("{\"status\":\"ready\"}"));
    }
}
