package dev.agentws.agent;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.agentws.agent.options.SessionOptionsReader;
import dev.agentws.cluster.ClusterNode;
import dev.agentws.cluster.ClusterSettings;
import dev.agentws.cluster.ScriptedCluster;
import dev.agentws.journal.GatedJournal;
import dev.agentws.metrics.PromptWatch;
import dev.agentws.protocol.ClientMessageReader;
import dev.agentws.websocket.session.SessionCommands;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A client of another node asks the owner where to go on. */
final class FarSubscribeTest {
    private final GatedJournal journal = new GatedJournal(1 << 20);
    private final SessionStage stage = new SessionStage("{}", journal, true);
    private final List<JsonNode> told = new ArrayList<>();
    private Consumer<@Nullable String> hints = session -> {};

    /** The session is asked for what follows {@code afterSeq}. */
    private void ask(long afterSeq) {
        ScriptedCluster cluster = new ScriptedCluster() {
            @Override
            public Watch inbox(Consumer<@Nullable String> sessions) {
                hints = sessions;
                return () -> {};
            }

            @Override
            public void commands(String sessionId, CommandReader reader) {
                String json = "{\"type\":\"subscribe\",\"session_id\":\"S\",\"after_seq\":" + afterSeq + "}";
                if (told.isEmpty()) {
                    reader.take("7-0", json.getBytes(UTF_8));
                }
            }

            @Override
            public void done(String sessionId, String commandId, byte[] outcome) {
                try {
                    told.add(new ObjectMapper().readTree(outcome));
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            }
        };
        ClusterNode node = new ClusterNode(
                cluster,
                journal,
                ClusterSettings.of(Duration.ofSeconds(2), 9),
                Runnable::run,
                stage.channel.eventLoop());
        SessionOptionsReader options = new SessionOptionsReader(stage.tools.names());
        SessionCommands commands = new SessionCommands(
                stage.registry,
                new SessionPlaces(stage.session.services().settings(), options),
                PromptWatch.NONE,
                new ClientMessageReader(1 << 20),
                () -> false);
        node.start(
                stage.registry,
                id -> {
                    throw new AssertionError(id + ": taken up");
                },
                commands,
                "here");
        hints.accept("S");
        stage.settle();
    }

    @Test
    void whoSawWhatItsOwnerDoesNotYetKnowToBeOnTheReplicasIsToldNoGap() {
        journal.holdAppends();
        stage.prompt("hello");
        stage.settle();
        long seen = stage.session.story().lastNumber();
        assertThat(seen).isGreaterThan(stage.session.story().lastSeq());
        ask(seen);
        assertThat(told).isEmpty();
        journal.release();
        stage.settle();
        assertThat(told).singleElement().satisfies(outcome -> {
            assertThat(outcome.path("go_on_after").asLong()).isEqualTo(seen);
            assertThat(outcome.path("last").asLong()).isGreaterThanOrEqualTo(seen);
        });
    }

    @Test
    void whoSawMoreThanThereIsIsToldAGap() {
        long last = stage.session.story().lastSeq();
        ask(last + 5);
        assertThat(told).singleElement().satisfies(outcome -> assertThat(
                        outcome.path("go_on_after").asLong())
                .isEqualTo(last));
    }
}
