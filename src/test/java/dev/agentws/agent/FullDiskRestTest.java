package dev.agentws.agent;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.agentws.journal.GatedJournal;
import dev.agentws.journal.JournalException.Reason;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** A session that is idle on a full disk: nobody waits for what it would write. */
final class FullDiskRestTest {
    private static final int STEP_MS = 100;
    /** The first try, and those 0.5, 1.5, 3.5, 7.5, 15.5, 31.5 and 47.5 s later. */
    private static final int TRIES_IN_A_MINUTE = 8;

    private final GatedJournal journal = new GatedJournal(1 << 20);
    private final SessionStage stage = new SessionStage("{}", journal);
    private final Logger writing = (Logger) LoggerFactory.getLogger("dev.agentws.agent.record");
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();

    @BeforeEach
    void fill() {
        stage.channel.freezeTime();
        log.start();
        writing.setLevel(Level.INFO);
        writing.addAppender(log);
        stage.prompt("one");
        stage.settle();
        stage.model.last().start().text("answer").end("end_turn");
        pass(STEP_MS);
        journal.fail(Reason.FULL);
        pass(600);
        assertThat(journal.refused()).isEqualTo(1);
    }

    @AfterEach
    void leave() {
        writing.detachAppender(log);
        writing.setLevel(null);
    }

    private void pass(int ms) {
        for (int passed = 0; passed < ms; passed += STEP_MS) {
            stage.pass(Duration.ofMillis(STEP_MS));
        }
    }

    private List<String> told(Level least) {
        return log.list.stream()
                .filter(line -> line.getLevel().isGreaterOrEqual(least))
                .map(ILoggingEvent::getFormattedMessage)
                .toList();
    }

    @Test
    void itTriesLessAndLessOftenAndSaysSoOnce() {
        pass(60_000);
        assertThat(journal.refused()).isEqualTo(TRIES_IN_A_MINUTE);
        assertThat(told(Level.INFO)).singleElement().asString().contains("cannot be written just now");
        journal.fail(null);
        pass(16_000);
        assertThat(told(Level.INFO)).hasSize(2).last().asString().contains("is written down again");
        journal.fail(Reason.FULL);
        stage.prompt("two");
        pass(600);
        assertThat(told(Level.WARN)).as("this is another one").hasSize(2);
    }

    @Test
    void aPromptFindsTheDiskAsItIsAndNotAsItWas() {
        pass(60_000);
        assertThat(stage.prompt("two")).isEqualTo(Accepted.OVERLOADED);
        assertThat(journal.refused()).isEqualTo(TRIES_IN_A_MINUTE + 1);
        assertThat(stage.prompt("two")).as("not with each that comes").isEqualTo(Accepted.OVERLOADED);
        assertThat(journal.refused()).isEqualTo(TRIES_IN_A_MINUTE + 1);
        pass(60_000);
        journal.fail(null);
        assertThat(stage.prompt("two")).isEqualTo(Accepted.STARTED);
    }

    @Test
    void whoWaitsUntilAllIsSafeWaitsNoLongerThanTheDisk() {
        pass(60_000);
        journal.fail(null);
        boolean[] safe = {false};
        stage.session.story().whenSafe(() -> safe[0] = true);
        stage.settle();
        assertThat(safe[0]).isTrue();
    }

    @Test
    void whoWaitsWhileTheDiskStaysFullHearsSoonAfterItHasRoom() {
        pass(60_000);
        boolean[] safe = {false};
        stage.session.story().whenSafe(() -> safe[0] = true);
        pass(30_000);
        assertThat(safe[0]).isFalse();
        journal.fail(null);
        pass(600);
        assertThat(safe[0]).isTrue();
    }

    @Test
    void whatIsToBeShownIsTriedTwiceASecond() {
        pass(60_000);
        stage.session.choices().title("another");
        pass(1_000);
        int before = journal.refused();
        pass(10_000);
        assertThat(journal.refused()).as("the rest and the title").isEqualTo(before + 2 * 20);
        journal.fail(null);
        pass(500);
        assertThat(stage.session.story().lastSeq())
                .isEqualTo(stage.session.story().lastNumber());
    }

    @Test
    void ifTheServerEndsThenNothingIsSaidToBeLost() {
        pass(60_000);
        assertThat(stage.registry.suspendAll()).isCompleted();
        pass(60_000);
        assertThat(journal.refused()).isEqualTo(TRIES_IN_A_MINUTE + 1);
        assertThat(told(Level.ERROR)).isEmpty();
    }
}
