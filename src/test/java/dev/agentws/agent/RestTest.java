package dev.agentws.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentws.agent.CutShortTest.Life;
import dev.agentws.journal.Entry;
import dev.agentws.journal.GatedJournal;
import dev.agentws.journal.JournalException.Reason;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A session with nothing under way says in its book that nobody has seen more than is there: a kill then leaves no doubt. */
final class RestTest {
    private static final Duration WRITTEN = Duration.ofMillis(5);
    private static final Duration A_WHILE = Duration.ofMillis(600);

    private final GatedJournal journal = new GatedJournal(1 << 20);
    private final SessionStage stage = new SessionStage("{}", journal);

    private void turn(String prompt) {
        stage.prompt(prompt);
        stage.settle();
        stage.model.last().start().text("answer").end("end_turn");
        stage.pass(WRITTEN);
    }

    /** What the next life finds if the process is killed now. */
    private List<Entry> killed() {
        journal.holdAppends();
        stage.registry.suspendAll();
        stage.pass(WRITTEN);
        return CutShortTest.read(journal, "S");
    }

    private static long rests(List<Entry> book) {
        return book.stream().filter(entry -> entry.kind().equals("rest")).count();
    }

    @Test
    void aKillWhileItRestsLeavesNoHoleAndTheNumbersGoOn() throws Exception {
        turn("one");
        stage.pass(A_WHILE);
        List<Entry> book = killed();
        long last = CutShortTest.end(book);
        Life life = new Life(book);
        assertThat(life.story.lastSeq()).isEqualTo(last);
        assertThat(life.story.goOnAfter(last)).isEqualTo(last);
        life.session.prompt(life.stage.promptOf("two", new SessionStage.Watcher()));
        List<Entry> all = life.killed();
        assertThat(CutShortTest.holes(all)).isEmpty();
        assertThat(all.subList(book.size(), all.size()).stream()
                        .filter(entry -> entry.kind().equals("frame"))
                        .map(Entry::seq)
                        .findFirst())
                .hasValue(last + 1);
    }

    @Test
    void alsoIfNobodyHasEverAskedItAnything() throws Exception {
        stage.pass(A_WHILE);
        assertThat(CutShortTest.holes(new Life(killed()).killed())).isEmpty();
    }

    @Test
    void aKillBeforeThatLeavesOne() throws Exception {
        turn("one");
        List<Entry> book = killed();
        assertThat(rests(book)).isZero();
        assertThat(CutShortTest.holes(new Life(book).killed())).hasSize(1);
    }

    @Test
    void soDoesAKillInTheNextTurn() throws Exception {
        turn("one");
        stage.pass(A_WHILE);
        stage.prompt("two");
        stage.pass(WRITTEN);
        List<Entry> book = killed();
        assertThat(rests(book)).isEqualTo(1);
        assertThat(CutShortTest.holes(new Life(book).killed())).hasSize(1);
    }

    @Test
    void aTurnThatTakesLongIsNoRest() {
        stage.prompt("one");
        stage.pass(WRITTEN);
        stage.model.last().start();
        stage.pass(A_WHILE.multipliedBy(3));
        assertThat(rests(killed())).isZero();
    }

    @Test
    void whatIsShownFirstBehindItIsShownOnceItIsSafeFromALossOfPowerAndTheRestAtOnce() {
        turn("one");
        stage.pass(A_WHILE);
        stage.heard();
        long last = stage.session.story().lastSeq();
        assertThat(last).isEqualTo(stage.session.story().lastNumber());
        assertThat(journal.durable()).isZero();
        journal.hold();
        stage.prompt("two");
        stage.pass(WRITTEN);
        assertThat(stage.session.story().lastSeq()).isEqualTo(last);
        assertThat(stage.session.story().lastNumber()).isGreaterThan(last);
        assertThat(stage.heard()).isEmpty();
        assertThat(journal.held()).isEqualTo(1);
        assertThat(journal.durable()).isEqualTo(1);
        journal.release();
        stage.settle();
        assertThat(stage.heard()).contains("thinking");
        journal.hold();
        stage.model.last().start().text("answer").end("end_turn");
        assertThat(stage.heard()).contains("m2+answer", "result p-two end_turn");
        stage.pass(WRITTEN);
        assertThat(journal.durable()).isEqualTo(1);
        journal.release();
    }

