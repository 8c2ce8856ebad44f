package dev.agentws.conversation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentws.simulator.Scripts;
import dev.agentws.simulator.SimulatedCall;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Several connections, on several event loops, watch and prompt one session. */
final class ObserverTest {
    /** Some 12 MB: more than all sockets on the way hold. */
    private static final String FLOOD = "[[n=2000,burst=16,pad=6000,pace=0]]";

    @RegisterExtension
    final Stage stage = new Stage();

    @BeforeEach
    void twoLoops() {
        stage.settings.ioThreads = 2;
    }

    @Test
    void allWhoWatchSeeEveryFrameLive() {
        Talk talk = stage.client("ann").create("{}");
        List<Talk> observers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            Talk observer = stage.client("observer" + i).talk(talk.id()).subscribe(1);
            observer.await("subscribed");
            observers.add(observer);
        }
        talk.prompt("hi");
        SimulatedCall call = stage.call().start().textStart();
        for (int i = 0; i < 50; i++) {
            call.textPiece("w" + i + " ");
            for (Talk observer : observers) {
                observer.awaitBrief("+w" + i);
            }
        }
        call.textStop().end("end_turn");
        talk.await("agent_result");
        for (Talk observer : observers) {
            observer.await("agent_result");
            assertThat(texts(observer)).isEqualTo(texts(talk));
        }
    }

    /** All frames after the first, which only the creator saw, byte for byte. */
    private static List<String> texts(Talk talk) {
        return talk.frames().stream()
                .filter(frame -> frame.seq() > 1)
                .map(Frame::text)
                .toList();
    }

    @Test
    void connectionsTakeTurnsInPromptingOneSessionAndNothingIsMixedOrLost() {
        Talk ann = stage.client("ann").create("{}");
        List<Talk> all = new ArrayList<>(List.of(ann));
        for (int i = 0; i < 3; i++) {
            Talk other = stage.client("other" + i).talk(ann.id()).subscribe(1);
            other.await("subscribed");
            all.add(other);
        }
        for (int turn = 0; turn < 24; turn++) {
            all.get(turn % all.size()).prompt("p" + turn, "p" + turn);
            stage.call().start().text("a" + turn, "!").end("end_turn");
            for (Talk each : all) {
                assertThat(each.await("agent_result").at("prompt_id")).isEqualTo("p" + turn);
            }
        }
        for (Talk each : all) {
            assertThat(texts(each)).isEqualTo(texts(ann));
        }
    }

    @Test
    void promptsOfSeveralConnectionsWaitInOneQueueAndRunOneByOne() {
        Talk ann = stage.client("ann").create("{}");
        Talk bob = stage.client("bob").talk(ann.id()).subscribe(1);
        Talk cid = stage.client("cid").talk(ann.id()).subscribe(1);
        bob.await("subscribed");
        cid.await("subscribed");
        ann.prompt("first");
        SimulatedCall first = stage.call().start();
        bob.prompt("of bob", "b");
        cid.prompt("of cid", "c");
        ann.prompt("of ann", "a");
        Client watch = stage.client("watch");
        stage.until("three prompts wait", () -> {
            watch.send("{\"type\":\"list_sessions\"}");
            return watch.await("sessions_list")
                            .json()
                            .at("/sessions/0/queue_length")
                            .asInt()
                    == 3;
        });
        first.text("one").end("end_turn");
        for (int i = 0; i < 3; i++) {
            stage.call().start().text("next" + i).end("end_turn");
        }
        for (Talk each : List.of(ann, bob, cid)) {
            for (int i = 0; i < 4; i++) {
                each.await("agent_result");
            }
            assertThat(texts(each)).isEqualTo(texts(ann));
        }
    }

    @Test
    void whoPromptsWithoutHavingSubscribedSeesTheTurn() {
        Talk ann = stage.client("ann").create("{}");
        Talk bob = stage.client("bob").talk(ann.id());
        bob.prompt("hi");
        stage.call().start().text("ok").end("end_turn");
        assertThat(bob.turn()).containsExactly("thinking", "thought", "+ok", "=ok", "result end_turn");
        assertThat(ann.turn()).containsExactly("created", "thinking", "thought", "+ok", "=ok", "result end_turn");
    }

    @Test
    void anObserverThatDoesNotReadHoldsUpNobody() {
        Talk ann = stage.client("ann").create("{}");
        Client sleeper = stage.client("sleeper", 4096);
        Talk asleep = sleeper.talk(ann.id()).subscribe(1);
        asleep.await("subscribed");
        sleeper.pause();
        ann.prompt("hi");
        SimulatedCall call = stage.call().start().textStart();
        String piece = "x".repeat(5_000);
        for (int i = 0; i < 120; i++) {
            call.textPiece(piece);
        }
        call.textStop().end("end_turn");
        ann.await("agent_result");
        sleeper.resume();
        asleep.await("agent_result");
        assertThat(Merged.briefs(asleep.frames()))
                .isEqualTo(Merged.briefs(ann.frames()).subList(1, 6));
    }

    @Test
    void anObserverThatDoesNotReadHoldsUpNoTurnWhoseDriverHasToComeBack(@TempDir Path books) {
        stage.settings.books = books;
        stage.settings.script = Scripts.agent(Duration.ZERO);
        Client ann = stage.client("ann");
        Talk before = ann.create("{}");
        String id = before.id();
        before.prompt(FLOOD, "p-1");
        before.await("a piece", Frame::isPiece);
        ann.pause();
        ann.vanish();
        Client sleeper = stage.client("sleeper", 4096);
        Talk asleep = sleeper.talk(id).subscribe(1);
        asleep.await("subscribed");
        sleeper.pause();
        Talk after = stage.client("ann again").talk(id).subscribe(1).prompt(FLOOD, "p-1");
        assertThat(after.await("agent_result").at("stop_reason")).isEqualTo("end_turn");
        sleeper.vanish();
    }

    @Test
    void anObserverThatFallsTooFarBehindIsToldOfTheGapAndGoesOn() {
        stage.settings.maxLogBytes = 64 << 10;
        Talk ann = stage.client("ann").create("{}");
        Client sleeper = stage.client("sleeper", 4096);
        Talk asleep = sleeper.talk(ann.id()).subscribe(1);
        asleep.await("subscribed");
        sleeper.pause();
        String piece = "x".repeat(5_000);
        for (int turn = 0; turn < 30; turn++) {
            ann.prompt("hi");
            stage.call().start().text(piece, piece, piece, piece).end("end_turn");
            ann.await("agent_result");
        }
        sleeper.resume();
        Frame last = ann.frames().get(ann.frames().size() - 1);
        Frame notice = asleep.await("subscribed");
        assertThat(notice.json().path("gap").asBoolean()).isTrue();
        assertThat(notice.json().path("first_seq").asLong())
                .isGreaterThan(notice.json().path("after_seq").asLong() + 1);
        asleep.await("the last frame", frame -> frame.seq() == last.seq());
        ann.prompt("more");
        stage.call().start().text("ok").end("end_turn");
        assertThat(asleep.turn()).containsExactly("thinking", "thought", "+ok", "=ok", "result end_turn");
        assertThat(ann.turn()).endsWith("=ok", "result end_turn");
    }

    @Test
    void aPromptWhoseSenderLeavesAtOnceIsAnswered() {
        Talk ann = stage.client("ann").create("{}");
        Client bob = stage.client("bob");
        bob.talk(ann.id()).prompt("hi");
        SimulatedCall call = stage.call();
        bob.talk(ann.id()).prompt("queued");
        bob.close();
        call.start().text("ok").end("end_turn");
        stage.call().start().text("ok again").end("end_turn");
        assertThat(ann.turn()).endsWith("=ok", "result end_turn");
        assertThat(ann.turn()).endsWith("=ok again", "result end_turn");
    }
}
