package dev.agentws.conversation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The owner of a session dies when it has heard what was asked of it, and has not said so. */
final class ClusterDeathTest extends ClusterStage {
    @BeforeEach
    void startNodes() throws Exception {
        startTwo();
    }

    @Test
    void whoSentThePromptOfATurnSeesItsEventsAllTheSame() throws Exception {
        Talk ann = nodes.client("ann", "a").create("{}");
        // No outcome is told any more.
        nodes.redis.say("ACL SETUSER default -xdel");
        Talk bob = nodes.client("bob", "b").talk(ann.id());
        bob.prompt("go");
        nodes.call().start().textStart().textPiece("I ");
        ann.awaitBrief("+I ");
        nodes.cutOff("a");
        nodes.redis.say("ACL SETUSER default +xdel");
        assertThat(bob.await("agent_result").at("stop_reason")).isEqualTo("server_restart");
        assertThat(bob.briefs()).contains("+I ");
    }
}
