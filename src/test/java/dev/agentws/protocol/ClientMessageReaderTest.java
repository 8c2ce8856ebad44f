package dev.agentws.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ClientMessageReaderTest {
    private static final int MAX = 1 << 20;
    private static final String UUID = "0f8fad5b-d9cb-469f-a165-70867728950e";

    private final ClientMessageReader reader = new ClientMessageReader(MAX);

    @Test
    void eachKindOfMessageIsRead() {
        assertThat(message("{'type':'auth','token':'k'}")).isEqualTo(new ClientMessage.Auth("k"));
        assertThat(message("{'type':'interrupt_session','session_id':'s'}"))
                .isEqualTo(new ClientMessage.InterruptSession("s"));
        assertThat(message("{'type':'end_session','session_id':'s'}")).isEqualTo(new ClientMessage.EndSession("s"));
        assertThat(message("{'type':'list_sessions'}")).isEqualTo(new ClientMessage.ListSessions(null));
        assertThat(message("{'type':'kill_all_agents'}")).isEqualTo(new ClientMessage.KillAllAgents());
        assertThat(message("{'type':'subscribe','session_id':'s','after_seq':17}"))
                .isEqualTo(new ClientMessage.Subscribe("s", 17));
        assertThat(message("{'type':'subscribe','session_id':'s'}")).isEqualTo(new ClientMessage.Subscribe("s", 0));
        assertThat(message("{'type':'ping'}")).isEqualTo(new ClientMessage.Ping(null));
        assertThat(message("{'type':'permission_response','session_id':'s','permission_id':'r','approved':false,"
                        + "'reason':'no','remember':true}"))
                .isEqualTo(new ClientMessage.PermissionResponse("s", "r", false, "no", null, BooleanNode.TRUE, false));
        assertThat(message("{'type':'set_permission_mode','session_id':'s','mode':'plan'}"))
                .isEqualTo(new ClientMessage.SetPermissionMode("s", "plan"));
        assertThat(message("{'type':'set_model','session_id':'s','model':null}"))
                .isEqualTo(new ClientMessage.SetModel("s", null));
    }

    @Test
    void aSessionIsCreatedWithoutIdAndOptions() {
        ClientMessage.CreateSession message =
                (ClientMessage.CreateSession) message("{'type':'create_session','session_id':null}");

        assertThat(message.sessionId()).isNull();
        assertThat(message.options().isEmpty()).isTrue();
    }

    @Test
    void optionsAreHandedOnUnchecked() {
        ClientMessage.CreateSession message = (ClientMessage.CreateSession)
                message("{'type':'create_session','session_id':'s','options':{'x':[1]},'unknown':{}}");

        assertThat(message.options().toString()).isEqualTo("{\"x\":[1]}");
    }

    @Test
    void aPromptIsATextOrContentBlocks() {
        ClientMessage.SendPrompt text = (ClientMessage.SendPrompt)
                message("{'type':'send_prompt','session_id':'s','prompt':'hi','prompt_id':'p'}");
        ClientMessage.SendPrompt blocks = (ClientMessage.SendPrompt)
                message(
                        "{'type':'send_prompt','session_id':'s','prompt':null,'content':[{'type':'text','text':'hi'},{'type':'image'}]}");

        assertThat(text.content().textValue()).isEqualTo("hi");
        assertThat(text.promptId()).isEqualTo("p");
        assertThat(blocks.content()).isInstanceOf(ArrayNode.class).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0F8FAD5B-D9CB-469F-A165-70867728950E",
                "{0f8fad5b-d9cb-469f-a165-70867728950e}",
                "urn:uuid:0f8fad5b-d9cb-469f-a165-70867728950e",
                "URN:UUID:0F8FAD5B-D9CB-469F-A165-70867728950E",
                "0f8fad5bd9cb469fa16570867728950e",
                "{0F8FAD5BD9CB469FA16570867728950E}"
            })
    void everySpellingOfAUuidIsOneId(String spelling) {
        assertThat(message("{'type':'end_session','session_id':'" + spelling + "'}"))
                .isEqualTo(new ClientMessage.EndSession(UUID));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0f8fad5b-d9cb-469f-a165-70867728950E}",
                "0F8fad5b-d9cb469f-a165-70867728950e",
                "My Session",
                "\u00e9\u20ac"
            })
    void whatIsNoUuidStaysAsItIs(String id) {
        assertThat(SessionIds.canonical(id)).isEqualTo(id);
    }

    @Test
    void aSessionIdHasOneTo128PrintableCharacters() {
        assertThat(SessionIds.canonical("x".repeat(128))).hasSize(128);
        assertThat(SessionIds.canonical("\ud83d\ude00".repeat(128))).isNotNull();
        assertThat(SessionIds.canonical("x".repeat(129))).isNull();
        assertThat(SessionIds.canonical("")).isNull();
        assertThat(SessionIds.canonical("a\u0000b")).isNull();
        assertThat(SessionIds.canonical("a\nb")).isNull();
        assertThat(SessionIds.canonical("a\ud800")).isNull();
        assertThat(SessionIds.canonical("a\u202eb")).isNull();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'type':'auth'} | token: missing (expected: a string)",
                "{'type':'auth','token':7} | token: 7 (expected: a string)",
                "{'type':'end_session'} | session_id: missing (expected: a string)",
                "{'type':'end_session','session_id':[1]} | session_id: an array (expected: a string)",
                "{'type':'end_session','session_id':''} | session_id: \"\" (expected: 1 to 128 printable characters)",
                "{'type':'create_session','options':[]} | options: an array (expected: an object)",
                "{'type':'subscribe','session_id':'s','after_seq':-1} | after_seq: -1 (expected: a whole number from 0 to 9223372036854775807)",
                "{'type':'subscribe','session_id':'s','after_seq':9223372036854775808} | after_seq: 9223372036854775808 (expected: a whole number from 0 to 9223372036854775807)",
                "{'type':'subscribe','session_id':'s','after_seq':1.5} | after_seq: 1.5 (expected: a whole number from 0 to 9223372036854775807)",
                "{'type':'send_prompt','session_id':'s'} | prompt: missing (expected: a string, or content: an array of content blocks)",
                "{'type':'send_prompt','session_id':'s','prompt':' '} | prompt: \" \" (expected: a string that is not blank)",
                "{'type':'send_prompt','session_id':'s','prompt':'a','content':[]} | content: an array (expected: either prompt or content, not both)",
                "{'type':'send_prompt','session_id':'s','content':[]} | content: an array (expected: a non-empty array of content blocks)",
                "{'type':'send_prompt','session_id':'s','content':[7]} | content[0]: 7 (expected: an object)",
                "{'type':'send_prompt','session_id':'s','content':[{}]} | content[0].type: missing (expected: a string such as text or image)",
                "{'type':'send_prompt','session_id':'s','content':[{'type':'text'}]} | content[0].text: missing (expected: a string that is not blank)",
                "{'type':'permission_response','session_id':'s','approved':true} | request_id: missing (expected: the request_id of the permission_request)",
                "{'type':'permission_response','session_id':'s','request_id':'a','permission_id':'b','approved':true} | permission_id: \"b\" (expected: the same as request_id, or only one of them)",
                "{'type':'permission_response','session_id':'s','request_id':'a','approved':'yes'} | approved: \"yes\" (expected: true or false)",
                "{'type':'ping','timestamp':{}} | timestamp: an object (expected: a string of at most 1024 characters or a number)",
                "{'type':7} | type: 7 (expected: a string)",
                "{} | type: missing (expected: a string)"
            })
    void aWrongFieldIsNamedWithItsValueAndWhatWasExpected(String json, String expected) {
        Decoded.Rejected rejected = rejected(json);

        assertThat(rejected.code()).isEqualTo(ErrorCode.INVALID_MESSAGE);
        assertThat(rejected.message()).isEqualTo(expected);
    }

    @Test
    void aRefusalNamesTheRequestAndItsSession() {
        Decoded.Rejected rejected =
                rejected("{'type':'subscribe','session_id':'" + UUID.toUpperCase(Locale.ROOT) + "','after_seq':'x'}");

        assertThat(rejected.requestType()).isEqualTo("subscribe");
        assertThat(rejected.sessionId()).isEqualTo(UUID);
    }

    @Test
    void anUnknownTypeIsNamedButCut() {
        Decoded.Rejected rejected = rejected("{'type':'" + "\u20ac".repeat(500) + "'}");

        assertThat(rejected.code()).isEqualTo(ErrorCode.UNKNOWN_TYPE);
        assertThat(rejected.message()).startsWith("type: \"\u20ac").endsWith("\u2026\" is not known");
        assertThat(rejected.message().getBytes(StandardCharsets.UTF_8)).hasSizeLessThan(240);
        assertThat(rejected.requestType()).isNotNull();
        assertThat(String.valueOf(rejected.requestType()).getBytes(StandardCharsets.UTF_8))
                .hasSizeLessThanOrEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "nope",
                "[]",
                "7",
                "null",
                "'auth'",
                "{",
                "{'type':'ping'",
                "{'type':'ping'} {}",
                "{'type':'ping'} x",
                "{'type':'ping','type':'auth'}",
                "{'a':{'b':1,'b':2},'type':'ping'}",
                "{'type':'ping','n':NaN}",
                "{'type':'ping',}",
                "{'type':'ping'/**/}",
                "{'type':'ping','x':'\u0007'}",
                "\ufeff\ufeff{}"
            })
    void whatIsNotOneJsonObjectIsInvalidJson(String json) {
        Decoded.Rejected rejected = rejected(json);

        assertThat(rejected.code()).isEqualTo(ErrorCode.INVALID_JSON);
        assertThat(rejected.message()).startsWith("Invalid JSON: ").endsWith(" (expected: one JSON object)");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"type\":\"ping\"            | line 1, column 15: the message ends in the middle",
                "{\"type\":x}                  | line 1, column 9: no JSON can stand here",
                "{\"a\":1,\"a\":2}             | line 1, column 11: a name that is there already",
                "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[ | more than 64 levels",
            })
    void whatIsWrongWithTheJsonIsSaidInWordsOfOurs(String json, String words) {
        ByteBuf bytes = Unpooled.copiedBuffer(json, StandardCharsets.UTF_8);
        Decoded.Rejected rejected = (Decoded.Rejected) new ClientMessageReader(1024).read(bytes);
        bytes.release();

        assertThat(rejected.message()).startsWith("Invalid JSON: " + words);
    }

    @Test
    void halfASurrogatePairInAnIdIsRefusedAndNotMended() {
        assertThat(rejected("{'type':'end_session','session_id':'a\\ud800b'}").code())
                .isEqualTo(ErrorCode.INVALID_MESSAGE);
        assertThat(rejected("{'type':'send_prompt','session_id':'a','prompt':'x','prompt_id':'\\udfff'}")
                        .code())
                .isEqualTo(ErrorCode.INVALID_MESSAGE);
        assertThat(rejected("{'type':'fork_session','session_id':'a','new_session_id':'\\ud800'}")
                        .message())
                .isEqualTo("new_session_id: \"\ufffd\" (expected: 1 to 128 printable characters)");
        assertThat(message("{'type':'send_prompt','session_id':'a','prompt':'\\ud800x'}"))
                .isNotNull();
    }

    @Test
    void depthNumbersNamesAndTokensAreLimited() {
        assertThat(rejected("{'a':" + "[".repeat(64) + "]".repeat(64) + "}").code())
                .isEqualTo(ErrorCode.INVALID_JSON);
        assertThat(message("{'type':'ping','a':" + "[".repeat(62) + "]".repeat(62) + "}"))
                .isNotNull();
        assertThat(rejected("{'a':" + "1".repeat(65) + "}").code()).isEqualTo(ErrorCode.INVALID_JSON);
        assertThat(rejected("{'" + "n".repeat(60_000) + "':1}").code()).isEqualTo(ErrorCode.INVALID_JSON);
        assertThat(rejected("{'a':[" + "1,".repeat(400_000) + "1]}").code()).isEqualTo(ErrorCode.INVALID_JSON);
    }

    @Test
    void nulBytesDoNotTurnTextIntoUtf16() {
        byte[] utf16 = "{\"type\":\"list_sessions\"}".getBytes(StandardCharsets.UTF_16BE);

        assertThat(read(utf16)).isInstanceOf(Decoded.Rejected.class);
    }

    @Test
    void loneSurrogatesBecomeReplacementCharactersAndPairsStay() {
        ClientMessage.SendPrompt prompt = (ClientMessage.SendPrompt)
                message(
                        "{'type':'send_prompt','session_id':'s','content':[{'type':'text','text':'a\\ud83d b\\uD83D\\uDE00','n':['\\udc00']}]}");

        assertThat(prompt.content().toString())
                .isEqualTo("[{\"type\":\"text\",\"text\":\"a\ufffd b\ud83d\ude00\",\"n\":[\"\ufffd\"]}]");
    }

    @Test
    void nulInAPromptIsKept() {
        ClientMessage.SendPrompt prompt =
                (ClientMessage.SendPrompt) message("{'type':'send_prompt','session_id':'s','prompt':'a\\u0000b'}");

        assertThat(prompt.content().textValue()).isEqualTo("a\u0000b");
    }

    @Test
    void aTokenIsNotInTheTextOfItsMessage() {
        assertThat(message("{'type':'auth','token':'sesame'}").toString()).doesNotContain("sesame");
    }

    @Test
    void noMutilatedMessageBreaksTheReader() {
        byte[] whole = quoted(
                        "{'type':'send_prompt','session_id':'s','content':[{'type':'text','text':'\\ud83d\\u00e4\u20ac'},1e5,null]}")
                .getBytes(StandardCharsets.UTF_8);
        Random random = new Random(42);
        for (int i = 0; i < 50_000; i++) {
            byte[] bytes = whole.clone();
            for (int flips = random.nextInt(4); flips >= 0; flips--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            assertThat(read(bytes)).isNotNull();
        }
    }

    private ClientMessage message(String json) {
        Decoded decoded = read(quoted(json).getBytes(StandardCharsets.UTF_8));
        assertThat(decoded).isInstanceOf(Decoded.Message.class);
        return ((Decoded.Message) decoded).message();
    }

    private Decoded.Rejected rejected(String json) {
        Decoded decoded = read(quoted(json).getBytes(StandardCharsets.UTF_8));
        assertThat(decoded).isInstanceOf(Decoded.Rejected.class);
        return (Decoded.Rejected) decoded;
    }

    private Decoded read(byte[] json) {
        ByteBuf bytes = Unpooled.wrappedBuffer(json);
        try {
            return reader.read(bytes);
        } finally {
            bytes.release();
        }
    }

    private static String quoted(String json) {
        return json.replace('\'', '"');
    }
}
