package dev.agentws.conversation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentws.simulator.SimulatedCall;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Many sessions on one socket. */
final class ManySessionsTest {
    private static final int SESSIONS = 20;

    @RegisterExtension
    final Stage stage = new Stage();

    @Test
    void twentySessionsOnOneSocketDoNotMix() {
        stage.settings.ioThreads = 2;
        Client ann = stage.client("ann");
        List<Talk> talks = new ArrayList<>();
        for (int i = 0; i < SESSIONS; i++) {
            talks.add(ann.createNamed("S" + i));
        }
        for (int i = 0; i < SESSIONS; i++) {
            talks.get(i).prompt("prompt of S" + i + ".", "p" + i);
        }
        List<SimulatedCall> calls = new ArrayList<>();
        List<String> owners = new ArrayList<>();
        for (int i = 0; i < SESSIONS; i++) {
            SimulatedCall call = stage.call().start().textStart();
            calls.add(call);
            String text = call.body().at("/messages/0/content/0/text").asText();
            owners.add(text.substring("prompt of ".length(), text.length() - 1));
        }
        assertThat(owners).doesNotHaveDuplicates();
        Random random = new Random(7);
        for (int step = 0; step < 400; step++) {
            int one = random.nextInt(SESSIONS);
            calls.get(one).textPiece(owners.get(one) + " ");
        }
        calls.forEach(call -> call.textPiece("end").textStop().end("end_turn"));
        for (int i = 0; i < SESSIONS; i++) {
            Frame result = talks.get(i).await("agent_result");
            assertThat(result.at("prompt_id")).isEqualTo("p" + i);
            List<String> briefs = Merged.briefs(talks.get(i).frames());
            assertThat(briefs).hasSize(6);
            assertThat(briefs.get(3)).matches("\\+(S" + i + " )*end");
        }
    }

    @Test
    void aSessionThatWaitsForItsModelHoldsUpNoOther() {
        Client ann = stage.client("ann");
        Talk waits = ann.create("{}");
        waits.prompt("slow");
        SimulatedCall slow = stage.call();
        Talk quick = ann.create("{}");
        for (int i = 0; i < 3; i++) {
            quick.prompt("quick");
            stage.call().start().text("ok").end("end_turn");
            quick.await("agent_result");
        }
        slow.start().text("at last").end("end_turn");
        assertThat(waits.turn()).endsWith("=at last", "result end_turn");
    }
}
