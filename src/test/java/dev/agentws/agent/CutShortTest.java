package dev.agentws.agent;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.agentws.agent.model.BlockKind;
import dev.agentws.agent.model.DeltaKind;
import dev.agentws.agent.record.StoredSession;
import dev.agentws.journal.Book;
import dev.agentws.journal.Entry;
import dev.agentws.journal.GatedJournal;
import dev.agentws.journal.JournalException.Reason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Sessions that may have shown more than was written when their process was killed: no number is given to a second frame. */
final class CutShortTest {
    private static final long HOLE = 100_000_000;
    private static final Duration WRITTEN = Duration.ofMillis(5);

    /** A book that ends in the midst of an answer. */
    private final List<Entry> atWork = book(false);
    /** One that ends behind a turn. */
    private final List<Entry> idle = book(true);

    private static List<Entry> book(boolean whole) {
        GatedJournal journal = new GatedJournal(1 << 20);
        SessionStage stage = new SessionStage("{}", journal);
        stage.prompt("one");
        ScriptedModel.Call call = stage.model.last().start();
        int index = call.open(BlockKind.TEXT, "{\"type\":\"text\",\"text\":\"\"}");
        call.delta(index, DeltaKind.TEXT, "Hel");
        stage.pass(WRITTEN);
        if (whole) {
            call.stop(index).end("end_turn");
        } else {
            journal.holdAppends();
        }
        stage.registry.suspendAll();
        stage.pass(WRITTEN);
        return read(journal, "S");
    }

