package dev.agentws.conversation;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.agentws.agent.permission.PermissionSettings;
import dev.agentws.agent.permission.ToolHook;
import dev.agentws.simulator.SimulatedCall;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Permissions over the socket: questions, suggestions, rules, modes. */
final class PermissionConversationTest {
    private static final String MAKE = "{\"command\":\"expr one\"}";

    @RegisterExtension
    final Stage stage = new Stage();

    private static JsonNode results(SimulatedCall call) {
        JsonNode messages = call.body().path("messages");
        return messages.path(messages.size() - 1).path("content");
    }

    @Test
    void aSuggestionThatIsRememberedHoldsForTheSession() {
        Talk talk = stage.client("ann").create("{}");
        talk.prompt("run it");
        stage.call().start().toolUse("t1", "Bash", MAKE, 1).end("tool_use");
        Frame question = talk.await("permission_request");
        assertThat(question.at("decision_reason")).isEqualTo("no rule allows this part: expr one");
        assertThat(question.json().path("suggestions").toString())
                .isEqualTo("[{\"type\":\"addRules\",\"rules\":[{\"toolName\":\"Bash\",\"ruleContent\":\"expr one\"}],"
                        + "\"behavior\":\"allow\",\"destination\":\"session\"}]");
        talk.send(
                "permission_response",
                "\"request_id\":\"" + question.at("request_id") + "\",\"approved\":true,\"remember\":"
                        + question.json().path("suggestions"));
        stage.call().start().toolUse("t2", "Bash", MAKE, 1).end("tool_use");
        stage.call().start().text("ok").end("end_turn");
        talk.await("agent_result");
        assertThat(talk.briefs())
                .filteredOn(brief -> brief.startsWith("asks"))
                .as("only once")
                .hasSize(1);
    }

    @Test
    void manyQuestionsAreOpenAtOnceAndOneYesForAllSettlesThem() {
        Talk talk = stage.client("ann").create("{}");
        talk.prompt("write them");
        var answer = stage.call().start();
        for (int i = 0; i < 12; i++) {
            String file = stage.directory().resolve("f" + i).toString();
            answer.toolUse("t" + i, "Write", "{\"file_path\":\"" + file + "\",\"content\":\"x\"}", 1);
        }
        answer.end("tool_use");
        Frame last = talk.await("permission_request");
        for (int i = 1; i < 12; i++) {
            last = talk.await("permission_request");
        }
        assertThat(last.at("tool_use_id")).isEqualTo("t11");
        talk.send(
                "permission_response",
                "\"permission_id\":\"" + last.at("request_id") + "\",\"approved\":true,\"remember\":true");
        SimulatedCall next = stage.call();
        assertThat(results(next)).hasSize(12).noneMatch(each -> each.has("is_error"));
        next.start().text("ok").end("end_turn");
        talk.await("agent_result");
        assertThat(talk.briefs()).contains("now acceptEdits");
        assertThat(stage.directory().resolve("f11")).exists();
    }

    @Test
    void whatRulesDenyReachesTheModelAndTheClientAsAFrame() {
        Talk talk = stage.client("ann")
                .create("{\"permission_mode\":\"bypassPermissions\",\"disallowed_tools\":[\"Bash(expr *)\"]}");
        talk.prompt("run it");
        stage.call()
                .start()
                .toolUse("t1", "Bash", "{\"command\":\"true && expr one\"}", 1)
                .end("tool_use");
        SimulatedCall next = stage.call();
        assertThat(results(next).path(0).path("is_error").asBoolean()).isTrue();
        assertThat(results(next).path(0).path("content").asText())
                .startsWith("Permission to use Bash has been denied: the session's rule Bash(expr *) denies it.");
        Frame denied = talk.await("permission_denied");
        assertThat(denied.at("tool")).isEqualTo("Bash");
        assertThat(denied.at("tool_use_id")).isEqualTo("t1");
        assertThat(denied.at("reason_type")).isEqualTo("rule");
        assertThat(denied.at("message")).contains("Bash(expr *)");
        next.start().text("ok").end("end_turn");
        talk.await("agent_result");
    }

