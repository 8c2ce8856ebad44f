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
    void allWhoLinedUpMeanwhileAreServedWithTheFirst() {
        lineUp(1);
        pass(30);
        lineUp(2);
        pass(9);
        assertThat(done).isEmpty();
        pass(1);
        assertThat(done).containsExactly(1, 2);
        pass(1000);
        assertThat(done).hasSize(2);
    }

    @Test
    void oneThatFailsDoesNotKeepTheOthersFromBeingServed() {
        scribe.lineUp(() -> {
            throw new IllegalStateException("one");
        });
        lineUp(2);
        pass(40);
        lineUp(3);
        pass(40);
        scribe.tell(() -> {
            throw new IllegalStateException("four");
        });
        scribe.tell(() -> done.add(5));
        channel.runPendingTasks();
        assertThat(done).containsExactly(2, 3, 5);
    }

    @Test
    void whoLinesUpWhileOthersAreServedWaitsForTheNextTime() {
        scribe.lineUp(() -> lineUp(1));
        pass(40);
        assertThat(done).isEmpty();
        pass(40);
        assertThat(done).containsExactly(1);
    }

    @Test
    void ofManyTheLoopServesAFewAtATimeAndDoesOtherThingsBetween() {
        for (int i = 0; i < 600; i++) {
            lineUp(i);
        }
        pass(40);
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
