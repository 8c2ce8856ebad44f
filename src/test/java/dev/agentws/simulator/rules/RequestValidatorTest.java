package dev.agentws.simulator.rules;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.agentws.simulator.api.ApiError;
import dev.agentws.simulator.api.JsonBodies;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each refusal in the API's words. In the tables, single quotes inside JSON stand for double ones. */
final class RequestValidatorTest {
    private static final String HI = "'messages':[{'role':'user','content':'hi'}]";

    private static @Nullable String refusal(String version, String betas, String json) throws Exception {
        HttpHeaders headers = new DefaultHttpHeaders().set("x-api-key", "k").set("anthropic-version", version);
        if (!betas.isEmpty()) {
            headers.set("anthropic-beta", betas);
        }
        JsonNode body = JsonBodies.read(json.replace('\'', '"'));
        ApiError error = RequestValidator.check(headers, body, false);
        return error == null ? null : (error.status() == 400 ? "" : error.status() + " ") + error.message();
    }

    private static @Nullable String refusal(String json) throws Exception {
        return refusal("2026-10-21", "", json);
    }

    private static String on(String model, String fields) {
        return "{'model':'" + model + "','max_tokens':2048," + fields + "}";
    }

    private static String with(String fields) {
        return on("claude-sonnet-4-6", HI + "," + fields);
    }

    private static String talk(String messages) {
        return on("claude-sonnet-4-6", "'messages':[" + messages + "]");
    }

