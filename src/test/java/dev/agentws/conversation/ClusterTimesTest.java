package dev.agentws.conversation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How old sessions are and when they end, whichever node has them. */
@SuppressWarnings("NullAway.Init") // set before each test
final class ClusterTimesTest {
    @TempDir
    Path directory;

    private Nodes nodes;

    @BeforeEach
    void prepareNodes() throws Exception {
        nodes = new Nodes(directory);
    }

    @AfterEach
    void endNodes() {
        if (nodes != null) {
            nodes.close();
        }
    }

    private void startNodes() throws Exception {
        nodes.start("a");
        nodes.start("b");
    }

    @Test
    void aSessionIsAsOldAtTheNodeThatTakesItUpAsItWas() throws Exception {
        startNodes();
        Client ann = nodes.client("ann", "a");
        Talk talk = ann.create("{}");
        talk.prompt("one");
        nodes.call().start().text("first").end("end_turn");
        talk.await("agent_result");
        ann.send("{\"type\":\"list_sessions\"}");
        String before =
                ann.await("sessions_list").json().at("/sessions/0/updated_at").asText();
        nodes.cutOff("a");
        Client bob = nodes.client("bob", "b");
        bob.talk(talk.id()).subscribe(0).await("agent_result");
        nodes.until("b has it", () -> nodes.server("b").sessions() == 1);
        bob.send("{\"type\":\"list_sessions\"}");
        assertThat(bob.await("sessions_list")
                        .json()
                        .at("/sessions/0/updated_at")
                        .asText())
                .isEqualTo(before);
        nodes.joinAgain("a");
    }

    @Test
    void anIdleSessionOfANodeThatIsCutOffEndsWhenItsTimeIsUpAlthoughNobodyAsksForIt() throws Exception {
        nodes.settings.sessionTimeout = Duration.ofSeconds(4);
        startNodes();
        Talk talk = nodes.client("ann", "a").create("{}");
        nodes.cutOff("a");
        nodes.until("it is in the archive", () -> !archivedAt(talk).isEmpty());
        nodes.joinAgain("a");
    }

    private String archivedAt(Talk talk) {
        try {
            return nodes.redis.ask("ZSCORE agentws:archived " + talk.id());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
