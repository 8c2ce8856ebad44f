package dev.agentws.conversation;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import dev.agentws.simulator.SimulatedCall;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the client decodes is what the model said, however it was written down. */
final class TextTest {
    private static final String EVERYTHING =
            "漢字かな한글 emoji 😀👩‍👩‍👧 ñ \"quoted\" \\back\\ /slash \b\f\n\r\t \u0001\u001f \u007f \u2028\u2029 \ufeff";

    @RegisterExtension
    final Stage stage = new Stage();

    @Test
    void textOfAllKindsArrivesAsItWasSaid() {
        assertThatItArrives(
                "\"" + new String(JsonStringEncoder.getInstance().quoteAsString(EVERYTHING)) + "\"", EVERYTHING);
    }

    @Test
    void everyEscapeOfJsonArrivesAsWhatItStandsFor() {
        StringBuilder escaped = new StringBuilder("\"");
        for (int i = 0; i < EVERYTHING.length(); i++) {
            escaped.append(String.format("\\u%04X", (int) EVERYTHING.charAt(i)));
        }
        assertThatItArrives(escaped.append("\\/\\b\\f\\n\\r\\t\\\\\\\"\"").toString(), EVERYTHING + "/\b\f\n\r\t\\\"");
    }

    private void assertThatItArrives(String json, String text) {
        Talk talk = stage.client("ann").create("{}");
        talk.prompt(EVERYTHING);
        SimulatedCall call = stage.call();
        assertThat(call.body().at("/messages/0/content/0/text").asText()).isEqualTo(EVERYTHING);
        delta(call.start().textStart(), json).textStop().end("end_turn");
        assertThat(talk.awaitBrief("+").at("content")).isEqualTo(text);
        assertThat(talk.awaitBrief("=").at("content")).isEqualTo(text);
        talk.prompt("again");
        SimulatedCall next = stage.call();
        assertThat(next.body().at("/messages/1/content/0/text").asText()).isEqualTo(text);
        next.start().text("ok").end("end_turn");
        talk.await("agent_result");
        talk.await("agent_result");
        Talk late = stage.client("bob").talk(talk.id()).subscribe(0);
        assertThat(late.awaitBrief("+").at("content")).isEqualTo(text);
    }

    private static SimulatedCall delta(SimulatedCall call, String json) {
        return call.event(
                "content_block_delta",
                "{\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":" + json
                        + "}}");
    }

    @Test
    void aCharacterThatIsSplitOverTwoPiecesIsWholeInTheEnd() {
        Talk talk = stage.client("ann").create("{}");
        talk.prompt("hi");
        SimulatedCall call = stage.call().start().textStart();
        delta(call, "\"a\\ud83d\"");
        delta(call, "\"\\ude00b\"").textStop().end("end_turn");
        assertThat(talk.awaitBrief("=").at("content")).isEqualTo("a😀b");
        assertThat(Merged.briefs(talk.frames())).contains("+a😀b");
        talk.prompt("again");
        SimulatedCall next = stage.call();
        assertThat(next.body().at("/messages/1/content/0/text").asText()).isEqualTo("a😀b");
        next.start().text("ok").end("end_turn");
        talk.await("agent_result");
        talk.await("agent_result");
        Talk late = stage.client("bob").talk(talk.id()).subscribe(0);
        assertThat(late.awaitBrief("+").at("content")).isEqualTo("a😀b");
    }

    @Test
    void bytesThatComeOneByOneMakeTheSameText() {
        Talk talk = stage.client("ann").create("{}");
        talk.prompt("hi");
        SimulatedCall call = stage.call().start().textStart();
        byte[] event = ("event: content_block_delta\r\ndata: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":"
                        + "{\"type\":\"text_delta\",\"text\":\"漢😀\\n\"}}\r\n\r\n")
                .getBytes(java.nio.charset.StandardCharsets.UTF_8);
        for (byte each : event) {
            call.raw(new byte[] {each});
        }
        call.textStop().end("end_turn");
        assertThat(talk.turn())
                .containsExactly("created", "thinking", "thought", "+漢😀\n", "=漢😀\n", "result end_turn");
    }
}