    private static final String ASK = "{'role':'user','content':'go'}";
    private static final String CALL =
            "{'role':'assistant','content':[{'type':'tool_use','id':'t1','name':'A','input':{}}]}";
    private static final String RESULT =
            "{'role':'user','content':[{'type':'tool_result','tool_use_id':'t1','content':'ok'}]}";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{} | model: Field required",
                "{'model':'claude-x'} | max_tokens: Field required",
                "{'model':'claude-x','max_tokens':1} | messages: Field required",
                "{'model':1,'max_tokens':1,'messages':[]} | model: Input should be a valid string",
                "{'model':'claude-x','max_tokens':'1','messages':[]} | max_tokens: Input should be a valid integer",
                "{'model':'claude-x','max_tokens':1,'messages':'hi'} | messages: Input should be a valid list",
                "{'model':'claude-x','max_tokens':1,'messages':[]} | messages: at least one message is required",
                "{'model':'gpt-5','max_tokens':1,'messages':[]} | 404 model: gpt-5",
                "{'model':'claude-x','max_tokens':-1,'messages':[]} | max_tokens: Input should be greater than or equal to 0",
                "{'model':'claude-haiku-4-5','max_tokens':64001,'messages':[]} | max_tokens: 64001 > 64000, which is the maximum allowed number of output tokens for claude-haiku-4-5",
            })
    void whatIsMissingOrOutOfBoundsIsNamed(String json, String message) throws Exception {
        assertThat(refusal(json)).isEqualTo(message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "'foo':1 | foo: Extra inputs are not permitted",
                "'temperature':1.0 | temperature: Extra inputs are not permitted",
                "'top_p':1 | top_p: Extra inputs are not permitted",
                "'top_k':5 | top_k: Extra inputs are not permitted",
                "'context_management':{} | context_management: Extra inputs are not permitted",
                "'mcp_servers':[] | mcp_servers: Extra inputs are not permitted",
                "'stream':1 | stream: Input should be a valid boolean",
                "'tools':{} | tools: Input should be a valid list",
                "'stop_sequences':'x' | stop_sequences: Input should be a valid list",
                "'metadata':{'mail':'x'} | metadata.mail: Extra inputs are not permitted",
                "'service_tier':'x' | service_tier: Input should be 'auto' or 'standard_only'",
                "'stop_sequences':[' '] | stop_sequences: each stop sequence must contain non-whitespace",
                "'system':[{'type':'text','text':''}] | system: text content blocks must be non-empty",
                "'system':5 | system: Input should be a valid string or list",
                "'output_config':{'effort':'huge'} | output_config.effort: Input should be 'low', 'medium', 'high', 'xhigh' or 'max'",
                "'output_config':{'effort':'xhigh'} | This model does not support effort level 'xhigh'.",
                "'output_config':{'task_budget':{}} | output_config.task_budget: Extra inputs are not permitted",
                "'tools':[{'name':'A'}] | tools.0.custom.input_schema: Field required",
                "'tools':[{'name':'a b','input_schema':{'type':'object'}}] | tools.0.custom.name: String should match pattern '^[a-zA-Z0-9_-]{1,128}$'",
                "'tools':[{'name':'A','input_schema':{}}] | tools.0.custom.input_schema.type: Input should be 'object'",
                "'tools':[{'name':'A','foo':1,'input_schema':{'type':'object'}}] | tools.0.custom.foo: Extra inputs are not permitted",
                "'tools':[{'type':'bash_1999','name':'bash'}] | tools.0: Input tag 'bash_1999' found using 'type' does not match any of the expected tags",
                "'tools':[{'name':'A','input_schema':{'type':'object'}},{'name':'A','input_schema':{'type':'object'}}] | tools: Tool names must be unique.",
                "'tool_choice':{'type':'none','disable_parallel_tool_use':true} | tool_choice.none.disable_parallel_tool_use: Extra inputs are not permitted",
                "'tool_choice':{'type':'must'} | tool_choice: Input tag 'must' found using 'type' does not match any of the expected tags: 'any', 'auto', 'none', 'tool'",
                "'tools':[{'name':'A','input_schema':{'type':'object'}}],'tool_choice':{'type':'tool'} | tool_choice.tool.name: Field required",
                "'tools':[{'name':'A','input_schema':{'type':'object'}}],'tool_choice':{'type':'any'},'thinking':{'type':'adaptive'} | Thinking may not be enabled when tool_choice forces tool use.",
                "'tool_choice':{'type':'auto'} | tool_choice may only be specified while providing tools.",
                "'tools':[{'name':'A','input_schema':{'type':'object'}}],'tool_choice':{'type':'tool','name':'B'} | Tool 'B' not found in provided tools",
            })
    void aFieldThatIsWrongIsRefused(String field, String message) throws Exception {
        assertThat(refusal(with(field))).isEqualTo(message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "claude-opus-4-7 | 'thinking':{'type':'enabled','budget_tokens':1024} | \"thinking.type.enabled\" is not supported for this model. Use \"thinking.type.adaptive\" and \"output_config.effort\" to control thinking behavior.",
                "claude-sonnet-4-6 | 'thinking':{'type':'enabled','budget_tokens':1000} | thinking.enabled.budget_tokens: Input should be greater than or equal to 1024",
                "claude-sonnet-4-6 | 'thinking':{'type':'enabled'} | thinking.enabled.budget_tokens: Field required",
                "claude-opus-5-5 | 'thinking':{'type':'disabled'} | \"thinking.type.disabled\" is not supported for this model.",
                "claude-fable-5-2 | 'thinking':{'type':'disabled'} | \"thinking.type.disabled\" is not supported for this model.",
                "claude-sonnet-5-5 | 'thinking':{'type':'disabled'} | \"thinking.type.disabled\" is not supported for this model.",
                "claude-opus-5-5 | 'thinking':{'type':'between_tools'} | \"thinking.type.between_tools\" is not supported for this model.",
                "claude-haiku-4-5-20251001 | 'thinking':{'type':'adaptive'} | adaptive thinking is not supported on this model",
                "claude-opus-5-5 | 'thinking':{'type':'adaptive','budget_tokens':5} | thinking.adaptive.budget_tokens: Extra inputs are not permitted",
                "claude-opus-5-5 | 'thinking':{'type':'adaptive','display':'updates'} | thinking.adaptive.display: Input should be 'summarized' or 'omitted'",
                "claude-opus-5-5 | 'thinking':{'type':'sometimes'} | thinking: Input tag 'sometimes' found using 'type' does not match any of the expected tags: 'adaptive', 'between_tools', 'disabled', 'enabled'",
                "claude-opus-5-5 | 'tools':[{'name':'A','input_schema':{'type':'object'}}],'tool_choice':{'type':'any'} | tool_choice: type \"tool\" and \"any\" are not supported for this model.",
                "claude-sonnet-5-5 | 'tools':[{'name':'A','input_schema':{'type':'object'}}],'tool_choice':{'type':'tool','name':'A'} | tool_choice: type \"tool\" and \"any\" are not supported for this model.",
                "claude-haiku-4-5 | 'output_config':{'effort':'low'} | This model does not support the effort parameter.",
            })
    void whatAModelCannotDoIsRefused(String model, String field, String message) throws Exception {
        assertThat(refusal(on(model, HI + "," + field))).isEqualTo(message);
    }

    @Test
    void theBudgetOfThinkingMustFitIntoTheAnswer() throws Exception {
        assertThat(refusal(with("'thinking':{'type':'enabled','budget_tokens':2048}")))
                .startsWith("`max_tokens` must be greater than `thinking.budget_tokens`.");
    }

    @Test
    void samplingIsStillThereForOldVersionsAndModels() throws Exception {
        assertThat(refusal("2023-06-01", "", with("'temperature':0.5,'top_k':4")))
                .isNull();
        assertThat(refusal("2023-06-01", "", with("'temperature':1.5"))).isEqualTo("temperature: range: 0..1");
        assertThat(refusal("2023-06-01", "", on("claude-opus-4-7", HI + ",'temperature':1")))
                .isNull();
        assertThat(refusal("2023-06-01", "", on("claude-opus-4-7", HI + ",'temperature':0.5")))
                .isEqualTo("`temperature` is deprecated for this model.");
        assertThat(refusal("2023-06-01", "", on("claude-opus-5-5", HI + ",'top_k':1")))
                .isEqualTo("`top_k` is deprecated for this model.");
    }

    @Test
    void fieldsOfABetaNeedItsHeader() throws Exception {
        assertThat(refusal("2026-10-21", "context-management-2025-06-27", with("'context_management':{'edits':[]}")))
                .isNull();
        String updates = "'thinking':{'type':'adaptive','display':'updates'}";
        assertThat(refusal("2026-10-21", "thinking-display-updates-2026-08-18", with(updates)))
                .isNull();
        assertThat(refusal("2026-10-21", "task-budgets-2026-03-13", with("'output_config':{'task_budget':{}}")))
                .isNull();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{'role':'user','content':''} | messages: text content blocks must be non-empty",
                "{'role':'user','content':[{'type':'text','text':''}]} | messages: text content blocks must be non-empty",
                "{'role':'user','content':[]} | messages.0: all messages must have non-empty content except for the optional final assistant message",
                "{'role':'user'} | messages.0.content: Field required",
                "{'role':'robot','content':'x'} | messages.0.role: Input should be 'user', 'assistant' or 'system'",
                "{'role':'assistant','content':'x'},{'role':'user','content':'x'} | messages: first message must use the \"user\" role",
                "{'role':'user','content':[{'type':'text','text':'a','parsed':1}]} | messages.0.content.0.text.parsed: Extra inputs are not permitted",
                "{'role':'user','content':[{'type':'tool_use','id':'a','name':'A','input':{}}]} | messages.0: `tool_use` blocks can only be in `assistant` messages",
                "{'role':'user','content':'a'},{'role':'assistant','content':[{'type':'tool_result','tool_use_id':'a'}]} | messages.1: `tool_result` blocks can only be in `user` messages",
                "{'role':'user','content':'a'},{'role':'assistant','content':[{'type':'tool_use','id':'a','name':'A','input':'x'}]} | messages.1.content.0.tool_use.input: Input should be a valid dictionary",
                "{'role':'user','content':'a'},{'role':'assistant','content':[{'type':'tool_use','id':'a b','name':'A','input':{}}]} | messages.1.content.0.tool_use.id: String should match pattern '^[a-zA-Z0-9_-]+$'",
                "{'role':'user','content':'a'},{'role':'assistant','content':[{'type':'thinking','thinking':''}]} | messages.1.content.0.thinking.signature: Field required",
                "{'role':'user','content':'a'},{'role':'assistant','content':'b'} | This model does not support assistant message prefill. The conversation must end with a user message.",
                "{'role':'user','content':'a'},{'role':'assistant','content':[{'type':'document','source':{}}]} | messages.1: `document` blocks can only be in `user` messages",
                "{'role':'user','content':[{'type':'text','text':'a','citations':[{}]}]} | messages.0: `citations` are only allowed in text blocks of `assistant` messages",
            })
    void aMessageThatIsWrongIsRefused(String messages, String message) throws Exception {
        assertThat(refusal(talk(messages))).isEqualTo(message);
    }

    @Test
    void aConversationHasAtMostAHundredThousandMessages() throws Exception {
        assertThat(refusal(talk(ASK + ("," + ASK).repeat(100_000))))
                .isEqualTo("messages: List should have at most 100000 items after validation, not 100001");
    }

    @Test
    void anUnknownKindOfBlockIsNamed() throws Exception {
        assertThat(refusal(talk("{'role':'user','content':[{'type':'smell'}]}")))
                .startsWith("messages.0.content.0: Input tag 'smell' found using 'type' does not match any of the");
    }

    @Test
    void everyCallNeedsItsResultInTheNextMessage() throws Exception {
        String message = "messages.1: `tool_use` ids were found without `tool_result` blocks immediately after: t1."
                + " Each `tool_use` block must have a corresponding `tool_result` block in the next message.";

        assertThat(refusal(talk(ASK + "," + CALL + "," + ASK))).isEqualTo(message);
        assertThat(refusal(talk(ASK + "," + CALL + "," + RESULT.replace("[{", "[{'type':'text','text':'first'},{"))))
                .isEqualTo(message);
        assertThat(refusal(talk(ASK + "," + CALL + "," + RESULT))).isNull();
    }

    @Test
    void everyResultNeedsItsCallInTheMessageBefore() throws Exception {
        assertThat(refusal(talk(RESULT)))
                .isEqualTo("messages.0.content.0: unexpected `tool_use_id` found in `tool_result` blocks: t1. Each"
                        + " `tool_result` block must have a corresponding `tool_use` block in the previous message.");
        assertThat(refusal(talk(
                        ASK + "," + CALL + "," + RESULT.replace("[{", "[{'type':'tool_result','tool_use_id':'t1'},{"))))
                .isEqualTo("messages.2.content.1: each tool_use must have a single result. Found multiple"
                        + " `tool_result` blocks with id: t1");
    }

    @Test
    void idsOfCallsAreUnique() throws Exception {
        assertThat(refusal(talk(String.join(",", ASK, CALL, RESULT, CALL, RESULT))))
                .isEqualTo("messages: `tool_use` ids must be unique");
    }

    @Test
    void onlyTheThinkingOfTheLatestTurnMustBeSigned() throws Exception {
        String unsigned = "{'role':'assistant','content':[{'type':'thinking','thinking':'','signature':''},"
                + "{'type':'text','text':'x'}]}";

        assertThat(refusal(talk(ASK + "," + unsigned + "," + ASK)))
                .isEqualTo("messages.1.content.0: Invalid `signature` in `thinking` block");
        assertThat(refusal(talk(ASK + "," + unsigned + "," + ASK + ",{'role':'assistant','content':'y'}," + ASK)))
                .isNull();
        assertThat(refusal(talk(ASK + "," + unsigned + "," + CALL + "," + RESULT)))
                .isEqualTo("messages.1.content.0: Invalid `signature` in `thinking` block");
    }

    @Test
    void oldModelsTakeAPrefillWithoutTrailingSpace() throws Exception {
        String prefill = "'messages':[" + ASK + ",{'role':'assistant','content':'x'}]";

        assertThat(refusal(on("claude-haiku-4-5", prefill))).isNull();
        assertThat(refusal(on("claude-haiku-4-5", prefill.replace("'x'", "'x '"))))
                .isEqualTo("messages: final assistant content cannot end with trailing whitespace");
    }

    @Test
    void systemMessagesComeLaterAndOnlyOnNewModels() throws Exception {
        String system = "'messages':[" + ASK + ",{'role':'system','content':'x'}]";

        assertThat(refusal(on("claude-opus-5-5", system))).isNull();
        assertThat(refusal(on("claude-sonnet-4-6", system))).startsWith("messages: Unexpected role \"system\".");
        assertThat(refusal(on("claude-opus-5-5", "'messages':[{'role':'system','content':'x'}]")))
                .startsWith("messages: Unexpected role \"system\".");
    }

    @Test
    void cacheMarksAreCountedPlacedAndOrdered() throws Exception {
        String mark = "'cache_control':{'type':'ephemeral'}";
        String block = "{'type':'text','text':'a'," + mark + "}";
        String five = "{'role':'user','content':[" + String.join(",", block, block, block, block, block) + "]}";

        assertThat(refusal(talk(five))).isEqualTo("A maximum of 4 blocks with cache_control may be provided. Found 5.");
        assertThat(refusal(talk(ASK + ",{'role':'assistant','content':[{'type':'thinking','thinking':'',"
                        + "'signature':'s'," + mark + "}]}," + ASK)))
                .isEqualTo("messages.1.content.0.thinking.cache_control: Extra inputs are not permitted");
        assertThat(refusal(talk(ASK + "," + CALL + ",{'role':'user','content':[{'type':'tool_result',"
                        + "'tool_use_id':'t1','content':[" + block + "]}]}")))
                .isEqualTo("messages.2.content.0.tool_result.content.0.text.cache_control: Extra inputs are not"
                        + " permitted");
        assertThat(refusal(with("'system':[" + block.replace("ephemeral", "eternal") + "]")))
                .isEqualTo("system.0.cache_control.type: Input should be 'ephemeral'");
        assertThat(refusal(with("'system':[" + block.replace("'ephemeral'", "'ephemeral','ttl':'2h'") + "]")))
                .isEqualTo("system.0.cache_control.ttl: Input should be '5m' or '1h'");
        assertThat(refusal(with(
                        "'system':[" + block + "," + block.replace("'ephemeral'", "'ephemeral','ttl':'1h'") + "]")))
                .startsWith(
                        "system.1.cache_control.ttl: a ttl='1h' cache_control block must not come after a ttl='5m'");
    }

    @Test
    void aPromptBeyondTheWindowIsRefused() throws Exception {
        String words = "x".repeat(800_100);
        assertThat(refusal(on("claude-haiku-4-5", HI.replace("'hi'", "'" + words + "'"))))
                .isEqualTo("prompt is too long: 200025 tokens > 200000 maximum");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'thinking':{'type':'adaptive','display':'summarized'},'output_config':{'effort':'high'}",
                "'thinking':{'type':'disabled'}",
                "'metadata':{'user_id':'u'},'stop_sequences':['END'],'service_tier':'auto'",
                "'tools':[{'name':'A','description':'d','input_schema':{'type':'object','properties':{}}},"
                        + "{'type':'web_search_20260318','name':'web_search'}],'tool_choice':{'type':'any'}",
                "'system':[{'type':'text','text':'s','cache_control':{'type':'ephemeral','ttl':'1h'}}]",
                "'cache_control':{'type':'ephemeral'},'stream':true",
            })
    void whatTheApiTakesIsTaken(String fields) throws Exception {
        assertThat(refusal(with(fields))).isNull();
    }
}
