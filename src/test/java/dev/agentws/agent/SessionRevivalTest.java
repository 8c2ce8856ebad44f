package dev.agentws.agent;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.agentws.agent.event.SessionStatus;
import dev.agentws.agent.model.BlockKind;
import dev.agentws.agent.model.DeltaKind;
import dev.agentws.agent.permission.PermissionMode;
import dev.agentws.agent.record.StoredSession;
import dev.agentws.journal.Book;
import dev.agentws.journal.Entry;
import dev.agentws.journal.JournalException;
import dev.agentws.journal.MemoryJournal;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Wherever a book ends, what comes to life again is a session that can go on. */
final class SessionRevivalTest {
    private final List<Entry> entries = conversation();

    /** A conversation with all that can be under way, as its book has it. */
    private static List<Entry> conversation() {
        MemoryJournal journal = new MemoryJournal(() -> 0);
        SessionStage stage = new SessionStage("{}", journal);
        stage.prompt("one");
        stage.model
                .last()
                .start()
                .thinking("hm", "sig")
                .text("Hel", "lo \\\"you\\\"")
                .end("end_turn");
        stage.prompt("two");
        stage.prompt("three");
        stage.model
                .last()
                .start()
                .text("I look")
                .tool("t1", "Read", "{}")
                .tool("t2", "Bash", "{\\\"command\\\":\\\"make\\\"}")
                .tool("t3", "Write", "{}")
                .end("tool_use");
        stage.pass(Duration.ofMillis(5));
        stage.session.answer(PermissionAnswer.yes("r3").remembered());
        stage.session.answer(PermissionAnswer.no(
                stage.session.openQuestions().get(0).request().requestId(), "no"));
        stage.pass(Duration.ofMillis(5));
        stage.session.choices().mode(PermissionMode.ACCEPT_EDITS);
        stage.model.last().start().text("done").end("end_turn");
        stage.settle();
        ScriptedModel.Call cut = stage.model.last().start();
        int index = cut.open(BlockKind.TEXT, "{\"type\":\"text\",\"text\":\"\"}");
        cut.delta(index, DeltaKind.TEXT, "half an ");
        stage.pass(Duration.ofMillis(5));
        cut.delta(index, DeltaKind.TEXT, "answer");
        stage.session.interrupt();
        stage.registry.suspendAll();
        stage.pass(Duration.ofMillis(5));
        return read(journal, "S");
    }

    private static List<Entry> read(MemoryJournal journal, String id) {
        List<Entry> all = new ArrayList<>();
        try (Book book = journal.open(id)) {
            book.read(-1, all::add);
        } catch (JournalException e) {
            throw new IllegalStateException(e);
        }
        return all;
    }

    private static long count(List<Entry> entries, String kind, String start) {
        return entries.stream()
                .filter(entry -> entry.kind().equals(kind) && new String(entry.json(), UTF_8).startsWith(start))
                .count();
    }

    @Test
    void whereverABookEndsTheSessionGoesOnAndEveryTurnThatBeganEndsOnce() throws Exception {
        assertThat(count(entries, "turn", "")).isEqualTo(3);
        assertThat(count(entries, "frame", "{\"type\":\"agent_result\"")).isEqualTo(3);
        for (int length = 1; length <= entries.size(); length++) {
            MemoryJournal journal = new MemoryJournal(() -> 0);
            Book written = journal.create("R");
            written.append(
                    entries.subList(0, length), failure -> assertThat(failure).isNull());
            written.close();
            SessionStage stage = new SessionStage("{}", journal);
            Session revived = stage.revive(journal.open("R"), fold(entries.subList(0, length)));
            finish(stage, revived);
            SessionStage.Watcher watcher = new SessionStage.Watcher();
            watcher.lastSeq = revived.story().lastSeq();
            revived.story().listen(watcher);
            revived.prompt(stage.promptOf("next", watcher));
            finish(stage, revived);
            stage.model.requests.forEach(ValidConversationTest::check);
            assertThat(stage.model.lastMessages()).as("cut at %s", length).contains("next");
            assertThat(stage.registry.suspendAll()).isCompleted();
            stage.pass(Duration.ofMillis(5));
            List<Entry> all = read(journal, "R");
            assertThat(count(all, "frame", "{\"type\":\"agent_result\""))
                    .as("cut at %s: %s", length, kinds(all))
                    .isEqualTo(count(all, "turn", ""));
            assertNumbered(all);
        }
    }

