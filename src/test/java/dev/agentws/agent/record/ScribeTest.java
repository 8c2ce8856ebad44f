package dev.agentws.agent.record;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.EventLoop;
import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the sessions of one loop share when they are written down. */
final class ScribeTest {
    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final EventLoop loop = channel.eventLoop();
    private final Scribe scribe = new Scribes(Duration.ofMillis(40)).of(loop);
    private final List<Integer> done = new ArrayList<>();

    @BeforeEach
    void stopTheClock() {
        channel.freezeTime();
    }

    private void pass(int millis) {
        channel.advanceTimeBy(millis, TimeUnit.MILLISECONDS);
        channel.runScheduledPendingTasks();
    }

    private void lineUp(int number) {
        scribe.lineUp(() -> done.add(number));
    }

    @Test
    void whoLinesUpIsServedWithinTheDelayTogetherWithAllOfItsRound() {
        lineUp(1);
        pass(15);
        lineUp(2);
        pass(5);
        lineUp(3);
        pass(19);
        assertThat(done).isEmpty();
        pass(1);
        assertThat(done).containsExactly(1, 2);
        pass(20);
        assertThat(done).containsExactly(1, 2, 3);
        pass(1000);
        assertThat(done).hasSize(3);
    }

    @Test
    void whoLeavesTheLineIsNotServedAndTheOthersAre() {
        Runnable leaving = () -> done.add(1);
        int since = scribe.round();
        int place = scribe.lineUp(leaving);
        lineUp(2);
        pass(20);
        assertThat(scribe.round()).isNotEqualTo(since);
        assertThat(scribe.leave(since, place, leaving)).isTrue();
        assertThat(scribe.leave(since, place, leaving)).as("twice").isFalse();
        pass(20);
        assertThat(done).containsExactly(2);
    }

    @Test
    void whoWasServedCannotTakeThePlaceOfAnother() {
        Runnable served = () -> done.add(1);
        int since = scribe.round();
        int place = scribe.lineUp(served);
        pass(20);
        lineUp(2);
        pass(20);
        lineUp(3);
        pass(20);
        lineUp(4);
        assertThat(scribe.leave(since, place, served)).isFalse();
        pass(20);
        pass(20);
        assertThat(done).containsExactly(1, 2, 3, 4);
    }

    @Test
    void whenTheLastHasLeftTheTimerStops() {
        Runnable leaving = () -> done.add(1);
        int place = scribe.lineUp(leaving);
        scribe.leave(scribe.round(), place, leaving);
        pass(20);
        assertThat(channel.hasPendingTasks()).isFalse();
    }

    @Test
    void oneThatFailsDoesNotKeepTheOthersFromBeingServed() {
        scribe.lineUp(() -> {
            throw new IllegalStateException("one");
        });
        lineUp(2);
        pass(20);
        pass(20);
        scribe.tell(() -> {
            throw new IllegalStateException("four");
        });
        scribe.tell(() -> done.add(5));
        channel.runPendingTasks();
        assertThat(done).containsExactly(2, 5);
    }

    @Test
    void whoLinesUpWhileOthersAreServedWaitsForItsRound() {
        scribe.lineUp(() -> lineUp(1));
        pass(20);
        pass(20);
        assertThat(done).isEmpty();
        pass(20);
        pass(20);
        assertThat(done).containsExactly(1);
    }

    @Test
    void ofManyTheLoopServesAFewAtATimeAndDoesOtherThingsBetween() {
        for (int i = 0; i < 600; i++) {
            lineUp(i);
        }
        pass(20);
        pass(20);
        assertThat(done).as("the loop looks at its sockets").hasSizeLessThan(600);
        done.add(-1);
        pass(1);
        pass(1);
        assertThat(done).hasSize(601).doesNotHaveDuplicates();
        assertThat(done.indexOf(-1)).isBetween(1, 599);
        assertThat(done.stream().filter(number -> number >= 0)).isSorted();
    }

    @Test
    void whatIsToldInARowIsOneTaskOfTheLoop() {
        List<String> order = new ArrayList<>();
        scribe.tell(() -> order.add("one"));
        loop.execute(() -> order.add("other"));
        scribe.tell(() -> order.add("two"));
        channel.runPendingTasks();
        assertThat(order).containsExactly("one", "two", "other");
        scribe.tell(() -> order.add("three"));
        channel.runPendingTasks();
        assertThat(order).endsWith("three");
    }
}
