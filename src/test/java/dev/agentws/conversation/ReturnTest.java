package dev.agentws.conversation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentws.simulator.SimulatedCall;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Clients that leave and come back, or come to see what others do. */
final class ReturnTest {
    @RegisterExtension
    final Stage stage = new Stage();

    @Test
    void whoComesBackAtAnyPointPutsTogetherWhatThoseSawWhoStayed() throws IOException {
        stage.settings.ioThreads = 2;
        Files.writeString(stage.directory().resolve("a.txt"), "content of a");
        Client ann = stage.client("ann");
        Talk talk = ann.create("{}");
        Talk stayed = stage.client("staying").talk(talk.id()).subscribe(0);
        stayed.await("subscribed");
        talk.prompt("hi");
        SimulatedCall first = stage.call().start().textStart();
        for (int i = 0; i < 20; i++) {
            first.textPiece("w" + i + " ");
        }
        talk.awaitBrief("+w19");
        ann.vanish();
        List<Talk> during = come(talk.id(), "during", 24);
        first.textPiece("after ").textStop();
        first.toolUse("t1", "Read", "{\"file_path\":\"" + stage.directory() + "/a.txt\"}", 2)
                .end("tool_use");
        SimulatedCall second = stage.call().start().thinking("hm", "c2ln").textStart();
        second.textPiece("Do").textPiece("ne.").textStop().end("end_turn");
        stayed.await("agent_result");
        List<Talk> after = come(talk.id(), "after", stayed.frames().size());
        assertSame(stayed, during);
        assertSame(stayed, after);
    }

