package dev.agentws.anthropic.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class PulseTest implements Pulse.Patient {
    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final List<String> done = new ArrayList<>();
    private final Pulse pulse = new Pulse(
            channel.eventLoop(),
            new SharedRules(100, 65536, Duration.ofSeconds(30), Duration.ofSeconds(15)),
            Duration.ofSeconds(50),
            this);
    private boolean used = true;

    @BeforeEach
    void start() {
        channel.freezeTime();
        pulse.start();
        pass(0);
    }

    @AfterEach
    void stop() {
        pulse.stop();
        channel.finishAndReleaseAll();
    }

    @Override
    public boolean isInUse() {
        return used;
    }

    @Override
    public void askForSign() {
        done.add("ask");
    }

    @Override
    public void giveUp(String why) {
        done.add(why);
    }

    @Override
    public void retire() {
        done.add("retire");
    }

    @Test
    void aSilentConnectionIsAskedAndThenGivenUp() {
        pass(29);
        assertThat(done).isEmpty();
        pass(1);
        assertThat(done).containsExactly("ask");
        pass(14);
        assertThat(done).hasSize(1);
        pass(1);
        assertThat(done).containsExactly("ask", "no sign of life for 45000 ms");
    }

    @Test
    void aConnectionThatAnswersIsAskedAgainAfterTheNextSilenceOnly() {
        pass(30);
        pulse.read();
        pass(29);
        assertThat(done).containsExactly("ask");
        pass(1);
        assertThat(done).containsExactly("ask", "ask");
    }

    @Test
    void aConnectionThatIsReadIsLeftInPeace() {
        for (int i = 0; i < 20; i++) {
            pass(10);
            pulse.read();
        }
        assertThat(done).isEmpty();
    }

    @Test
    void aConnectionWithoutStreamsIsClosedAfterItsLife() {
        used = false;
        pulse.idle();
        pass(49);
        assertThat(done).isEmpty();
        pass(1);
        assertThat(done).containsExactly("retire");
    }

    @Test
    void nothingIsAskedOnceItHasStopped() {
        pulse.stop();
        pass(100);
        assertThat(done).isEmpty();
    }

    private void pass(int seconds) {
        channel.advanceTimeBy(seconds, TimeUnit.SECONDS);
        channel.runScheduledPendingTasks();
        channel.runPendingTasks();
    }
}
