package dev.agentws.agent;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.agentws.agent.record.StoredSession;
import dev.agentws.cluster.ClusterNode;
import dev.agentws.cluster.ClusterSettings;
import dev.agentws.cluster.CommandRunner;
import dev.agentws.cluster.ScriptedCluster;
import dev.agentws.journal.Book;
import dev.agentws.journal.JournalException;
import dev.agentws.journal.JournalException.Reason;
import dev.agentws.journal.MemoryJournal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A command of another node is done once, whoever dies when. */
final class CommandOnceTest {
    private final MemoryJournal journal = new MemoryJournal(() -> 0);
    private final List<String> effects = new ArrayList<>();
    private final List<String> told = new ArrayList<>();

    /** Refuses the first, which is an outcome that the next owner could not make up. */
    private final CommandRunner runner = new CommandRunner() {
        @Override
        public @Nullable String problem(byte[] command) {
            return null;
        }

        @Override
        public Supplier<byte[]> run(Session session, String commandId, byte[] command, @Nullable String problem) {
            session.story().hear(commandId);
            effects.add(commandId);
            if (!commandId.equals("7-0")) {
                return () -> "{}".getBytes(UTF_8);
            }
            byte[] outcome = "{\"error\":\"no\"}".getBytes(UTF_8);
            session.story().refused(commandId, outcome);
            return () -> outcome;
        }
    };

    private final class Commands extends ScriptedCluster {
        private final boolean dies;
        private final List<String> ids;
        private Consumer<@Nullable String> hints = session -> {};

        Commands(boolean dies, String... ids) {
            this.dies = dies;
            this.ids = List.of(ids);
        }

        @Override
        public Watch inbox(Consumer<@Nullable String> sessions) {
            hints = sessions;
            return () -> {};
        }

        @Override
        public void commands(String sessionId, CommandReader reader) {
            if (told.isEmpty()) {
                ids.forEach(id -> reader.take(id, "{}".getBytes(UTF_8)));
            }
        }

        @Override
        public void done(String sessionId, String commandId, byte[] outcome) throws JournalException {
            if (dies) {
                throw new JournalException(Reason.UNAVAILABLE, "dies here");
            }
            told.add(commandId + " " + new String(outcome, UTF_8));
        }
    }

    private void hear(SessionStage stage, Commands cluster) {
        ClusterNode node = new ClusterNode(
                cluster,
                journal,
                ClusterSettings.of(Duration.ofSeconds(2), 9),
                Runnable::run,
                stage.channel.eventLoop());
        node.start(
                stage.registry,
                id -> {
                    throw new AssertionError(id + ": taken up");
                },
                runner,
                "here");
        cluster.hints.accept("S");
        stage.channel.runPendingTasks();
    }

    @Test
    void anOwnerThatDiesBetweenACommandsEffectAndItsOutcomeLeavesOnlyTheOutcomeToBeTold() throws Exception {
        SessionStage first = new SessionStage("{}", journal, true);
        hear(first, new Commands(true, "7-0"));
        assertThat(effects).containsExactly("7-0");
        assertThat(told).isEmpty();
        first.session.suspend(() -> {});
        first.channel.runPendingTasks();
        SessionStage second = new SessionStage("{}", new MemoryJournal(() -> 0), true);
        second.registry.end(second.session);
        second.channel.runPendingTasks();
        Book book = journal.open("S");
        second.revive(book, StoredSession.read(book));
        hear(second, new Commands(false, "7-0", "8-0"));
        assertThat(told).as("each its own").containsExactly("7-0 {\"error\":\"no\"}", "8-0 {}");
        assertThat(effects).containsExactly("7-0", "8-0");
    }
}
