package dev.agentws.conversation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentws.simulator.SimulatedCall;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A node is asked to end while it works, and clients of another one go on prompting its sessions: the next turns are another node's. */
final class ClusterDrainTest extends ClusterStage {
    private static final Duration LONG = Duration.ofMinutes(10);

    @BeforeEach
    void startNodes() throws Exception {
        startTwo();
    }

    @Test
    void aPromptForARestingSessionOfANodeThatDrainsRunsOnTheNextOne() throws Exception {
        Client ann = nodes.client("ann", "a");
        Talk near = ann.create("{}");
        Talk far = nodes.client("bob", "b").talk(near.id()).subscribe(0);
        far.await("subscribed");
        Talk busy = ann.create("{}");
        busy.prompt("take your time");
        SimulatedCall last = nodes.call().start().textStart().textPiece("I ");
        busy.awaitBrief("+I ");

        nodes.server("a").drain(LONG);
        far.prompt("and me?", "p-1");
        SimulatedCall call = nodes.call();
        assertThat(nodes.server("b").sessions()).isEqualTo(1);
        call.start().text("Here.").end("end_turn");
        assertThat(far.await("agent_result").at("stop_reason")).isEqualTo("end_turn");
        assertThat(near.await("agent_result").at("prompt_id"))
                .as("who is still at the node that drains sees it, too")
                .isEqualTo("p-1");

        last.textPiece("did.").textStop().end("end_turn");
        assertThat(busy.await("agent_result").at("stop_reason")).isEqualTo("end_turn");
        assertThat(ann.awaitClose()).isEqualTo(1001);
        nodes.server("a").closed().toCompletableFuture().join();
    }

    @Test
    void aPromptBehindTheLastTurnOfANodeThatDrainsRunsOnTheNextOne() throws Exception {
        Client ann = nodes.client("ann", "a");
        Talk near = ann.create("{}");
        near.prompt("first", "p-1");
        SimulatedCall first = nodes.call().start().textStart().textPiece("one");
        Talk far = nodes.client("bob", "b").talk(near.id()).subscribe(0);
        far.awaitBrief("+one");

        nodes.server("a").drain(LONG);
        far.prompt("second", "p-2");
        // Once this is answered the prompt was taken.
        far.send("set_permission_mode", "\"mode\":\"plan\"").await("session_updated");
        first.textStop().end("end_turn");
        assertThat(far.await("agent_result").at("prompt_id")).isEqualTo("p-1");
        SimulatedCall second = nodes.call();
        assertThat(ann.awaitClose()).isEqualTo(1001);
        nodes.server("a").closed().toCompletableFuture().join();
        second.start().text("two").end("end_turn");
        Frame result = far.await("agent_result");
        assertThat(result.at("prompt_id")).isEqualTo("p-2");
        assertThat(result.at("stop_reason")).isEqualTo("end_turn");
    }
}
