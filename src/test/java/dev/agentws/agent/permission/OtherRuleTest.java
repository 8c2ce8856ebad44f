package dev.agentws.agent.permission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agentws.agent.permission.Decision.Verdict;
import dev.agentws.agent.tool.Access;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Rules on hosts, servers and fields, what rules cannot say, hooks, and what is suggested. */
class OtherRuleTest {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private final Path root;

    OtherRuleTest(@TempDir Path root) {
        this.root = root;
    }

    @ParameterizedTest
    @CsvSource({
        "WebFetch(domain:example.com), example.com, ALLOW",
        "WebFetch(domain:example.com), EXAMPLE.com., ALLOW",
        "WebFetch(domain:example.com), www.example.com, ASK",
        "WebFetch(domain:example.com), evilexample.com, ASK",
        "WebFetch(domain:example.com), example.com.evil.org, ASK",
        "WebFetch(domain:*.example.com), www.example.com, ALLOW",
        "WebFetch(domain:*.example.com), a.b.example.com, ALLOW",
        "WebFetch(domain:*.example.com), example.com, ASK",
        "WebFetch(domain:*.example.com), evilexample.com, ASK",
        "WebFetch(domain:api.*.com), api.example.com, ALLOW",
        "WebFetch(domain:api.*.com), api.a.b.com, ASK",
        "WebFetch(domain:api-*.example.com), api-1.example.com, ALLOW",
        "WebFetch, anything.org, ALLOW",
        "WebFetch(*), anything.org, ALLOW",
    })
    void aRuleOnAHost(String rule, String host, Verdict verdict) {
        ObjectNode input = JsonNodeFactory.instance.objectNode();
        assertThat(new Rules(root).allow(rule).tool("WebFetch", Access.fetch(host), input))
                .isEqualTo(verdict);
        Verdict denied = verdict == Verdict.ALLOW ? Verdict.DENY : Verdict.ALLOW;
        Rules denying = new Rules(root.resolve("second")).deny(rule).mode(PermissionMode.BYPASS);
        assertThat(denying.tool("WebFetch", Access.fetch(host), input)).isEqualTo(denied);
    }

    @ParameterizedTest
    @CsvSource({
        "mcp__git, mcp__git__log, ALLOW",
        "mcp__git__*, mcp__git__log, ALLOW",
        "mcp__git__get_*, mcp__git__get_x, ALLOW",
        "mcp__git__get_*, mcp__git__set_x, ASK",
        "mcp__git__log, mcp__git__log, ALLOW",
        "mcp__git__log, mcp__git__log2, ASK",
        "mcp__git, mcp__github__log, ASK",
    })
    void aRuleOnAServer(String rule, String tool, Verdict verdict) {
        ObjectNode input = JsonNodeFactory.instance.objectNode();
        assertThat(new Rules(root).allow(rule).tool(tool, Access.other(), input))
                .isEqualTo(verdict);
    }

    @ParameterizedTest
    @CsvSource({
        "mcp__*, mcp__a__b, true",
        "mcp__*, Bash, false",
        "*, Bash, true",
        "Bash, Bash, true",
        "Bash(rm *), Bash, false",
        "Search, Grep, true",
        "mcp__a, mcp__a__b, true"
    })
    void aBareNameThatIsDeniedIsNotEvenShown(String rule, String tool, boolean hidden) {
        assertThat(new Rules(root).deny(rule).policy().hides(tool)).isEqualTo(hidden);
    }

