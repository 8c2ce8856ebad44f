package dev.agentws.agent;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.agentws.agent.event.EscapedText;
import dev.agentws.agent.event.LogReader;
import dev.agentws.agent.event.PieceKind;
import dev.agentws.agent.event.SessionEvent;
import dev.agentws.agent.event.SessionListener;
import dev.agentws.agent.model.BlockKind;
import dev.agentws.agent.model.DeltaKind;
import dev.agentws.agent.record.StoredFrames;
import dev.agentws.journal.Book;
import dev.agentws.journal.Entry;
import dev.agentws.journal.GatedJournal;
import dev.agentws.journal.JournalException;
import dev.agentws.journal.JournalException.Reason;
import io.netty.buffer.ByteBuf;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A session whose journal is slow, or takes nothing for a while. */
final class SlowJournalTest {
    private static final Duration A_MOMENT = Duration.ofMillis(2);
    private static final Duration RETRY = Duration.ofMillis(500);

    private final GatedJournal journal = new GatedJournal(6000);

    private static ScriptedModel.Call say(SessionStage stage, String... pieces) {
        ScriptedModel.Call call = stage.model.last().start();
        int index = call.open(BlockKind.TEXT, "{\"type\":\"text\",\"text\":\"\"}");
        for (String piece : pieces) {
            call.delta(index, DeltaKind.TEXT, piece);
        }
        return call;
    }

    @Test
    void whileTooMuchWaitsToBeWrittenTheModelIsPausedAndNewPromptsAreRefused() throws Exception {
        SessionStage stage = new SessionStage("{}", journal);
        stage.pass(A_MOMENT);
        stage.prompt("one");
        journal.hold();
        ScriptedModel.Call call = say(stage, "x".repeat(7000));
        stage.pass(A_MOMENT);
        assertThat(call.paused).isEqualTo(1);
        assertThat(stage.prompt("two")).isEqualTo(Accepted.OVERLOADED);
        assertThat(stage.prompt("one")).isEqualTo(Accepted.UNDERWAY);
        journal.release();
        stage.settle();
        assertThat(call.paused).isZero();
        call.delta(0, DeltaKind.TEXT, "y").stop(0).end("end_turn");
        assertThat(stage.prompt("two")).isEqualTo(Accepted.STARTED);
        assertWritten(stage, "x".repeat(7000) + "y");
    }

    @Test
    void aPausedTurnGoesOnOnlyWhenBothItsDriverAndTheDiskTakeMore() {
        SessionStage stage = new SessionStage("{}", journal);
        stage.pass(A_MOMENT);
        stage.prompt("one");
        journal.hold();
        ScriptedModel.Call call = say(stage, "x".repeat(7000));
        stage.pass(A_MOMENT);
        stage.session.story().ready(stage.watcher, false, 0);
        journal.release();
        stage.settle();
        assertThat(call.paused).isEqualTo(1);
        stage.session.story().ready(stage.watcher, true, 0);
        assertThat(call.paused).isZero();
        call.stop(0).end("end_turn");
    }

    @Test
    void aFullDiskHoldsTheTurnUntilThereIsRoomAndNothingIsLost() throws Exception {
        SessionStage stage = new SessionStage("{}", journal);
        stage.pass(A_MOMENT);
        stage.prompt("one");
        ScriptedModel.Call call = say(stage, "Hel");
        stage.pass(A_MOMENT);
        journal.fail(Reason.FULL);
        call.delta(0, DeltaKind.TEXT, "lo");
        stage.pass(A_MOMENT);
        assertThat(call.paused).isEqualTo(1);
        assertThat(stage.prompt("two")).isEqualTo(Accepted.OVERLOADED);
        assertThat(earlier(stage)).isEqualTo("Hel");
        stage.pass(RETRY);
        assertThat(call.paused).isEqualTo(1);
        journal.fail(null);
        stage.pass(RETRY);
        assertThat(call.paused).isZero();
        call.delta(0, DeltaKind.TEXT, "!").stop(0).end("end_turn");
        assertThat(stage.prompt("two")).isEqualTo(Accepted.STARTED);
        assertWritten(stage, "Hello!");
    }