    @Test
    void aPlanIsAgreedToAndThenEditsGo() {
        Talk talk = stage.client("ann").create("{\"permission_mode\":\"plan\"}");
        talk.prompt("plan it");
        SimulatedCall call = stage.call();
        assertThat(call.body().path("tools").findValuesAsText("name")).contains("ExitPlanMode");
        call.start()
                .toolUse("t1", "ExitPlanMode", "{\"plan\":\"1. write f\"}", 1)
                .end("tool_use");
        Frame question = talk.await("permission_request");
        assertThat(question.at("description")).isEqualTo("Agree to the plan: 1. write f");
        talk.send(
                "permission_response",
                "\"request_id\":\"" + question.at("request_id")
                        + "\",\"approved\":true,\"remember\":{\"type\":\"setMode\",\"mode\":\"acceptEdits\"}");
        SimulatedCall second = stage.call();
        assertThat(talk.await("session_updated")
                        .json()
                        .at("/session/permission_mode")
                        .asText())
                .isEqualTo("acceptEdits");
        String input = "{\"file_path\":\"" + stage.directory().resolve("f") + "\",\"content\":\"x\"}";
        second.start().toolUse("t2", "Write", input, 1).end("tool_use");
        stage.call().start().text("ok").end("end_turn");
        talk.await("agent_result");
        assertThat(stage.directory().resolve("f")).hasContent("x");
    }

    @Test
    void aPersonsAnswersReachTheModel() {
        Talk talk = stage.client("ann").create("{\"tools\":[\"AskUserQuestion\"]}");
        talk.prompt("ask me");
        String questions =
                "\"questions\":[{\"question\":\"Which?\",\"options\":[{\"label\":\"a\"},{\"label\":\"b\"}]}]";
        stage.call()
                .start()
                .toolUse("t1", "AskUserQuestion", "{" + questions + "}", 1)
                .end("tool_use");
        Frame question = talk.await("permission_request");
        talk.send(
                "permission_response",
                "\"request_id\":\"" + question.at("request_id") + "\",\"approved\":true,\"updated_input\":{" + questions
                        + ",\"answers\":{\"Which?\":\"b\"}}");
        SimulatedCall next = stage.call();
        assertThat(results(next).path(0).path("content").asText()).isEqualTo("Which?\n  The user answered: b");
        next.start().text("ok").end("end_turn");
        talk.await("agent_result");
    }

    @Test
    void modeAndModelChangeBetweenTurnsAndBadOnesAreNamed() {
        Talk talk = stage.client("ann").create("{}");
        talk.send("set_permission_mode", "\"mode\":\"bypassPermissions\"");
        assertThat(talk.await("session_updated")
                        .json()
                        .at("/session/permission_mode")
                        .asText())
                .isEqualTo("bypassPermissions");
        talk.send("set_model", "\"model\":\"claude-haiku-4-5\"");
        assertThat(talk.await("session_updated")
                        .json()
                        .at("/session/model_name")
                        .asText())
                .isEqualTo("claude-haiku-4-5");
        talk.send("set_permission_mode", "\"mode\":\"yolo\"");
        Frame wrong = talk.await("error");
        assertThat(wrong.at("code")).isEqualTo("invalid_message");
        assertThat(wrong.at("message")).startsWith("mode: yolo (expected: default, acceptEdits");
        for (String bad : List.of(" ", "a\\nb", "x".repeat(257))) {
            talk.send("set_model", "\"model\":\"" + bad + "\"");
            assertThat(talk.await("error").at("code")).as(bad).isEqualTo("invalid_options");
        }
        talk.prompt("run it");
        SimulatedCall call = stage.call();
        assertThat(call.body().path("model").asText()).isEqualTo("claude-haiku-4-5");
        call.start().toolUse("t1", "Bash", MAKE, 1).end("tool_use");
        stage.call().start().text("ok").end("end_turn");
        assertThat(talk.turn()).noneMatch(brief -> brief.startsWith("asks")).contains("gives one");
    }

    @Test
    void aBadPermissionUpdateIsNamedAndTheQuestionStaysOpen() {
        Talk talk = stage.client("ann").create("{}");
        talk.prompt("run it");
        stage.call().start().toolUse("t1", "Bash", MAKE, 1).end("tool_use");
        Frame question = talk.await("permission_request");
        String head = "\"request_id\":\"" + question.at("request_id") + "\",\"approved\":true,\"remember\":";
        talk.send("permission_response", head + "{\"type\":\"setMode\",\"mode\":\"yolo\"}");
        assertThat(talk.await("error").at("message")).startsWith("remember.mode: yolo");
        talk.send("permission_response", head + "5");
        assertThat(talk.await("error").at("code")).isEqualTo("invalid_message");
        talk.answer(question, true, "");
        stage.call().start().text("ok").end("end_turn");
        assertThat(talk.turn()).contains("gives one");
    }

