package dev.agentws.conversation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentws.journal.files.Durability;
import dev.agentws.simulator.SimulatedCall;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A server whose clients see only what is on the disk. */
final class StrictTest {
    @RegisterExtension
    final Stage stage = new Stage();

    @BeforeEach
    void writeDown(@TempDir Path books) {
        stage.settings.books = books;
        stage.settings.level = Durability.STRICT;
    }

    @Test
    void aTurnLooksAsAnyOther() {
        Talk talk = stage.client("ann").create("{}");
        talk.prompt("run it");
        stage.call()
                .start()
                .text("I look.")
                .toolUse("t1", "Bash", "{\"command\":\"expr one\"}", 1)
                .end("tool_use");
        talk.answer(talk.await("permission_request"), true, "");
        stage.call().start().text("Done.").end("end_turn");
        talk.await("agent_result");
        talk.end().await("session_ended");
        assertThat(Merged.briefs(talk.frames()))
                .contains("+I look.", "=I look.", "=Done.")
                .endsWith("session_ended");
    }

    @Test
    void whoComesInTheMidstOfATurnHasTheSameTextInTheEnd() {
        Talk talk = stage.client("ann").create("{}");
        talk.prompt("hi");
        SimulatedCall call = stage.call().start().textStart();
        for (int i = 0; i < 200; i++) {
            call.textPiece("w" + i + " ");
            if (i == 100) {
                talk.awaitBrief("+w100 ");
            }
        }
        Talk late = stage.client("bob").talk(talk.id()).subscribe(0);
        Talk later = stage.client("cid").talk(talk.id()).subscribe(50);
        call.textStop().end("end_turn");
        List<Talk> all = List.of(talk, late, later);
        all.forEach(each -> each.await("agent_result"));
        assertThat(Merged.briefs(talk.frames()))
                .anyMatch(brief -> brief.startsWith("=w0 w1 ") && brief.endsWith(" w199 "));
        assertThat(Merged.briefs(late.frames())).isEqualTo(Merged.briefs(talk.frames()));
    }

    @Test
    void aSlowReaderGetsAllOfItInTheEnd() {
        Client slow = stage.client("slow", 16 << 10);
        Talk talk = slow.create("{}");
        talk.prompt("hi");
        SimulatedCall call = stage.call().start().textStart();
        slow.pause();
        for (int i = 0; i < 400; i++) {
            call.textPiece("x".repeat(1000) + i);
        }
        slow.resume();
        call.textStop().end("end_turn");
        talk.await("agent_result");
        assertThat(talk.frames().stream().filter(Frame::isPiece)).hasSize(400);
    }
}