    static List<Entry> read(GatedJournal journal, String id) {
        List<Entry> all = new ArrayList<>();
        try (Book book = journal.open(id)) {
            book.read(-1, all::add);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
        return all;
    }

    static long end(List<Entry> book) {
        return book.get(book.size() - 1).seq();
    }

    static List<Long> holes(List<Entry> book) {
        return book.stream()
                .filter(entry -> entry.kind().equals("hole"))
                .map(Entry::seq)
                .toList();
    }

    /** One more life of a session, after a kill. */
    static final class Life {
        final GatedJournal journal = new GatedJournal(1 << 20);
        final SessionStage stage = new SessionStage("{}", journal);
        final Session session;
        final Story story;

        Life(List<Entry> left) throws Exception {
            this(left, GatedJournal::kill);
        }

        Life(List<Entry> left, Consumer<GatedJournal> disk) throws Exception {
            Book book = journal.create("R");
            book.append(left, failure -> assertThat(failure).isNull());
            book.close();
            disk.accept(journal);
            StoredSession stored = new StoredSession();
            for (Entry entry : left) {
                stored.apply(entry);
            }
            session = stage.revive(journal.open("R"), stored);
            story = session.story();
        }

        /** What the next life finds if this one is killed. */
        List<Entry> killed() {
            stage.pass(WRITTEN);
            journal.holdAppends();
            stage.registry.suspendAll();
            stage.pass(WRITTEN);
            return read(journal, "R");
        }
    }

    @Test
    void theFramesThatCloseACutTurnHaveNumbersThatNobodyHasSeen() throws Exception {
        Life life = new Life(atWork);
        List<Entry> all = life.killed();
        long last = end(atWork);
        assertThat(all.subList(0, atWork.size()).stream().map(Entry::seq))
                .containsExactlyElementsOf(atWork.stream().map(Entry::seq).toList());
        assertThat(all.get(atWork.size()).kind()).isEqualTo("hole");
        assertThat(holes(all)).containsExactly(last + HOLE);
        List<Entry> closing = all.subList(atWork.size() + 1, all.size());
        assertThat(closing.stream()
                        .filter(entry -> entry.kind().equals("frame"))
                        .map(Entry::seq)
                        .findFirst())
                .hasValue(last + HOLE + 1);
        assertThat(closing.stream().map(entry -> new String(entry.json(), UTF_8)))
                .anyMatch(json -> json.startsWith("{\"type\":\"agent_result\""));
    }

    @Test
    void whoSawMoreThanIsThereIsToldOnceHoweverLateItAsks() throws Exception {
        Life life = new Life(atWork);
        long last = end(atWork);
        for (int round = 0; round < 2; round++) {
            // All that is there, and more: behind the hole, so a gap is told.
            for (long seen : new long[] {last, last + 1, last + 20, last + HOLE - 1}) {
                assertThat(life.story.goOnAfter(seen)).isEqualTo(last + HOLE);
            }
            // Less: the rest first. And who has been told: no more of it.
            for (long seen : new long[] {0, last - 1, last + HOLE, life.story.lastSeq()}) {
                assertThat(life.story.goOnAfter(seen)).isEqualTo(seen);
            }
            life.stage.pass(WRITTEN);
            life.session.prompt(life.stage.promptOf("two", new SessionStage.Watcher()));
            life.stage.pass(WRITTEN);
            assertThat(life.story.lastSeq()).isGreaterThan(last + HOLE + 1);
        }
    }

    @Test
    void nothingIsShownBehindAHoleBeforeItIsWrittenAndThenAllIsShownAtOnce() throws Exception {
        Life life = new Life(atWork, disk -> {
            disk.kill();
            disk.hold();
        });
        SessionStage.Watcher watcher = new SessionStage.Watcher();
        life.story.listen(watcher);
        life.stage.pass(WRITTEN);
        assertThat(life.story.lastNumber()).isGreaterThan(end(atWork) + HOLE);
        assertThat(life.story.lastSeq()).isEqualTo(end(atWork) + HOLE);
        life.journal.release();
        life.stage.pass(WRITTEN);
        assertThat(life.story.lastSeq()).isEqualTo(life.story.lastNumber());
        assertThat(watcher.heard).isEmpty();
        life.journal.hold();
        watcher.lastSeq = life.story.lastSeq();
        life.session.prompt(life.stage.promptOf("two", watcher));
        assertThat(watcher.heard).contains("thinking");
    }

    @Test
    void twoKillsWithNothingShownBetweenThemLeaveOneHole() throws Exception {
        List<Entry> first = new Life(idle).killed();
        assertThat(holes(first)).containsExactly(end(idle) + HOLE);
        List<Entry> second = new Life(first).killed();
        assertThat(second).isEqualTo(first);
    }

    @Test
    void twoKillsWithSomethingShownBetweenThemLeaveTwo() throws Exception {
        List<Entry> first = new Life(atWork).killed();
        List<Entry> second = new Life(first).killed();
        assertThat(holes(second)).containsExactly(end(atWork) + HOLE, end(first) + HOLE);
    }

    @Test
    void whereTheDiskTakesNothingAnyMoreNothingIsShownThatTheNextLifeWouldNumberAgain() throws Exception {
        Life life = new Life(atWork, disk -> {
            disk.kill();
            disk.fail(Reason.DAMAGED);
        });
        life.stage.pass(WRITTEN);
        assertThat(life.story.lastNumber()).isGreaterThan(end(atWork) + HOLE);
        assertThat(life.story.lastSeq()).isEqualTo(end(atWork) + HOLE);
        assertThat(life.session.prompt(life.stage.promptOf("two", new SessionStage.Watcher())))
                .isEqualTo(Accepted.OVERLOADED);
    }

    @Test
    void whatIsShownFirstBehindAHoleIsSafeFromALossOfPowerToo() throws Exception {
        Life life = new Life(atWork);
        life.stage.pass(WRITTEN);
        assertThat(life.story.lastSeq()).isGreaterThan(end(atWork) + HOLE);
        assertThat(life.journal.durable()).isEqualTo(1);
        life.session.prompt(life.stage.promptOf("two", new SessionStage.Watcher()));
        life.stage.pass(WRITTEN);
        assertThat(life.journal.durable()).isEqualTo(1);
    }

    @Test
    void aBookThatWasClosedInOrderGetsNoHole() throws Exception {
        assertThat(holes(new Life(idle, disk -> {}).killed())).isEmpty();
        assertThat(holes(new Life(atWork, disk -> {}).killed())).isEmpty();
    }
}