    @Test
    void directoriesToRememberMustBeThereAndTheQuestionStaysOpenOtherwise(@TempDir Path elsewhere) throws IOException {
        Path real = elsewhere.toRealPath();
        Files.writeString(real.resolve("file"), "x");
        Files.createSymbolicLink(real.resolve("link"), real);
        Talk talk = stage.client("ann").create("{}");
        talk.prompt("look");
        stage.call()
                .start()
                .toolUse("t1", "Read", "{\"file_path\":\"" + real.resolve("file") + "\"}", 1)
                .end("tool_use");
        Frame question = talk.await("permission_request");
        String head = "\"request_id\":\"" + question.at("request_id")
                + "\",\"approved\":true,\"remember\":{\"type\":\"addDirectories\",\"directories\":[\"";
        for (String name : List.of("nowhere", "file", "link")) {
            Path bad = real.resolve(name);
            talk.send("permission_response", head + bad + "\"]}");
            Frame error = talk.await("error");
            assertThat(error.at("code")).isEqualTo("invalid_message");
            assertThat(error.at("message")).startsWith("remember: " + bad + " ");
        }
        talk.send("permission_response", head + real + "\"]}").await("agent_tool_result");
        stage.call()
                .start()
                .toolUse("t2", "Read", "{\"file_path\":\"" + real.resolve("file") + "\"}", 1)
                .end("tool_use");
        talk.await("agent_tool_result");
        stage.call().start().text("Seen.").end("end_turn");
        assertThat(talk.turn()).endsWith("result end_turn").noneMatch(brief -> brief.startsWith("asks"));
    }

    @Test
    void aDirectoryThatWasSuggestedNeedNotBeThereYet(@TempDir Path elsewhere) throws IOException {
        Path fresh = elsewhere.toRealPath().resolve("new");
        Talk talk = stage.client("ann").create("{}");
        talk.prompt("read");
        stage.call()
                .start()
                .toolUse("t1", "Read", "{\"file_path\":\"" + fresh.resolve("a") + "\"}", 1)
                .end("tool_use");
        Frame question = talk.await("permission_request");
        String suggested =
                "{\"type\":\"addDirectories\",\"directories\":[\"" + fresh + "\"],\"destination\":\"session\"}";
        assertThat(question.json().path("suggestions").toString()).contains(suggested);
        talk.send(
                "permission_response",
                "\"request_id\":\"" + question.at("request_id") + "\",\"approved\":true,\"remember\":" + suggested);
        stage.call().start().text("Not there.").end("end_turn");
        assertThat(talk.turn()).endsWith("result end_turn").doesNotContain("error invalid_message");
    }

    @Test
    void furtherDirectoriesAreCheckedWhenTheSessionIsMade(@TempDir Path more) throws IOException {
        Path real = more.toRealPath();
        Files.writeString(real.resolve("m.txt"), "from elsewhere");
        Client ann = stage.client("ann");
        ann.send("{\"type\":\"create_session\",\"options\":{\"add_dirs\":[\"/no/such/place\"]}}");
        Frame wrong = ann.await("error");
        assertThat(wrong.at("code")).isEqualTo("working_directory");
        assertThat(wrong.at("message")).startsWith("add_dirs: /no/such/place does not exist");
        Talk talk = ann.create("{\"add_dirs\":[\"" + real + "\"]}");
        talk.prompt("read it");
        stage.call()
                .start()
                .toolUse("t1", "Bash", "{\"command\":\"cat " + real + "/m.txt\"}", 1)
                .end("tool_use");
        stage.call().start().text("ok").end("end_turn");
        assertThat(talk.turn()).noneMatch(brief -> brief.startsWith("asks")).contains("gives from elsewhere");
    }

    @Test
    void aHookOfTheProgramAroundHasTheFirstSay() {
        ToolHook hook = call -> ToolHook.Result.deny("the office is closed");
        stage.settings.permissions = new PermissionSettings(null, List.of(hook));
        Talk talk = stage.client("ann").create("{\"permission_mode\":\"bypassPermissions\"}");
        talk.prompt("run it");
        stage.call().start().toolUse("t1", "Bash", MAKE, 1).end("tool_use");
        stage.call().start().text("ok").end("end_turn");
        assertThat(talk.turn())
                .contains("denied by hook")
                .anyMatch(brief -> brief.startsWith("fails") && brief.contains("the office is closed"));
    }
}
