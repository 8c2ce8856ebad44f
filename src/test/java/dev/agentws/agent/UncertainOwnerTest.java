package dev.agentws.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentws.agent.record.Ownership;
import dev.agentws.agent.tool.Access;
import dev.agentws.agent.tool.ToolResult;
import dev.agentws.journal.MemoryJournal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** A session of which its process cannot tell for a while whether it is still its own. */
final class UncertainOwnerTest {
    private static final Duration A_MOMENT = Duration.ofMillis(2);

    private boolean ours = true;
    private final List<String> ran = new ArrayList<>();

    private final Ownership ownership = new Ownership() {
        @Override
        public boolean holds(String sessionId) {
            return ours;
        }

        @Override
        public void lost(String sessionId) {
            throw new AssertionError("lost: " + sessionId);
        }

        @Override
        public boolean leaving() {
            return false;
        }

        @Override
        public CompletionStage<Boolean> admit(String sessionId) {
            return CompletableFuture.completedFuture(true);
        }

        @Override
        public void dismiss(String sessionId) {
            // nobody counts
        }
    };

    private SessionStage stage() {
        SessionStage stage =
                new SessionStage("{\"permission_mode\":\"allow-all\"}", new MemoryJournal(() -> 0), ownership);
        for (String tool : List.of("Read", "Write")) {
            stage.tools.add(tool, tool.equals("Read"), Access.none(), input -> {
                ran.add(tool);
                return ToolResult.of("done");
            });
        }
        return stage;
    }

    private static void call(SessionStage stage, String tool) {
        stage.pass(A_MOMENT);
        stage.prompt("hi");
        stage.model.last().start().tool("t1", tool, "{}").end("tool_use");
        stage.pass(A_MOMENT);
    }

    @Test
    void aToolThatWaitedForAWorkerMeanwhileDoesNotRunAndTheModelIsTold() {
        SessionStage stage = stage();
        stage.tools.held = true;
        call(stage, "Write");
        stage.tools.runOne();
        stage.pass(A_MOMENT);
        assertThat(stage.tools.waiting).hasSize(1);
        ours = false;
        stage.tools.runOne();
        stage.pass(A_MOMENT);
        assertThat(ran).isEmpty();
        assertThat(stage.model.lastMessages()).contains("Not run, because the server could not tell");
    }

    @Test
    void aToolThatOnlyLooksRunsAllTheSame() {
        SessionStage stage = stage();
        ours = false;
        call(stage, "Read");
        assertThat(ran).containsExactly("Read");
    }
}