    @Test
    void aRuleOnAFieldDeniesOrAsks() {
        Rules rules = new Rules(root).deny("Bash(run_in_background:true)").mode(PermissionMode.BYPASS);
        Access access = Access.run("ls", rules.work, Access.Fence.OPEN);
        ObjectNode plain = JsonNodeFactory.instance.objectNode().put("command", "ls");
        ObjectNode background = plain.deepCopy().put("run_in_background", true);
        assertThat(rules.tool("Bash", access, plain)).isEqualTo(Verdict.ALLOW);
        assertThat(rules.tool("Bash", access, background)).isEqualTo(Verdict.DENY);
        rules.deny("mcp__a__b(mode:w*)");
        assertThat(rules.tool("mcp__a__b", Access.other(), plain.deepCopy().put("mode", "write")))
                .isEqualTo(Verdict.DENY);
        assertThat(rules.tool("mcp__a__b", Access.other(), plain.deepCopy().put("mode", "read")))
                .isEqualTo(Verdict.ALLOW);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ALLOW|Fly|the name of a tool",
                "ALLOW|Fly(x)|the name of a tool",
                "DENY|bash(rm *)|the name of a tool",
                "ALLOW|*|the name of a tool",
                "ALLOW|mcp__*|the name of a tool",
                "ALLOW|mcp__a*__b|the name of a tool",
                "ALLOW|Task|the name of a tool",
                "ALLOW|Bash(ls|Tool or Tool(specifier)",
                "ALLOW|Bash ls|Tool or Tool(specifier)",
                "ALLOW|''|Tool or Tool(specifier)",
                "ALLOW|Write(x)|Edit(path), which holds for Write too",
                "DENY|NotebookEdit(x)|Edit(path), which holds for NotebookEdit too",
                "ALLOW|Grep(x)|Read(path), which holds for Grep too",
                "ALLOW|Search(x)|Read(path), which holds for Glob too",
                "ALLOW|WebSearch(x)|WebSearch without a specifier",
                "ALLOW|TodoWrite(x)|TodoWrite without a specifier",
                "ALLOW|WebFetch(example.com)|WebFetch(domain:host)",
                "ALLOW|WebFetch(domain:)|domain: and a host",
                "ALLOW|WebFetch(domain:a/b)|domain: and a host",
                "ALLOW|Read(!x)|a path",
                "ALLOW|Read(../x)|a path without ..",
                "ALLOW|Read(~bob/x)|~/path",
                "ALLOW|Bash(run_in_background:true)|only to deny or to ask",
                "DENY|mcp__a__b(x)|mcp__server__tool(field:value)",
            })
    void aRuleThatCannotBeHonouredIsRefusedByName(Behavior behavior, String rule, String expected) {
        RuleReader reader = new RuleReader(Set.of(
                "Bash", "Read", "Edit", "Write", "NotebookEdit", "Grep", "Glob", "WebFetch", "WebSearch", "TodoWrite"));
        assertThatThrownBy(() -> reader.read("allowed_tools", List.of(rule), behavior))
                .isInstanceOf(InvalidRule.class)
                .hasMessageStartingWith("allowed_tools: " + rule)
                .hasMessageContaining(expected);
    }

    @Test
    void whatAHookSaysComesFirstButDoesNotLiftRules() {
        Rules rules = new Rules(root).deny("Bash(rm *)").ask("Bash(git *)");
        PermissionPolicy policy = rules.policy();
        ToolHook.Result yes = ToolHook.Result.allow("fine");
        assertThat(policy.decide(rules.command("make"), yes).verdict()).isEqualTo(Verdict.ALLOW);
        assertThat(policy.decide(rules.command("rm x"), yes).verdict()).isEqualTo(Verdict.DENY);
        assertThat(policy.decide(rules.command("git x"), yes).verdict()).isEqualTo(Verdict.ASK);
        assertThat(policy.decide(rules.command("ls"), ToolHook.Result.ask("hm")).verdict())
                .isEqualTo(Verdict.ASK);
        Decision no = policy.decide(rules.command("ls"), ToolHook.Result.deny("not today"));
        assertThat(no.verdict()).isEqualTo(Verdict.DENY);
        assertThat(no.cause()).isEqualTo(Decision.Cause.HOOK);
        assertThat(no.reason()).contains("not today");
    }

    @Test
    void ofSeveralHooksTheStrictestCountsAndOneThatThrowsDenies() throws InterruptedException {
        ToolHook.Call call = new ToolHook.Call("s", "t", "Bash", JsonNodeFactory.instance.objectNode(), Access.other());
        ToolHook allow = each -> ToolHook.Result.allow("yes");
        ToolHook ask = each -> ToolHook.Result.ask("who knows");
        ToolHook broken = each -> {
            throw new IllegalStateException("broken");
        };
        assertThat(ToolHooks.ask(List.of(ask, allow), call).answer()).isEqualTo(ToolHook.Answer.ASK);
        assertThat(ToolHooks.ask(List.of(allow, each -> ToolHook.Result.PASS), call)
                        .answer())
                .isEqualTo(ToolHook.Answer.ALLOW);
        ToolHook.Result denied = ToolHooks.ask(List.of(allow, broken), call);
        assertThat(denied.answer()).isEqualTo(ToolHook.Answer.DENY);
        assertThat(denied.reason()).contains("a hook of this server failed").contains("broken");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '¦',
            quoteCharacter = '~',
            value = {
                "make all¦make all *",
                "git commit -m x¦git commit *",
                "npm run test -- x¦npm run test *",
                "rm x.txt¦rm x.txt",
                "bash -c 'echo *'¦bash -c 'echo \\*'",
                "[[ a ]] && make¦[[ a ]] && make",
                "make > out.txt¦make > out.txt",
                "find . -delete¦find . -delete",
            })
    void theFirstSuggestionLetsTheSameCommandPassNextTime(String command, String content) {
        Rules rules = new Rules(root);
        PermissionPolicy policy = rules.policy();
        CallFacts call = rules.command(command);
        Decision decision = policy.decide(call, ToolHook.Result.PASS);
        assertThat(decision.verdict()).isEqualTo(Verdict.ASK);
        List<PermissionUpdate> suggestions = policy.suggestions(call, decision);
        assertThat(suggestions.get(0).json().at("/rules/0/ruleContent").asText())
                .isEqualTo(content);
        policy.apply(suggestions.get(0));
        assertThat(policy.decide(call, ToolHook.Result.PASS).verdict()).isEqualTo(Verdict.ALLOW);
        assertThat(policy.decide(rules.command("evil"), ToolHook.Result.PASS).verdict())
                .isEqualTo(Verdict.ASK);
    }

    @Test
    void suggestionsForFilesAreTheModeOrTheDirectory() {
        Rules rules = new Rules(root);
        assertThat(suggested(rules, rules.fileCall("Edit", "a.txt")))
                .containsExactly("{\"type\":\"setMode\",\"mode\":\"acceptEdits\",\"destination\":\"session\"}");
        assertThat(suggested(rules, rules.fileCall("Read", rules.in("OTHER/o.txt"))))
                .containsExactly(
                        "{\"type\":\"addRules\",\"rules\":[{\"toolName\":\"Read\",\"ruleContent\":\"/" + rules.other
                                + "/**\"}],\"behavior\":\"allow\",\"destination\":\"session\"}",
                        "{\"type\":\"addDirectories\",\"directories\":[\"" + rules.other
                                + "\"],\"destination\":\"session\"}");
        assertThat(suggested(rules, rules.fileCall("Edit", ".git/config"))).isEmpty();
        assertThat(suggested(rules.ask("Bash"), rules.command("make"))).isEmpty();
    }

    @Test
    void whatIsSuggestedForASearchIsItsOwnDirectoryAndNotTheOneAbove() {
        for (String tool : List.of("Glob", "Grep")) {
            Rules rules = new Rules(root.resolve(tool));
            CallFacts call = rules.fileCall(tool, rules.other.toString());
            assertThat(suggested(rules, call).get(0)).contains("\"/" + rules.other + "/**\"");
            PermissionPolicy policy = rules.policy();
            policy.suggestions(call, policy.decide(call, ToolHook.Result.PASS)).forEach(policy::apply);
            CallFacts beside = rules.fileCall("Read", rules.home.resolve("x").toString());
            assertThat(policy.decide(beside, ToolHook.Result.PASS).verdict()).isEqualTo(Verdict.ASK);
        }
    }

    @Test
    void forAFileRightInTheHomeDirectoryOnlyThatFileIsSuggested() {
        Rules rules = new Rules(root);
        String file = rules.home.resolve(".netrc").toString();
        assertThat(suggested(rules, rules.fileCall("Read", file)))
                .containsExactly("{\"type\":\"addRules\",\"rules\":[{\"toolName\":\"Read\",\"ruleContent\":\"/" + file
                        + "\"}],\"behavior\":\"allow\",\"destination\":\"session\"}");
        assertThat(suggested(rules, rules.fileCall("Read", "/vmlinuz-none")).toString())
                .contains("//vmlinuz-none")
                .doesNotContain("addDirectories");
    }

    @Test
    void aCommandFedFromAFileOutsideIsRememberedWithThatFile() {
        Rules rules = new Rules(root);
        PermissionPolicy policy = rules.policy();
        CallFacts call = rules.command("ls; cat < " + rules.other + "/o.txt");
        policy.apply(policy.suggestions(call, policy.decide(call, ToolHook.Result.PASS))
                .get(0));
        assertThat(policy.decide(call, ToolHook.Result.PASS).verdict()).isEqualTo(Verdict.ALLOW);
        assertThat(policy.decide(rules.command("cat < " + rules.home + "/key"), ToolHook.Result.PASS)
                        .verdict())
                .isEqualTo(Verdict.ASK);
    }

    private static List<String> suggested(Rules rules, CallFacts call) {
        PermissionPolicy policy = rules.policy();
        Decision decision = policy.decide(call, ToolHook.Result.PASS);
        List<PermissionUpdate> all = policy.suggestions(call, decision);
        if (!all.isEmpty()) {
            policy.apply(all.get(0));
            assertThat(policy.decide(call, ToolHook.Result.PASS).verdict()).isEqualTo(Verdict.ALLOW);
        }
        return all.stream().map(each -> each.json().toString()).toList();
    }

    @Test
    void changesAreReadBackAsTheyWereWrittenAndBadOnesAreNamed() throws IOException, InvalidRule {
        PermissionUpdateReader reader =
                new PermissionUpdateReader(new RuleReader(Set.of("Bash", "Read")), List.of(Path.of("/srv")));
        for (String text : List.of(
                "{\"type\":\"addRules\",\"rules\":[{\"toolName\":\"Bash\",\"ruleContent\":\"ls *\"},{\"toolName\":\"Read\"}],"
                        + "\"behavior\":\"deny\",\"destination\":\"session\"}",
                "{\"type\":\"setMode\",\"mode\":\"plan\",\"destination\":\"session\"}",
                "{\"type\":\"removeDirectories\",\"directories\":[\"/x\"],\"destination\":\"session\"}")) {
            assertThat(reader.read("remember", MAPPER.readTree(text))
                            .get(0)
                            .json()
                            .toString())
                    .isEqualTo(text);
        }
        for (String[] bad : new String[][] {
            {"5", "remember: not usable"},
            {"[{}]", "remember[0].type:"},
            {"{\"type\":\"setMode\",\"mode\":\"yolo\"}", "remember.mode: yolo"},
            {"{\"type\":\"setMode\",\"mode\":\"plan\",\"destination\":\"userSettings\"}", "remember.destination:"},
            {"{\"type\":\"addRules\",\"rules\":[{\"toolName\":\"Fly\"}],\"behavior\":\"allow\"}", "remember.rules: Fly"
            },
            {"{\"type\":\"addRules\",\"rules\":[],\"behavior\":\"maybe\"}", "remember.behavior: maybe"},
            {"{\"type\":\"addDirectories\",\"directories\":[\"/etc\"]}", "remember.directories: /etc"},
            {"{\"type\":\"addDirectories\",\"directories\":[\"x\"]}", "remember.directories: x"},
        }) {
            assertThatThrownBy(() -> reader.read("remember", MAPPER.readTree(bad[0])))
                    .isInstanceOf(InvalidRule.class)
                    .hasMessageStartingWith(bad[1]);
        }
    }
}
