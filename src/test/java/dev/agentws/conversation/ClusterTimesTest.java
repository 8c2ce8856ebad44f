package dev.agentws.conversation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** How old sessions are and when they end, whichever node has them. */
final class ClusterTimesTest extends ClusterStage {
    @Test
    void aSessionIsAsOldAtTheNodeThatTakesItUpAsItWas() throws Exception {
        startTwo();
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
        startTwo();
        Talk talk = nodes.client("ann", "a").create("{}");
        nodes.cutOff("a");
        nodes.until("it is in the archive", () -> !redis("ZSCORE agentws:archived " + talk.id())
                .isEmpty());
        nodes.joinAgain("a");
    }
}