    @Test
    void aSessionIsAsOldInItsNextLifeAsItsLastChange() throws Exception {
        MemoryJournal journal = new MemoryJournal(() -> 0);
        SessionStage stage = new SessionStage("{}", journal);
        long created = stage.nowMs;
        List<Long> changes = new ArrayList<>(List.of(created));
        stage.pass(Duration.ofMinutes(1));
        stage.prompt("one");
        changes.add(stage.session.info().updatedAtMs());
        stage.pass(Duration.ofMinutes(1));
        stage.model.last().start().text("first").end("end_turn");
        changes.add(stage.session.info().updatedAtMs());
        stage.pass(Duration.ofMinutes(1));
        stage.session.choices().mode(PermissionMode.PLAN);
        changes.add(stage.session.info().updatedAtMs());
        stage.pass(Duration.ofMinutes(1));
        stage.session.interrupt();
        changes.add(stage.session.info().updatedAtMs());
        stage.pass(Duration.ofMinutes(1));
        stage.registry.suspendAll();
        stage.pass(Duration.ofMinutes(1));
        List<Entry> all = read(journal, "S");
        List<Long> known = new ArrayList<>();
        for (int length = 1; length <= all.size(); length++) {
            MemoryJournal shelf = new MemoryJournal(() -> 0);
            Book written = shelf.create("R");
            written.append(
                    all.subList(0, length), failure -> assertThat(failure).isNull());
            written.close();
            SessionStage later = new SessionStage("{}", shelf);
            later.pass(Duration.ofDays(1));
            Session revived = later.revive(shelf.open("R"), fold(all.subList(0, length)));
            if (revived.status() == SessionStatus.IDLE && revived.story().lastNumber() == lastSeq(all, length)) {
                known.add(revived.info().updatedAtMs());
            }
        }
        assertThat(changes).doesNotHaveDuplicates();
        assertThat(known.stream().distinct()).containsExactlyElementsOf(changes);
    }

    private static long lastSeq(List<Entry> all, int length) {
        return all.get(length - 1).seq();
    }

    private static List<String> kinds(List<Entry> all) {
        return all.stream().map(entry -> entry.kind() + entry.seq()).toList();
    }

    /** Numbers of what was shown follow each other, before and after. */
    private static void assertNumbered(List<Entry> all) {
        List<Integer> seqs = all.stream()
                .filter(entry -> entry.kind().equals("frame"))
                .map(entry -> (int) entry.seq())
                .toList();
        assertThat(seqs).doesNotHaveDuplicates().isSorted();
        assertThat(IntStream.range(1, all.size())
                        .allMatch(i -> all.get(i).seq() >= all.get(i - 1).seq()))
                .isTrue();
    }

    private static StoredSession fold(List<Entry> entries) throws IOException {
        StoredSession stored = new StoredSession();
        for (Entry entry : entries) {
            stored.apply(entry);
        }
        return stored;
    }

    /** Says yes to what is asked and ends what the model is asked for, until nothing is left to do. */
    private static void finish(SessionStage stage, Session session) {
        stage.settle();
        for (int step = 0; step < 20 && session.status() == SessionStatus.PROCESSING; step++) {
            if (session.openQuestions().isEmpty()) {
                stage.model.last().start().text("ok").end("end_turn");
            } else {
                session.answer(PermissionAnswer.yes(
                        session.openQuestions().get(0).request().requestId()));
            }
            stage.settle();
        }
        assertThat(session.status()).isEqualTo(SessionStatus.IDLE);
    }

    @Test
    void theModeThatWasChosenHoldsAndPermissionsThatWereGiven() throws Exception {
        MemoryJournal journal = new MemoryJournal(() -> 0);
        Book written = journal.create("R");
        written.append(entries, failure -> assertThat(failure).isNull());
        written.close();
        SessionStage stage = new SessionStage("{}", journal);
        Session revived = stage.revive(journal.open("R"), fold(entries));
        assertThat(revived.info().permissionMode()).isEqualTo(PermissionMode.ACCEPT_EDITS);
        assertThat(revived.info().turns()).isEqualTo(3);
        revived.prompt(stage.promptOf("again", new SessionStage.Watcher()));
        stage.model
                .last()
                .start()
                .tool("t9", "Bash", "{\\\"command\\\":\\\"make\\\"}")
                .end("tool_use");
        stage.settle();
        assertThat(revived.openQuestions()).isEmpty();
        assertThat(stage.model.lastMessages()).contains("ran make");
    }
}