    @Test
    void aPromptThatComesWhileTheRestIsBeingWrittenWaitsForBothOnly() {
        turn("one");
        journal.hold();
        stage.pass(A_WHILE);
        assertThat(journal.held()).isEqualTo(1);
        stage.heard();
        stage.prompt("two");
        boolean[] safe = {false};
        stage.session.story().whenSafe(() -> safe[0] = true);
        journal.release();
        stage.settle();
        assertThat(stage.heard()).contains("thinking");
        assertThat(safe[0]).isTrue();
    }

    @Test
    void whoFollowsAtOnceLeavesNoRestBetween() {
        for (int i = 0; i < 3; i++) {
            turn("p" + i);
        }
        stage.pass(A_WHILE);
        assertThat(rests(killed())).isEqualTo(1);
    }

    @Test
    void itRestsHalfASecondAfterTheLastThatHappenedAndNotAfterTheFirst() {
        stage.channel.freezeTime();
        for (int i = 0; i < 4; i++) {
            turn("p" + i);
            stage.pass(Duration.ofMillis(400));
        }
        assertThat(stage.session.story().lastSeq()).isEqualTo(stage.watcher.lastSeq);
        journal.hold();
        stage.pass(Duration.ofMillis(80));
        assertThat(journal.held()).isZero();
        stage.pass(Duration.ofMillis(40));
        assertThat(journal.held()).isEqualTo(1);
        journal.release();
        assertThat(rests(killed())).isEqualTo(1);
    }

    @Test
    void thereIsOneForEachTimeThatSomethingWasShown() {
        for (int i = 0; i < 3; i++) {
            turn("p" + i);
            stage.pass(A_WHILE.multipliedBy(10));
        }
        assertThat(rests(killed())).isEqualTo(3);
    }

    @Test
    void whoRestedWhenItsProcessDiedRestsInItsNextLife() throws Exception {
        turn("one");
        stage.pass(A_WHILE);
        List<Entry> book = killed();
        Life life = new Life(book);
        life.stage.pass(A_WHILE);
        assertThat(CutShortTest.read(journal, "S")).hasSameSizeAs(book);
        long last = life.story.lastSeq();
        life.journal.hold();
        life.session.prompt(life.stage.promptOf("two", new SessionStage.Watcher()));
        life.stage.pass(WRITTEN);
        assertThat(life.story.lastSeq()).isEqualTo(last);
        assertThat(life.journal.durable()).isEqualTo(1);
        life.journal.release();
        life.stage.pass(WRITTEN);
        assertThat(life.story.lastSeq()).isGreaterThan(last);
    }

    @Test
    void ifTheDiskTakesNothingAnyMoreItStandsStill() {
        turn("one");
        stage.pass(A_WHILE);
        long last = stage.session.story().lastSeq();
        journal.fail(Reason.DAMAGED);
        stage.prompt("two");
        stage.pass(WRITTEN);
        assertThat(stage.session.story().lastSeq()).isEqualTo(last);
        assertThat(stage.prompt("three")).isEqualTo(Accepted.OVERLOADED);
    }

    @Test
    void whereNothingIsShownBeforeItIsSafeNoRestIsNeeded() {
        GatedJournal strict = new GatedJournal(1 << 20);
        SessionStage careful = new SessionStage("{}", strict, true);
        careful.pass(A_WHILE);
        careful.registry.suspendAll();
        careful.pass(WRITTEN);
        assertThat(rests(CutShortTest.read(strict, "S"))).isZero();
    }
}
