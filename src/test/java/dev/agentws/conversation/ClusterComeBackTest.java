package dev.agentws.conversation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What clients of a node see that was cut off from Redis for longer than its lease, and comes back. */
@SuppressWarnings("NullAway.Init") // set before each test
final class ClusterComeBackTest extends ClusterStage {
    /** Of node a. */
    private Talk ann;

    @BeforeEach
    void startNodes() throws Exception {
        startTwo();
        ann = nodes.client("ann", "a").create("{}");
        turn(ann, "one", "alpha");
        ann.await("agent_result");
    }

    private void turn(Talk talk, String prompt, String answer) throws Exception {
        talk.prompt(prompt);
        nodes.call().start().text(answer).end("end_turn");
    }

    /** A client of b, which has taken the session over. */
    private Talk takenOver() {
        Talk bob = nodes.client("bob", "b").talk(ann.id()).subscribe(0);
        bob.await("agent_result");
        nodes.until("b has it", () -> owner(ann).equals("b"));
        return bob;
    }

    @Test
    void whoSawMoreElsewhereIsToldOfNoGap() throws Exception {
        nodes.cutOff("a");
        Talk bob = takenOver();
        turn(bob, "two", "beta");
        Frame second = bob.await("agent_result");
        Client late = nodes.client("late", "a");
        Talk back = late.talk(ann.id()).subscribe(second.seq());
        late.send("{\"type\":\"ping\"}");
        late.await("pong");
        nodes.joinAgain("a");
        assertThat(tellsGap(back.await("subscribed"))).isFalse();
        turn(back, "three", "gamma");
        back.await("agent_result");
        assertThat(back.briefs()).contains("+gamma").doesNotContain("+alpha", "+beta");
        ann.await("the third answer", frame -> frame.brief().equals("+gamma"));
    }

    @Test
    void aPromptThatWasNotWrittenRunsWhereTheSessionIsThen() throws Exception {
        nodes.cutOff("a");
        ann.prompt("two", "p2");
        assertThat(nodes.call().body().toString()).contains("two");
        Talk bob = takenOver();
        nodes.joinAgain("a");
        nodes.call().start().text("beta").end("end_turn");
        assertThat(ann.await("agent_result").at("prompt_id")).isEqualTo("p2");
        assertThat(bob.await("agent_result").at("prompt_id")).isEqualTo("p2");
        assertThat(ann.briefs()).contains("+beta");
    }

    @Test
    void whoSentWhatMustNotBeDoneTwiceIsToldThatNobodyKnowsWhetherItWasDone() throws Exception {
        nodes.cutOff("a");
        ann.prompt("two");
        assertThat(nodes.call().body().toString()).contains("two");
        Talk bob = takenOver();
        nodes.joinAgain("a");
        Frame told = ann.await("error");
        assertThat(told.at("code")).isEqualTo("overloaded");
        assertThat(told.at("request_type")).isEqualTo("send_prompt");
        assertThat(told.json().path("retryable").asBoolean()).isTrue();
        turn(ann, "two", "beta");
        ann.await("agent_result");
        bob.await("agent_result");
    }

    @Test
    void aSessionWhoseEndWasNotWrittenEndsWhereItIsThen() {
        nodes.cutOff("a");
        ann.end();
        Talk bob = takenOver();
        nodes.joinAgain("a");
        ann.await("session_ended");
        bob.await("session_ended");
    }

    @Test
    void whoComesLateWaitsForWhatCannotBeReadJustNow() {
        nodes.cutOff("a");
        takenOver();
        nodes.cutOff("b");
        Talk late = nodes.client("late", "b").talk(ann.id()).subscribe(0);
        late.await("subscribed");
        nodes.until("reading has failed", () -> ready("b").contains("cut_off"));
        nodes.joinAgain("b");
        late.await("agent_result");
        assertThat(late.briefs()).contains("+alpha");
        List<Frame> told = late.frames().stream().filter(ClusterStage::tellsGap).toList();
        assertThat(told).isEmpty();
    }
}
