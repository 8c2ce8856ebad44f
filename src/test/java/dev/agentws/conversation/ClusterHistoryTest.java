package dev.agentws.conversation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentws.journal.redis.RedisServer;
import dev.agentws.simulator.SimulatedCall;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What clients are told when Redis comes back as it was some time ago. */
final class ClusterHistoryTest extends ClusterStage {
    @Override
    Nodes open(Path in) throws Exception {
        return new Nodes(in, RedisServer.start(in, "no"));
    }

    @BeforeEach
    void startNodes() throws Exception {
        startTwo();
    }

    private Frame turn(Talk talk, String prompt, String answer) throws Exception {
        talk.prompt(prompt);
        nodes.call().start().text(answer).end("end_turn");
        return talk.await("agent_result");
    }

    @Test
    void whoeverSawWhatWasLostIsToldEvenIfTheOwnerDiesAndNothingIsTakenForIt() throws Exception {
        Talk ann = nodes.client("ann", "a").create("{}");
        Frame first = turn(ann, "one", "alpha");
        RedisServer.Written written = nodes.redis.restart();
        Frame lost = turn(ann, "two", "beta");
        Talk bob = nodes.client("bob", "b").talk(ann.id()).subscribe(0);
        bob.await("the second result", frame -> frame.seq() == lost.seq());
        nodes.cutOff("a");
        nodes.redis.forget(written);
        Frame told = bob.await("a gap", ClusterStage::tellsGap);
        assertThat(told.json().path("last_seq").asLong()).isEqualTo(first.seq());
        bob.prompt("three");
        SimulatedCall call = nodes.call();
        assertThat(call.body().path("messages").toString())
                .contains("alpha", "three")
                .doesNotContain("beta");
        call.start().text("gamma").end("end_turn");
        Frame third = bob.await("agent_result");
        assertThat(third.seq()).isGreaterThan(lost.seq());
        for (long seen : new long[] {first.seq(), lost.seq() - 1, lost.seq(), lost.seq() + 50}) {
            Talk back = nodes.client("back" + seen, "b").talk(ann.id()).subscribe(seen);
            assertToldOnce(back, third);
        }
        Talk late = nodes.client("late", "b").talk(ann.id()).subscribe(0);
        late.await("a gap", ClusterStage::tellsGap);
        late.await("the third result", frame -> frame.seq() == third.seq());
        assertThat(late.briefs()).contains("+alpha", "+gamma").doesNotContain("+beta");
        nodes.joinAgain("a");
        nodes.until("a knows that it is another's", () -> nodes.server("a").sessions() == 0);
        for (long seen : new long[] {first.seq(), lost.seq()}) {
            Client far = nodes.client("far" + seen, "a");
            Talk back = far.talk(ann.id());
            nodes.until("a has reached Redis again", () -> !back.subscribe(seen)
                    .await("an answer", frame -> frame.type().matches("error|subscribed"))
                    .type()
                    .equals("error"));
            assertToldOnce(back, third);
        }
    }

    /** The first answer tells the gap, and nothing else does. */
    private static void assertToldOnce(Talk back, Frame next) {
        Frame result = back.await("agent_result");
        assertThat(result.seq()).isEqualTo(next.seq());
        assertThat(back.briefs()).contains("+gamma").doesNotContain("+alpha", "+beta");
        List<Frame> told = back.frames().stream()
                .filter(frame -> frame.type().equals("subscribed"))
                .toList();
        assertThat(told).singleElement().satisfies(frame -> {
            assertThat(tellsGap(frame)).isTrue();
            assertThat(frame.json().path("first_seq").asLong()).isGreaterThan(1_000_000_000L);
        });
    }

    @Test
    void anIdleSessionWhoseHistoryIsLostIsLetGoOfAndGoesOnWithWhatThereIs() throws Exception {
        Talk ann = nodes.client("ann", "a").create("{}");
        Frame first = turn(ann, "one", "alpha");
        RedisServer.Written written = nodes.redis.restart();
        turn(ann, "two", "beta");
        nodes.redis.forget(written);
        Frame told = ann.await("a gap", ClusterStage::tellsGap);
        assertThat(told.json().path("last_seq").asLong()).isEqualTo(first.seq());
        ann.prompt("three");
        SimulatedCall call = nodes.call();
        assertThat(call.body().path("messages").toString())
                .contains("alpha", "three")
                .doesNotContain("beta");
        call.start().text("gamma").end("end_turn");
        ann.await(
                "the third result",
                frame -> frame.seq() > 1_000_000_000L && frame.type().equals("agent_result"));
    }

    @Test
    void aSessionThatMayHaveLostItsEndTellsSoWhenItIsTakenUp() throws Exception {
        Talk ann = nodes.client("ann", "a").create("{}");
        turn(ann, "one", "alpha");
        nodes.server("a").close();
        nodes.redis.restart();
        Talk bob = nodes.client("bob", "b").talk(ann.id());
        nodes.until("b has reached Redis again", () -> !bob.subscribe(0)
                .await("an answer", frame -> frame.type().matches("error|subscribed"))
                .type()
                .equals("error"));
        bob.await("a gap", ClusterStage::tellsGap);
        assertThat(bob.briefs()).contains("+alpha");
        turn(bob, "two", "beta");
    }
}