    /** Clients that ask for what follows 0, 1, 2 and so on; each waits until the answer is there. */
    private List<Talk> come(String id, String name, int count) {
        List<Talk> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Talk talk = stage.client(name + i).talk(id).subscribe(i);
            Frame answer = talk.await("subscribed");
            assertThat(answer.json().path("gap").asBoolean()).as(answer.text()).isFalse();
            assertThat(answer.json().path("first_seq").asInt()).isEqualTo(i + 1);
            assertThat(answer.json().path("after_seq").asInt()).isEqualTo(i);
            all.add(talk);
        }
        return all;
    }

    private static void assertSame(Talk stayed, List<Talk> came) {
        long last = stayed.frames().get(stayed.frames().size() - 1).seq();
        for (int i = 0; i < came.size(); i++) {
            int after = i;
            Talk each = came.get(i);
            if (after < last) {
                each.await("frame " + last, frame -> frame.seq() == last);
            }
            List<Frame> together = new ArrayList<>(stayed.frames().stream()
                    .filter(frame -> frame.seq() > 0 && frame.seq() <= after)
                    .toList());
            together.addAll(each.frames());
            assertThat(Merged.briefs(together)).isEqualTo(Merged.briefs(stayed.frames()));
        }
    }

    @Test
    void whatIsShownAgainIsMarkedAndWhatComesLiveIsNot() {
        Talk talk = stage.client("ann").create("{}");
        talk.prompt("hi");
        SimulatedCall call = stage.call().start().textStart().textPiece("Hel");
        talk.awaitBrief("+Hel");
        Talk other = stage.client("bob").talk(talk.id()).subscribe(0);
        Frame answer = other.await("subscribed");
        assertThat(answer.at("status")).isEqualTo("processing");
        assertThat(answer.json().path("last_seq").asInt()).isEqualTo(4);
        Frame shownAgain = other.awaitBrief("+Hel");
        assertThat(shownAgain.text()).endsWith(",\"replayed\":true}");
        call.textPiece("lo");
        assertThat(other.awaitBrief("+lo").json().has("replayed")).isFalse();
        call.textStop().end("end_turn");
        other.await("agent_result");
        assertThat(other.frames().stream().filter(Frame::replayed)).hasSize(4);
    }

    @Test
    void anOpenQuestionIsShownAgainAndAnyoneMayAnswerIt() {
        Client ann = stage.client("ann");
        Talk talk = ann.create("{}");
        talk.prompt("run it");
        stage.call()
                .start()
                .toolUse("t1", "Bash", "{\"command\":\"expr one\"}", 1)
                .end("tool_use");
        Frame question = talk.await("permission_request");
        ann.vanish();
        Talk other = stage.client("bob").talk(talk.id()).subscribe(question.seq());
        other.await("subscribed");
        Frame again = other.await("permission_request");
        assertThat(again.seq()).isEqualTo(question.seq());
        assertThat(again.replayed()).isTrue();
        assertThat(again.at("request_id")).isEqualTo(question.at("request_id"));
        Talk fresh = stage.client("cid").talk(talk.id()).subscribe(0);
        fresh.await("permission_request");
        other.answer(again, true, "");
        stage.call().start().text("Done.").end("end_turn");
        assertThat(other.turn()).endsWith("gives one", "+Done.", "=Done.", "result end_turn");
        fresh.await("agent_result");
        assertThat(fresh.briefs().stream().filter(brief -> brief.startsWith("asks")))
                .hasSize(1);
    }

    @Test
    void whoAsksForMoreThanThereIsIsToldOfTheGap() {
        Talk talk = stage.client("ann").create("{}");
        talk.subscribe(17);
        Frame answer = talk.await("subscribed");
        assertThat(answer.text())
                .isEqualTo("{\"type\":\"subscribed\",\"session_id\":\"" + talk.id()
                        + "\",\"after_seq\":17,\"first_seq\":2,\"last_seq\":1,\"gap\":true,\"status\":\"idle\"}");
        talk.prompt("hi");
        stage.call().start().text("ok").end("end_turn");
        assertThat(talk.turn()).containsExactly("thinking", "thought", "+ok", "=ok", "result end_turn");
    }

    @Test
    void whoComesTooLateForTheLogIsToldOfTheGapAndGetsTheRest() {
        stage.settings.maxLogBytes = 4096;
        Talk talk = stage.client("ann").create("{}");
        for (int turn = 0; turn < 3; turn++) {
            talk.prompt("hi");
            stage.call().start().text("x".repeat(3000), "y").end("end_turn");
            talk.await("agent_result");
        }
        Talk late = stage.client("bob").talk(talk.id()).subscribe(0);
        Frame answer = late.await("subscribed");
        assertThat(answer.json().path("gap").asBoolean()).isTrue();
        assertThat(answer.json().path("first_seq").asInt()).isGreaterThan(1);
        Frame last = talk.frames().get(talk.frames().size() - 1);
        late.await("the last frame", frame -> frame.seq() == last.seq());
        assertThat(late.frames().get(1).seq())
                .isEqualTo(answer.json().path("first_seq").asLong());
        Talk inTime = stage.client("cid").talk(talk.id()).subscribe(last.seq() - 1);
        assertThat(inTime.await("subscribed").json().path("gap").asBoolean()).isFalse();
        assertThat(inTime.await("agent_result").replayed()).isTrue();
    }

    @Test
    void aVanishedClientsTurnGoesOnToItsEnd() {
        Client ann = stage.client("ann");
        Talk talk = ann.create("{}");
        talk.prompt("hi");
        SimulatedCall call = stage.call().start().textStart().textPiece("Hel");
        talk.awaitBrief("+Hel");
        ann.vanish();
        call.textPiece("lo").textStop().end("end_turn");
        Client bob = stage.client("bob");
        Talk other = bob.talk(talk.id()).subscribe(0);
        other.await("agent_result");
        assertThat(Merged.briefs(other.frames()))
                .containsExactly("created", "thinking", "thought", "+Hello", "=Hello", "result end_turn");
        other.prompt("more");
        stage.call().start().text("ok").end("end_turn");
        assertThat(other.turn()).endsWith("=ok", "result end_turn");
    }
}
