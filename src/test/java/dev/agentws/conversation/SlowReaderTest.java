package dev.agentws.conversation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentws.simulator.Scripts;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** A client that stops reading: its own stream stops at its source, everybody else's goes on, and nothing is lost. */
@ParameterizedClass
@EnumSource(Way.class)
final class SlowReaderTest {
    private static final int PIECES = 2_000;
    private static final int PAD = 6_000;
    /** As fast as the socket takes it, some 12 MB: more than all sockets on the way hold, which is 4 to 5 MB. */
    private static final String FLOOD = "[[n=" + PIECES + ",burst=16,pad=" + PAD + ",pace=0]]";

    /** Leak detection looks at every access to every byte, which makes megabytes long. */
    private static final Duration LONG = Duration.ofSeconds(40);

    /** Longer than a reader at work needs to make room for the next write. */
    private static final Duration CALM = Duration.ofMillis(1_500);

    @RegisterExtension
    final Stage stage = new Stage();

    SlowReaderTest(Way way) {
        stage.settings.way = way;
    }

    @BeforeEach
    void aModelThatTalksAsFastAsItIsHeard() {
        stage.settings.script = Scripts.agent(Duration.ZERO);
        stage.settings.maxLogBytes = 256 << 20;
    }

    @Test
    void theModelIsReadNoFasterThanTheClientReadsAndOthersGoOn() {
        Client slow = stage.client("slow", 16 << 10);
        Talk talk = slow.create("{}");
        talk.prompt(FLOOD);
        talk.await("a piece", Frame::isPiece);
        slow.pause();
        assertThatTheModelStandsStill();

        Talk sibling = stage.client("sibling").create("{}");
        long before = stage.stats().deltas();
        sibling.prompt("[[n=50,burst=1,pace=0]]");
        assertThat(sibling.turn()).endsWith("result end_turn");
        assertThat(stage.stats().deltas()).isEqualTo(before + 50);

        slow.resume();
        talk.await("agent_result");
        assertThat(talk.frames().stream().filter(Frame::isPiece)).hasSize(PIECES);
    }

    @Test
    void aSlowClientThatVanishesHoldsUpItsTurnNoLonger() {
        Client slow = stage.client("slow", 16 << 10);
        Talk talk = slow.create("{}");
        talk.prompt(FLOOD);
        talk.await("a piece", Frame::isPiece);
        slow.pause();
        assertThatTheModelStandsStill();
        slow.vanish();
        stage.within(LONG, "the turn is over", () -> stage.stats().active() == 0);
        assertThat(stage.stats().aborted()).isZero();
        Talk other = stage.client("other").talk(talk.id()).subscribe(0);
        other.await("agent_result");
        assertThat(Merged.briefs(other.frames())).hasSize(6).endsWith("result end_turn");
    }

    @Test
    void aSlowClientsTurnCanBeEndedByOthers() {
        Client slow = stage.client("slow", 16 << 10);
        Talk talk = slow.create("{}");
        talk.prompt(FLOOD);
        talk.await("a piece", Frame::isPiece);
        slow.pause();
        assertThatTheModelStandsStill();
        Client other = stage.client("other");
        other.talk(talk.id()).end();
        stage.within(
                Duration.ofSeconds(1),
                "the model's connection is gone",
                () -> stage.stats().aborted() == 1);
        assertThat(stage.server().sessions()).isZero();
        slow.resume();
        talk.await("session_ended");
    }

    private void assertThatTheModelStandsStill() {
        stage.until("the model stands still", calm());

        assertThat(stage.stats().deltas()).isLessThan(PIECES / 2);
        assertThat(stage.stats().active()).isEqualTo(1);
    }

    /** True once nothing has been written for a while. */
    private BooleanSupplier calm() {
        AtomicLong deltas = new AtomicLong();
        AtomicLong since = new AtomicLong(System.nanoTime());
        return () -> {
            long now = System.nanoTime();
            if (deltas.getAndSet(stage.stats().deltas()) != deltas.get()) {
                since.set(now);
            }
            return now - since.get() > CALM.toNanos();
        };
    }
}
