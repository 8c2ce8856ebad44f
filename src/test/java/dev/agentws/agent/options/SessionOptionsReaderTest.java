package dev.agentws.agent.options;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agentws.agent.permission.PermissionMode;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SessionOptionsReaderTest {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private final SessionOptionsReader reader =
            new SessionOptionsReader(Set.of("Read", "Write", "Edit", "Bash", "Glob", "Grep", "TodoWrite"));

    private SessionOptions read(String json) throws Exception {
        return reader.read((ObjectNode) MAPPER.readTree(json));
    }

    @Test
    void withoutOptionsASessionHasTheDefaultTools() throws Exception {
        SessionOptions options = read("{}");
        assertThat(options.tools()).containsExactly("Read", "Write", "Edit", "Bash", "Glob", "Grep");
        assertThat(options.permissionMode()).isEqualTo(PermissionMode.DEFAULT);
        assertThat(options.partialMessages()).isTrue();
        assertThat(read("{}")).isSameAs(options);
    }

    @Test
    void equalOptionsShareOneObject() throws Exception {
        assertThat(read("{\"model\":\"x\"}")).isSameAs(read("{\"model\":\"x\"}"));
    }

    @Test
    void nullMeansAbsentAndUnknownOptionsAreIgnored() throws Exception {
        SessionOptions options =
                read("{\"system_prompt\":null,\"permission_mode\":null,\"tools\":null,\"whatever\":[1],"
                        + "\"mcp_servers\":{},\"agents\":null,\"setting_sources\":[]}");
        assertThat(options.systemPrompt()).isNull();
        assertThat(options.permissionMode()).isEqualTo(PermissionMode.DEFAULT);
    }

    @Test
    void searchStandsForGlobAndGrep() throws Exception {
        assertThat(read("{\"tools\":[\"Search\"]}").tools()).containsExactly("Glob", "Grep");
        assertThat(read("{\"tools\":[]}").tools()).isEmpty();
    }

    @Test
    void theValuesOfTheEnvironmentAreNotShown() throws Exception {
        SessionOptions options = read("{\"env\":{\"TOKEN\":\"secret\"},\"model\":\"m\"}");
        assertThat(options.environment()).containsEntry("TOKEN", "secret");
        assertThat(new String(options.echo(), StandardCharsets.UTF_8))
                .isEqualTo("{\"env\":{\"TOKEN\":\"***\"},\"model\":\"m\"}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"tools\":[\"Raed\"]}|tools: unknown tool Raed (expected: Bash, Edit, Glob, Grep, Read, TodoWrite, Write, Search)",
                "{\"tools\":[\"Task\"]}|tools: the tool Task is not available on this server",
                "{\"tools\":[\"mcp__a__b\"]}|tools: the tool mcp__a__b is not available on this server",
                "{\"tools\":\"Read\"}|tools: \"Read\" (expected: an array of strings)",
                "{\"permission_mode\":\"yolo\"}|permission_mode: yolo (expected: default, acceptEdits,",
                "{\"max_turns\":0}|max_turns: 0 (expected: a whole number of at least 1)",
                "{\"max_turns\":1.5}|max_turns: 1.5 (expected: a whole number of at least 1)",
                "{\"max_tokens\":99999999999}|max_tokens: 99999999999 (expected: a whole number",
                "{\"temperature\":2}|temperature: 2 (expected: a number from 0 to 1)",
                "{\"max_budget_usd\":-1}|max_budget_usd: -1 (expected: a number of at least 0)",
                "{\"effort\":\"huge\"}|effort: huge (expected: low, medium, high, xhigh, max)",
                "{\"thinking\":\"on\"}|thinking: \"on\" (expected: an object)",
                "{\"include_partial_messages\":\"no\"}|include_partial_messages: \"no\" (expected: true or false)",
                "{\"env\":{\"A B\":\"x\"}}|env: A B (expected: names",
                "{\"env\":{\"A\":\"x\",\"B\":5}}|env.B: not usable (expected: a string",
                "{\"env\":[]}|env: [] (expected: an object",
                "{\"output_format\":\"json\"}|output_format: \"json\" (expected: an object",
                "{\"system_prompt\":5}|system_prompt: 5 (expected: a string)",
                "{\"mcp_servers\":{\"a\":{}}}|mcp_servers: not supported by this server",
                "{\"agents\":{\"a\":{}}}|agents: not supported by this server",
                "{\"output_format\":{\"type\":\"json_schema\"}}|output_format.schema: not an object",
                "{\"setting_sources\":[\"user\"]}|setting_sources: not supported by this server",
                "{\"allowed_tools\":[\"Write(src/**)\"]}|allowed_tools: Write(src/**) (expected: Edit(path), which holds for Write too)",
                "{\"allowed_tools\":[\"*\"]}|allowed_tools: * (expected: the name of a tool",
                "{\"ask_tools\":[\"Bash(\"]}|ask_tools: Bash( (expected: Tool or Tool(specifier))",
                "{\"add_dirs\":\"/tmp\"}|add_dirs: \"/tmp\" (expected: an array of strings)",
                "{\"disallowed_tools\":[\"Fly\"]}|disallowed_tools: Fly (expected: the name of a tool",
                "{\"conversation_history\":{}}|conversation_history: not an array",
                "{\"conversation_history\":[{\"role\":\"system\",\"content\":\"x\"}]}|conversation_history[0].role: system",
                "{\"conversation_history\":[{\"role\":\"user\"}]}|conversation_history[0].content: missing",
                "{\"conversation_history\":[{\"role\":\"user\",\"content\":\" \"}]}|conversation_history[0].content: empty",
                "{\"conversation_history\":[{\"role\":\"assistant\",\"content\":\"x\"}]}|conversation_history[0].role: assistant",
                "{\"conversation_history\":[{\"role\":\"user\",\"content\":\"x\"},{\"role\":\"assistant\",\"content\":[{\"type\":\"thinking\"}]}]}|conversation_history[1].content: ends with thinking",
                "{\"conversation_history\":[{\"role\":\"user\",\"content\":\"\\u00a0\"}]}|conversation_history[0].content: empty",
                "{\"conversation_history\":[{\"role\":\"user\",\"content\":[1]}]}|conversation_history[0].content[0]: not a content",
            })
    void whatCannotBeHonouredIsRefusedByName(String json, String message) {
        assertThatThrownBy(() -> read(json))
                .isInstanceOf(SessionOptions.Invalid.class)
                .hasMessageStartingWith(message);
    }

    @Test
    void aHistoryKeepsItsBlocksAndLosesForeignCacheMarks() throws Exception {
        SessionOptions options = read("""
                {"conversation_history":[
                  {"role":"user","content":"hi"},
                  {"role":"assistant","content":[{"type":"tool_use","id":"t","name":"Read","input":{}}]},
                  {"role":"user","content":[{"type":"tool_result","tool_use_id":"t","content":"x","cache_control":{"type":"ephemeral"}}]}]}
                """);
        assertThat(options.history()).hasSize(3);
        assertThat(new String(options.history().get(2).blocks().get(0).json(), StandardCharsets.UTF_8))
                .isEqualTo("{\"type\":\"tool_result\",\"tool_use_id\":\"t\",\"content\":\"x\"}");
    }

    @Test
    void aHistoryWhoseCallsHaveNoAnswersIsRefused() {
        assertThatThrownBy(
                        () -> read(
                                "{\"conversation_history\":[{\"role\":\"user\",\"content\":\"x\"},{\"role\":\"assistant\",\"content\":[{\"type\":\"tool_use\",\"id\":\"t\",\"name\":\"R\",\"input\":{}}]}]}"))
                .hasMessage("conversation_history: tool_use t has no tool_result after it");
        assertThatThrownBy(
                        () -> read(
                                "{\"conversation_history\":[{\"role\":\"user\",\"content\":[{\"type\":\"tool_result\",\"tool_use_id\":\"t\",\"content\":\"x\"}]}]}"))
                .hasMessageContaining("tool results [t]");
    }
}