    @Test
    void aBookThatCanBeOpenedButTakesNothingYetDoesNotLetTheTurnGoOn() {
        SessionStage stage = new SessionStage("{}", journal);
        stage.pass(A_MOMENT);
        stage.prompt("one");
        ScriptedModel.Call call = say(stage, "Hel");
        stage.pass(A_MOMENT);
        journal.fail(Reason.FULL);
        call.delta(0, DeltaKind.TEXT, "lo");
        stage.pass(A_MOMENT);
        journal.fail(null);
        journal.holdAppends();
        stage.pass(RETRY);
        assertThat(journal.held()).isEqualTo(1);
        assertThat(call.paused).isEqualTo(1);
        assertThat(stage.prompt("two")).isEqualTo(Accepted.OVERLOADED);
        journal.release();
        stage.settle();
        assertThat(call.paused).isZero();
        call.stop(0).end("end_turn");
    }

    /** The text that the book holds. */
    private static String earlier(SessionStage stage) {
        Pieces read = new Pieces();
        List<StoredFrames> found = new ArrayList<>();
        stage.session.story().readEarlier(0, stage.tools, found::add);
        found.get(0).show(0, read);
        return read.text.toString();
    }

    @Test
    void aToolThatMayChangeSomethingBeginsOnlyWhenThatIsWritten() {
        SessionStage stage = new SessionStage("{\"permission_mode\":\"bypassPermissions\"}", journal);
        stage.pass(A_MOMENT);
        stage.prompt("one");
        journal.fail(Reason.UNAVAILABLE);
        stage.model.last().start().tool("t1", "Write", "{}").end("tool_use");
        stage.settle();
        assertThat(stage.heard()).noneMatch(line -> line.startsWith("t1 gives"));
        journal.fail(null);
        stage.pass(RETRY);
        assertThat(stage.heard()).contains("t1 gives written");
    }

    @Test
    void aSessionThatIsEndedWhileTheDiskIsFullIsPutAwayLater() throws Exception {
        SessionStage stage = new SessionStage("{}", journal);
        stage.pass(A_MOMENT);
        journal.fail(Reason.FULL);
        stage.registry.end(stage.session);
        stage.pass(RETRY);
        journal.fail(null);
        stage.pass(RETRY);
        List<Entry> all = read();
        assertThat(all.get(all.size() - 1).kind()).isEqualTo("ended");
    }

    @Test
    void aSessionIsNotMadeWhileTooMuchWaits() {
        SessionStage stage = new SessionStage("{}", journal);
        journal.hold();
        stage.prompt("x".repeat(7000));
        stage.pass(A_MOMENT);
        List<Object> refusals = new ArrayList<>();
        SessionRegistry.Slot slot =
                java.util.Objects.requireNonNull(stage.registry.reserve("T", refused -> refusals.add(refused)));
        stage.registry.claim(
                slot,
                stage.session.options(),
                stage.session.equipment().place(),
                stage.channel.eventLoop(),
                refusals::add);
        assertThat(refusals).containsExactly(SessionRegistry.Refusal.UNWRITTEN);
    }

    @Test
    void whoCreatesASessionIsAnsweredAlthoughTheDiskTakesNothingBehindItsBeginning() {
        SessionStage stage = new SessionStage("{}", journal, true);
        journal.fail(Reason.FULL);
        stage.pass(A_MOMENT);
        assertThat(stage.heard()).singleElement().asString().startsWith("created");
    }

