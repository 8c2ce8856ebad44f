package dev.agentws.agent;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.agentws.cluster.Answer;
import dev.agentws.cluster.ClusterNode;
import dev.agentws.cluster.ClusterSettings;
import dev.agentws.cluster.CommandRunner;
import dev.agentws.cluster.ScriptedCluster;
import dev.agentws.journal.MemoryJournal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A node that has just met the store, or met it again, is asked for a session that nobody owns just now. */
final class DesertedSessionTest {
    private static final Duration LOOK = Duration.ofMillis(100);

    private final SessionStage stage = new SessionStage();
    private final Store store = new Store();
    private final List<String> taken = new ArrayList<>();
    private final List<Answer> answers = new ArrayList<>();

    /** Calm as soon as the store has answered a look. */
    private final ClusterNode node = new ClusterNode(
            store,
            new MemoryJournal(() -> 0),
            new ClusterSettings(LOOK, Duration.ZERO, LOOK, Duration.ofMinutes(1), 1),
            Runnable::run,
            stage.channel.eventLoop());

    private static final class Store extends ScriptedCluster {
        boolean elsewhere;
        boolean deserted = true;
        boolean crowded;
        final List<String> sent = new ArrayList<>();

        @Override
        public boolean elsewhere(String sessionId) {
            return elsewhere;
        }

        @Override
        public boolean deserted(String sessionId) {
            return deserted;
        }

        @Override
        public boolean admit(String limit, String sessionId, int most) {
            return !crowded;
        }

        @Override
        public Sent send(String sessionId, byte[] json) {
            sent.add(sessionId);
            return new Sent("1-0", 4);
        }

        @Override
        public byte[] outcome(String sessionId, String commandId) {
            return "{}".getBytes(UTF_8);
        }
    }

    @BeforeEach
    void begin() {
        CommandRunner nothing = new CommandRunner() {
            @Override
            public @Nullable String problem(byte[] command) {
                return null;
            }

            @Override
            public @Nullable Supplier<byte[]> run(
                    Session session, String commandId, byte[] command, @Nullable String problem) {
                return null;
            }
        };
        node.start(
                stage.registry,
                id -> {
                    taken.add(id);
                    return stage.session;
                },
                nothing,
                "here");
    }

    private void ask() {
        node.ask("T", new byte[0], answers::add);
    }

    @Test
    void anOwnerThatCouldNotSayThatItLivesKeepsItsSessionAndIsAskedOnceItHasSaidSo() {
        ask();
        assertThat(taken).isEmpty();
        assertThat(store.sent).isEmpty();
        assertThat(answers).isEmpty();
        store.elsewhere = true;
        stage.pass(LOOK);
        stage.pass(LOOK);
        assertThat(taken).isEmpty();
        assertThat(store.sent).containsExactly("T");
        assertThat(answers).singleElement().satisfies(answer -> {
            assertThat(answer.outcome()).isEqualTo("{}".getBytes(UTF_8));
            assertThat(answer.sentAfter()).isEqualTo(4);
        });
    }

    @Test
    void oneWhoseOwnerStaysSilentIsTakenUpOnceTheStoreHasAnsweredForLongEnough() {
        ask();
        assertThat(taken).isEmpty();
        stage.pass(LOOK);
        assertThat(taken).containsExactly("T");
        assertThat(answers).singleElement().satisfies(answer -> assertThat(answer.here())
                .isSameAs(stage.session));
    }

    @Test
    void oneThatSleepsHasNoOwnerWhoCouldSpeakAndWakesAtOnceIfThereIsAPlace() {
        store.deserted = false;
        store.crowded = true;
        ask();
        assertThat(taken).isEmpty();
        assertThat(answers).singleElement().satisfies(answer -> assertThat(answer.failure())
                .hasMessageContaining("as many sessions are awake"));
        store.crowded = false;
        ask();
        assertThat(taken).containsExactly("T");
    }
}
