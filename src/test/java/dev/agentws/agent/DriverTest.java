package dev.agentws.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentws.agent.SessionStage.Watcher;
import dev.agentws.agent.event.SessionListener;
import dev.agentws.agent.options.ContentReader;
import dev.agentws.journal.GatedJournal;
import dev.agentws.journal.JournalException.Reason;
import dev.agentws.journal.MemoryJournal;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Whose reading speed is the turn's: that of the client whose prompt runs, and of nobody else. */
final class DriverTest {
    private final Watcher other = new Watcher();

    private static SessionStage writtenDown() {
        return new SessionStage("{}", new MemoryJournal(() -> 0));
    }

    /** Watches from the next event on. */
    private void comes(SessionStage stage, Watcher watcher) {
        watcher.lastSeq = stage.session.story().lastNumber();
        stage.session.story().listen(watcher);
    }

    @Test
    void aTurnOfAClientElsewhereDoesNotWaitForWhoPromptedBefore() {
        SessionStage stage = writtenDown();
        stage.prompt("hi");
        stage.model.last().start().text("ok").end("end_turn");
        stage.watcher.ready = false;
        stage.session.story().ready(stage.watcher, false, 0);
        stage.session.prompt(stage.promptOf("from afar", SessionListener.NOBODY));
        assertThat(stage.model.calls).hasSize(2);
        assertThat(stage.model.last().paused).isZero();
        stage.session.story().ready(stage.watcher, true, 0);
        stage.session.story().ready(stage.watcher, false, 0);
        assertThat(stage.model.last().paused).isZero();
    }

    @Test
    void theModelIsAskedNothingMoreAsLongAsTheDriverDoesNotRead() {
        SessionStage stage = new SessionStage();
        stage.prompt("hi");
        stage.session.story().ready(stage.watcher, false, 0);
        // What was on its way: a call that runs without a question.
        stage.model.last().start().tool("t1", "Read", "{}").end("tool_use");
        stage.settle();
        assertThat(stage.heard()).anyMatch(line -> line.startsWith("t1 gives"));
        assertThat(stage.model.calls).hasSize(1);
        stage.session.story().ready(stage.watcher, true, 0);
        stage.session.story().ready(stage.watcher, false, 0);
        stage.settle();
        assertThat(stage.model.calls).hasSize(1);
        stage.session.story().ready(stage.watcher, true, 0);
        stage.settle();
        assertThat(stage.model.calls).hasSize(2);
        stage.model.last().start().text("ok").end("end_turn");
        assertThat(stage.heard()).last().isEqualTo("result p-hi end_turn");
    }

    @Test
    void aTurnThatIsStoppedBeforeTheModelIsAskedAsksItNothingAfterwards() {
        SessionStage stage = new SessionStage();
        stage.watcher.ready = false;
        stage.prompt("hi");
        assertThat(stage.model.calls).isEmpty();
        stage.session.interrupt();
        assertThat(stage.heard()).contains("result p-hi interrupted error");
        stage.session.story().ready(stage.watcher, true, 0);
        stage.settle();
        assertThat(stage.model.calls).isEmpty();
    }

    @Test
    void whoComesToATurnWithoutADriverOnlyLooksOnIfItCouldReadItAllLater() {
        SessionStage stage = writtenDown();
        stage.prompt("hi");
        stage.session.story().leave(stage.watcher);
        comes(stage, other);
        stage.session.story().ready(other, false, 0);
        assertThat(stage.model.last().paused).isZero();
    }

    @Test
    void whoComesToATurnWithoutADriverDrivesItIfNothingIsWrittenDown() {
        SessionStage stage = new SessionStage();
        stage.prompt("hi");
        stage.session.story().leave(stage.watcher);
        other.ready = false;
        comes(stage, other);
        assertThat(stage.model.last().paused).isEqualTo(1);
        stage.session.story().ready(other, true, 0);
        assertThat(stage.model.last().paused).isZero();
    }

    @Test
    void whoComesToATurnWithoutADriverDrivesItIfItsBookHasFailed() {
        GatedJournal journal = new GatedJournal(1 << 20);
        SessionStage stage = new SessionStage("{}", journal);
        stage.prompt("hi");
        stage.session.story().leave(stage.watcher);
        journal.fail(Reason.DAMAGED);
        stage.session.story().whenSafe(() -> {});
        stage.settle();
        comes(stage, other);
        stage.session.story().ready(other, false, 0);
        assertThat(stage.model.last().paused).isEqualTo(1);
    }

    @Test
    void whoSendsThePromptThatRunsAgainDrivesItFromThenOn() {
        SessionStage stage = writtenDown();
        stage.prompt("hi");
        stage.session.story().ready(stage.watcher, false, 0);
        assertThat(stage.model.last().paused).isEqualTo(1);
        comes(stage, other);
        Prompt again = new Prompt(List.of(ContentReader.text("hi")), "p-hi", other, stage.channel.eventLoop());
        assertThat(stage.session.prompt(again)).isEqualTo(Accepted.UNDERWAY);
        assertThat(stage.model.last().paused)
                .as("the connection that broke is not waited for")
                .isZero();
        stage.session.story().ready(other, false, 0);
        assertThat(stage.model.last().paused).isEqualTo(1);
        stage.session.story().ready(other, true, 0);
        assertThat(stage.model.last().paused).isZero();
    }

    @Test
    void whoSendsAPromptThatWaitsAgainDoesNotDriveTheOneThatRuns() {
        SessionStage stage = writtenDown();
        stage.prompt("hi");
        stage.prompt("then");
        comes(stage, other);
        Prompt again = new Prompt(List.of(ContentReader.text("then")), "p-then", other, stage.channel.eventLoop());
        assertThat(stage.session.prompt(again)).isEqualTo(Accepted.UNDERWAY);
        stage.session.story().ready(other, false, 0);
        assertThat(stage.model.last().paused).isZero();
        assertThat(stage.session.story().drives(stage.watcher)).isTrue();
    }
}
