package dev.agentws.benchmarks.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** A judge that lets anything pass proves nothing, so what must not be is played to it here. */
class SessionCheckTest {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final String PROMPT = PlayText.prompt("s/p", 10);

    private final SessionPlay play = new SessionPlay("s");
    private final Verdicts verdicts = new Verdicts(true);
    private final SessionCheck check = watch();

    private SessionCheck watch() {
        play.prompted("p", PROMPT);
        return new SessionCheck(play, "c", verdicts, new Errands(Path.of("none")));
    }

    @Test
    void aTurnThatIsWholeIsClean() {
        turn(check, 1);

        assertThat(verdicts.clean()).as("%s", verdicts.stories()).isTrue();
        assertThat(verdicts.frames.sum()).isEqualTo(13);
    }

    @Test
    void piecesThatComeAsOneStandForAsManyNumbersAsTheyAre() {
        check.accept(light(1));
        check.accept(pieces(2, 0, 1));
        check.accept(again(pieces(11, 1, 10)));
        check.accept(whole(12, 10));
        check.accept(result(13, "end_turn"));

        assertThat(verdicts.clean()).as("%s", verdicts.stories()).isTrue();
        assertThat(verdicts.frames.sum()).isEqualTo(13);
    }

    @Test
    void aFrameThatIsMissingInFrontOfPiecesThatComeAsOneIsLost() {
        check.accept(again(pieces(11, 0, 10)));

        assertThat(verdicts.lost.sum()).isEqualTo(1);
    }

    @Test
    void aPieceThatIsMissingWithinPiecesThatComeAsOneIsFound() {
        check.accept(light(1));
        check.accept(again(pieces(4, 0, 3)));
        check.accept(again(pieces(8, 4, 8)));

        assertThat(verdicts.wrongText.sum()).isEqualTo(1);
    }

    @Test
    void livePiecesComeOneByOne() {
        check.accept(light(1));
        check.accept(pieces(3, 0, 2));

        assertThat(verdicts.wrongText.sum()).isEqualTo(1);
    }

    @Test
    void aNumberThatStandsForSomethingElseThanBeforeIsFound() {
        check.accept(light(1));
        check.accept(pieces(2, 0, 1));
        check.accept(pieces(3, 1, 2));
        check.accept(again(result(3, "server_restart")));

        assertThat(verdicts.reused.sum()).isEqualTo(1);
    }

    @Test
    void whoStayedAndWhoCameLateMustHaveSeenTheSame() {
        SessionCheck late = new SessionCheck(play, "late", verdicts, null);
        turn(check, 1);
        late.accept(again(light(1)));
        late.accept(again(pieces(11, 0, 10)));
        late.accept(again(whole(12, 10)));
        late.accept(again(result(13, "end_turn")));
        check.compare(late.seen());

        assertThat(verdicts.clean()).as("%s", verdicts.stories()).isTrue();
        assertThat(verdicts.framesAgain.sum()).isEqualTo(13);
    }

    @Test
    void aFrameThatIsAnotherForWhoComesLateIsFound() {
        SessionCheck late = new SessionCheck(play, "late", verdicts, null);
        check.accept(light(1));
        check.accept(pieces(2, 0, 1));
        late.accept(again(light(1)));
        late.accept(again(result(2, "server_restart")));
        check.compare(late.seen());

        assertThat(verdicts.reused.sum()).isEqualTo(1);
    }

    @Test
    void aFrameThatIsNotThereForWhoComesLateIsFoundUnlessItWasTold() {
        SessionCheck told = new SessionCheck(play, "told", verdicts, null);
        SessionCheck late = new SessionCheck(play, "late", verdicts, null);
        check.accept(light(1));
        check.accept(pieces(2, 0, 1));
        told.accept(light(1));
        told.accept(pieces(2, 0, 1));
        told.accept(gap(1_003, 1_002));
        late.accept(again(light(1)));
        late.accept(gap(1_003, 1_002));
        late.accept(again(whole(1_002, 0)));

        told.compare(late.seen());
        assertThat(verdicts.lost.sum()).isZero();

        check.compare(late.seen());
        assertThat(verdicts.lost.sum()).isEqualTo(1);
    }

    @Test
    void aToldGapTakesBackWhatWasShownBehindIt() {
        check.accept(light(1));
        check.accept(pieces(2, 0, 1));
        check.accept(pieces(3, 1, 2));
        check.accept(gap(2, 3));
        check.accept(whole(3, 1));
        check.accept(result(4, "server_restart"));

        assertThat(verdicts.clean()).as("%s", verdicts.stories()).isTrue();
        assertThat(verdicts.gaps.sum()).isEqualTo(1);
    }

    @Test
    void aToldGapMayEndWithinTheText() {
        check.accept(light(1));
        check.accept(gap(9, 8));
        check.accept(again(pieces(11, 6, 10)));
        check.accept(whole(12, 10));
        check.accept(result(13, "end_turn"));

        assertThat(verdicts.clean()).as("%s", verdicts.stories()).isTrue();
    }

    @Test
    void aHoleThatWasToldIsNoLoss() {
        check.accept(light(1));
        check.accept(pieces(2, 0, 1));
        check.accept(gap(1_003, 1_002));
        check.accept(again(whole(1_002, 0)));
        check.accept(again(result(1_003, "server_restart")));

        assertThat(verdicts.clean()).as("%s", verdicts.stories()).isTrue();
        assertThat(verdicts.frames.sum()).isEqualTo(4);
    }

    @Test
    void aCallWithoutAResultIsFound() {
        check.accept(frame("agent_tool_use", 1).put("tool_use_id", "t"));
        check.accept(result(2, "server_restart"));

        assertThat(verdicts.lost.sum()).isEqualTo(1);
    }

    @Test
    void aTurnThatEndsTwiceIsFound() {
        turn(check, 1);
        check.accept(result(14, "server_restart"));

        assertThat(verdicts.turnsEndedTwice.sum()).isEqualTo(1);
    }

    private static void turn(SessionCheck check, long from) {
        check.accept(light(from));
        for (int i = 0; i < 10; i++) {
            check.accept(pieces(from + 1 + i, i, i + 1));
        }
        check.accept(whole(from + 11, 10));
        check.accept(result(from + 12, "end_turn"));
    }

    private static ObjectNode light(long seq) {
        return frame("agent_thinking", seq).put("thinking", true);
    }

    private static ObjectNode pieces(long seq, int from, int to) {
        return frame("agent_message", seq).put("complete", false).put("content", PlayText.text(PROMPT, from, to));
    }

    private static ObjectNode whole(long seq, int to) {
        return frame("agent_message", seq).put("complete", true).put("content", PlayText.text(PROMPT, 0, to));
    }

    private static ObjectNode result(long seq, String reason) {
        return frame("agent_result", seq).put("prompt_id", "p").put("stop_reason", reason);
    }

    private static ObjectNode again(ObjectNode frame) {
        return frame.put("replayed", true);
    }

    private static ObjectNode gap(long lastSeq, long firstSeq) {
        return MAPPER.createObjectNode()
                .put("type", "subscribed")
                .put("gap", true)
                .put("last_seq", lastSeq)
                .put("first_seq", firstSeq);
    }

    private static ObjectNode frame(String type, long seq) {
        return MAPPER.createObjectNode().put("type", type).put("seq", seq);
    }
}
