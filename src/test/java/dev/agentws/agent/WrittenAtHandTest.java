package dev.agentws.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentws.agent.model.BlockKind;
import dev.agentws.agent.model.DeltaKind;
import dev.agentws.journal.GatedJournal;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A session is written down when it is at hand anyway, so that nobody has to fetch it for that. */
final class WrittenAtHandTest {
    private static final Duration A_MOMENT = Duration.ofMillis(2);
    private static final long A_ROUND_NANOS = 500_000;

    private final GatedJournal journal = new GatedJournal(1 << 20);
    private final SessionStage stage = new SessionStage("{}", journal);
    private final ScriptedModel.Call call;
    private int block;

    WrittenAtHandTest() {
        stage.pass(A_MOMENT);
        stage.prompt("one");
        call = stage.model.last().start();
        open();
        stage.pass(A_MOMENT);
    }

    @AfterEach
    void endTheTurn() {
        journal.release();
        call.stop(block).end("end_turn");
        stage.pass(A_MOMENT);
    }

    private void open() {
        block = call.open(BlockKind.TEXT, "{\"type\":\"text\",\"text\":\"\"}");
    }

    private void say(String text) {
        call.delta(block, DeltaKind.TEXT, text);
    }

    private void passARound() {
        stage.channel.advanceTimeBy(A_ROUND_NANOS, TimeUnit.NANOSECONDS);
        stage.channel.runScheduledPendingTasks();
    }

    @Test
    void whoSaysMoreARoundLaterIsWrittenDownAtOnceAndNotAgainByTheTimer() {
        journal.hold();
        say("a");
        say("b");
        assertThat(journal.held()).as("in the same round").isZero();
        passARound();
        assertThat(journal.held()).isZero();
        say("c");
        assertThat(journal.held()).isEqualTo(1);
        passARound();
        passARound();
        assertThat(journal.held()).isEqualTo(1);
    }

    @Test
    void whoSaysNoMoreIsWrittenDownByTheTimer() {
        journal.hold();
        say("a");
        passARound();
        assertThat(journal.held()).isZero();
        passARound();
        assertThat(journal.held()).isEqualTo(1);
    }

    @Test
    void inALongAnswerWhatIsWrittenIsLetGoOfBeforeTheTurnIsOver() {
        for (int i = 0; i < 6; i++) {
            say("x".repeat(100_000));
            stage.pass(A_MOMENT);
            call.stop(block);
            open();
        }
        assertThat(stage.session.story().heldFrom()).isGreaterThan(1);
    }

    @Test
    void whoWaitsForWhatWasWrittenAlreadyDoesNotWaitForMore() {
        say("a");
        stage.pass(A_MOMENT);
        boolean[] safe = {false};
        stage.session.story().whenSafe(() -> safe[0] = true);
        assertThat(safe[0]).isTrue();
    }

    @Test
    void whoWaitsForWhatIsBeingWrittenHearsOfItAtOnce() {
        journal.hold();
        say("a");
        passARound();
        say("b");
        boolean[] safe = {false};
        stage.session.story().whenSafe(() -> safe[0] = true);
        assertThat(safe[0]).isFalse();
        journal.release();
        stage.settle();
        assertThat(safe[0]).isTrue();
    }
}
