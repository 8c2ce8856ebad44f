package dev.agentws.server.chat;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

final class ChatScreenTest {
    private final StringWriter shown = new StringWriter();

    private String show(boolean styled, String... frames) throws JsonProcessingException {
        ChatScreen screen = new ChatScreen(new PrintWriter(shown), styled);
        for (String frame : frames) {
            screen.frame(json(frame));
        }
        return shown.toString();
    }

    private static JsonNode json(String text) throws JsonProcessingException {
        return new ObjectMapper().readTree(text.replace('\'', '"'));
    }

    @Test
    void thePiecesOfAMessageAreNotShownTwice() throws JsonProcessingException {
        assertThat(show(
                        false,
                        "{'type':'agent_message','content':'Hel','complete':false}",
                        "{'type':'agent_message','content':'lo','complete':false}",
                        "{'type':'agent_message','content':'Hello','complete':true}"))
                .isEqualTo("Hello\n");
    }

    @Test
    void aMessageWithoutPiecesIsShownWhole() throws JsonProcessingException {
        assertThat(show(false, "{'type':'agent_message','content':'Hello','complete':true}"))
                .isEqualTo("Hello\n");
    }

    @Test
    void thinkingIsDimAndEndsItsLine() throws JsonProcessingException {
        assertThat(show(
                        true,
                        "{'type':'agent_thinking','thinking':true}",
                        "{'type':'agent_thinking','thinking':true,'content':'hm'}",
                        "{'type':'agent_thinking','thinking':false}"))
                .isEqualTo("\u001b[2mhm\u001b[0m\n");
    }

    @Test
    void aToolIsOneLineAndItsOutputIsIndentedAsItComes() throws JsonProcessingException {
        assertThat(show(
                        false,
                        "{'type':'agent_tool_use','tool':'Bash','input':{'command':'ls\\nls'},'tool_use_id':'t'}",
                        "{'type':'agent_tool_output','tool_use_id':'t','stream':'stdout','content':'a\\nb'}",
                        "{'type':'agent_tool_output','tool_use_id':'t','stream':'stdout','content':'c\\n'}",
                        "{'type':'agent_tool_result','tool_use_id':'t','content':'a\\nbc','duration_ms':7}"))
                .isEqualTo("* Bash ls ls\n  | a\n  | bc\n  done in 7 ms\n");
    }

    @Test
    void whatAModelSaysCannotSteerTheTerminal() throws JsonProcessingException {
        assertThat(show(
                        false,
                        "{'type':'agent_message','content':'a\\u001b]52;c;x\\u0007b\\u009b2J\\r','complete':true}"))
                .isEqualTo("a]52;c;xb2J\n");
    }

    @Test
    void aChangeOfAFileIsShownOnceThoughQuestionAndResultTellIt() throws JsonProcessingException {
        String patch = "{'structuredPatch':[{'newStart':3,'lines':[' a','-b','+c']}]}";
        String text = show(
                false,
                "{'type':'permission_request','tool_use_id':'t','description':'Edit x','details':{'diff':" + patch
                        + "}}",
                "{'type':'permission_acknowledged','status':'executing'}",
                "{'type':'agent_tool_result','tool_use_id':'t','content':'ok','duration_ms':1,'details':" + patch
                        + "}");

        assertThat(text).isEqualTo("? Edit x\n  | @@ line 3\n  |  a\n  | -b\n  | +c\n  allowed\n  done in 1 ms\n");
    }

    @Test
    void aLongResultIsCutWithTheNumberOfWhatIsLeft() throws JsonProcessingException {
        assertThat(
                        show(
                                false,
                                "{'type':'agent_tool_result','tool_use_id':'t','content':'1\\n2\\n3\\n4\\n5\\n6\\n7','duration_ms':1}"))
                .contains("  | 5\n  | … 2 more lines\n");
    }

    @Test
    void theEndOfATurnTellsTimeMoneyAndContext() throws JsonProcessingException {
        assertThat(show(
                        false,
                        "{'type':'agent_result','stop_reason':'max_turns','is_error':true,'duration_ms':1520,'cost_usd':0.1,"
                                + "'total_cost_usd':0.25,'context_tokens':5000,'context_window':20000}"))
                .isEqualTo("(max_turns, 1.5 s, $0.2500, context 25 %)\n");
    }

    @Test
    void theFirstSuggestionIsToldInWords() throws JsonProcessingException {
        assertThat(ChatQuestions.always(json("{'suggestions':[{'type':'setMode','mode':'acceptEdits'}]}")))
                .isEqualTo("mode acceptEdits");
        assertThat(ChatQuestions.always(json("{'suggestions':[]}"))).isNull();
    }
}