    @Test
    void inAStrictSessionNothingIsShownBeforeItIsCommitted() throws Exception {
        SessionStage stage = new SessionStage("{}", journal, true);
        Reader reader = new Reader(stage.session);
        stage.session.story().listen(reader);
        reader.committed();
        assertThat(reader.lastSeq).as("what its book begins with").isEqualTo(1);
        journal.hold();
        stage.prompt("one");
        ScriptedModel.Call call = say(stage, "Hel");
        stage.pass(A_MOMENT);
        call.delta(0, DeltaKind.TEXT, "lo");
        stage.pass(A_MOMENT);
        assertThat(reader.text).isEmpty();
        assertThat(stage.session.story().lastSeq()).isEqualTo(1);
        assertThat(journal.held()).isEqualTo(2);
        journal.releaseOne();
        stage.settle();
        assertThat(reader.text.toString()).isEqualTo("Hel");
        journal.release();
        stage.settle();
        assertThat(reader.text.toString()).isEqualTo("Hello");
        call.stop(0).end("end_turn");
        stage.registry.end(stage.session);
        stage.pass(A_MOMENT);
        assertThat(reader.events).contains("thinking", "thought").endsWith("result p-one end_turn", "ended");
        assertThat(stage.heard()).startsWith("created").endsWith("result p-one end_turn", "ended");
        assertNumbered(read());
    }

    private void assertWritten(SessionStage stage, String text) throws JournalException {
        assertThat(stage.registry.suspendAll()).isCompleted();
        List<Entry> all = read();
        assertNumbered(all);
        List<String> closed = new ArrayList<>();
        try (Book book = journal.open("S")) {
            StoredFrames.after(0, book::read).show(0, new Pieces() {
                @Override
                public void onEvent(long seq, SessionEvent event) {
                    closed.add(new String(((SessionEvent.Stored) event).frame(), UTF_8));
                }
            });
        }
        assertThat(closed).anyMatch(json -> json.contains("\"content\":\"" + text + "\",\"complete\":true"));
    }

    private List<Entry> read() throws JournalException {
        List<Entry> all = new ArrayList<>();
        try (Book book = journal.open("S")) {
            book.read(-1, all::add);
        }
        return all;
    }

    private static void assertNumbered(List<Entry> all) {
        long last = 0;
        for (Entry entry : all) {
            String json = new String(entry.json(), UTF_8);
            if (entry.kind().equals("frame") || entry.kind().equals("whole")) {
                assertThat(entry.seq()).isEqualTo(last + 1);
            } else if (entry.kind().equals("pieces")) {
                assertThat(json).startsWith("{\"first\":" + (last + 1) + ",");
            }
            last = entry.seq();
        }
    }

    /** Puts the text together. */
    private static class Pieces implements LogReader {
        final StringBuilder text = new StringBuilder();
        final List<String> events = new ArrayList<>();

        @Override
        public void onEvent(long seq, SessionEvent event) {
            if (event.kind() != SessionEvent.Kind.STORED) {
                events.add(SessionStage.line(event));
            }
        }

        @Override
        public void onPieces(long seq, PieceKind kind, String messageId, EscapedText from, int offset, int length) {
            ByteBuf copy = io.netty.buffer.Unpooled.buffer();
            from.copyTo(copy, offset, length);
            text.append(copy.toString(UTF_8));
        }

        @Override
        public boolean merged() {
            return true;
        }

        @Override
        public boolean wantsMore() {
            return true;
        }
    }

    /** Reads whatever it may, as a client's subscription does. */
    private static final class Reader extends Pieces implements SessionListener {
        private final Session session;
        long lastSeq;

        Reader(Session session) {
            this.session = session;
        }

        @Override
        public void committed() {
            lastSeq = session.story().read(lastSeq, this);
        }

        @Override
        public void onPiece(long seq, PieceKind kind, String messageId, ByteBuf bytes, int offset, int length) {
            throw new AssertionError("shown before it was committed: " + seq);
        }

        @Override
        public void onEvent(long seq, SessionEvent event) {
            if (seq > session.story().lastSeq()) {
                throw new AssertionError("shown before it was committed: " + seq);
            }
            super.onEvent(seq, event);
        }

        @Override
        public boolean ready() {
            return true;
        }
    }
}
