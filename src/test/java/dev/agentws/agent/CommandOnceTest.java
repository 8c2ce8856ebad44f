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
    private static final ClusterSettings SETTINGS = ClusterSettings.of(Duration.ofSeconds(2), 9);

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
        private final List<String> ids;
        /** Nobody is told any outcome. */
        private boolean dies;
        /** The store is reached, also by its hints, but has still to load what it had written. */
        private boolean loading;

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
        public List<String> orphans() throws JournalException {
            answer();
            return List.of();
        }

        private void answer() throws JournalException {
            if (loading) {
                throw new JournalException(Reason.UNAVAILABLE, "LOADING");
            }
        }

        @Override
        public void commands(String sessionId, CommandReader reader) throws JournalException {
            answer();
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
        ClusterNode node = new ClusterNode(cluster, journal, SETTINGS, Runnable::run, stage.channel.eventLoop());
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

    @Test
    void aCommandThatCouldNotBeReadIsReadAsSoonAsTheStoreAnswers() {
        SessionStage stage = new SessionStage("{}", journal, true);
        Commands cluster = new Commands(false, "8-0");
        cluster.loading = true;
        hear(stage, cluster);
        stage.pass(SETTINGS.look());
        assertThat(effects).isEmpty();
        cluster.loading = false;
        stage.pass(SETTINGS.look());
        assertThat(effects).containsExactly("8-0");
        assertThat(told).containsExactly("8-0 {}");
    }

    @Test
    void outcomesThatCouldNotBeToldAreToldEachItsOwnAsSoonAsTheStoreTakesThem() {
        SessionStage stage = new SessionStage("{}", journal, true);
        Commands cluster = new Commands(true, "7-0", "8-0");
        hear(stage, cluster);
        assertThat(effects).containsExactly("7-0", "8-0");
        assertThat(told).isEmpty();
        cluster.dies = false;
        stage.pass(SETTINGS.look());
        assertThat(told).containsExactly("7-0 {\"error\":\"no\"}", "8-0 {}");
        assertThat(effects).as("once").containsExactly("7-0", "8-0");
    }

    @Test
    void whatCouldNotBeReadIsLeftToTheNextOwnerOfASessionThatIsHereNoMore() {
        SessionStage stage = new SessionStage("{}", journal, true);
        Commands cluster = new Commands(false, "8-0");
        cluster.loading = true;
        hear(stage, cluster);
        stage.registry.abandon("S");
        stage.channel.runPendingTasks();
        cluster.loading = false;
        stage.pass(SETTINGS.look());
        assertThat(effects).isEmpty();
        assertThat(told).isEmpty();
    }
}
