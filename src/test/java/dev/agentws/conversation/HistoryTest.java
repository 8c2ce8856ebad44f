package dev.agentws.conversation;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.agentws.simulator.SimulatedCall;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What was said earlier can be read page by page, and a session can begin where another one was. */
final class HistoryTest {
    @RegisterExtension
    final Stage stage = new Stage();

    private void turn(Talk talk, String prompt, String answer) {
        talk.prompt(prompt, "id-" + prompt.substring(0, Math.min(9, prompt.length())));
        stage.call().start().text(answer).end("end_turn");
        talk.await("agent_result");
    }

    private static List<String> texts(Frame page) {
        List<String> texts = new ArrayList<>();
        page.json()
                .path("messages")
                .forEach(message -> texts.add(message.path("index").asInt() + " "
                        + message.path("role").asText() + " "
                        + message.at("/content/0/text").asText()));
        return texts;
    }

    @Test
    void whatWasSaidComesNewestFirstPageByPage() {
        Talk talk = stage.client("ann").create("{}");
        turn(talk, "one", "first");
        turn(talk, "two", "second");
        Frame page = talk.send("load_messages", "\"limit\":3").await("messages_loaded");
        assertThat(texts(page)).containsExactly("3 assistant second", "2 user two", "1 assistant first");
        assertThat(page.json().path("total").asInt()).isEqualTo(4);
        Frame rest = talk.send("load_messages", "\"limit\":3,\"cursor\":\"" + page.at("next_cursor") + "\"")
                .await("messages_loaded");
        assertThat(texts(rest)).containsExactly("0 user one");
        assertThat(rest.json().path("next_cursor").isNull()).isTrue();
    }

    @Test
    void whatWasSaidComesOldestFirstOnWish() {
        Talk talk = stage.client("ann").create("{}");
        turn(talk, "one", "first");
        turn(talk, "two", "second");
        Frame page = talk.send("load_messages", "\"limit\":1,\"order\":\"oldest_first\"")
                .await("messages_loaded");
        assertThat(texts(page)).containsExactly("0 user one");
        Frame rest = talk.send(
                        "load_messages", "\"order\":\"oldest_first\",\"cursor\":\"" + page.at("next_cursor") + "\"")
                .await("messages_loaded");
        assertThat(texts(rest)).containsExactly("1 assistant first", "2 user two", "3 assistant second");
    }

    @Test
    void aMessageKnowsItsPromptItsTimeAndItsPlaceAmongTheEvents() {
        Talk talk = stage.client("ann").create("{}");
        turn(talk, "one", "first");
        JsonNode answer = talk.send("load_messages", "\"limit\":1")
                .await("messages_loaded")
                .json()
                .path("messages")
                .path(0);
        assertThat(answer.path("prompt_id").asText()).isEqualTo("id-one");
        assertThat(answer.path("created_at").asText()).startsWith("20");
        long whole = talk.frames().stream()
                .filter(frame -> frame.brief().equals("=first"))
                .findFirst()
                .orElseThrow()
                .seq();
        assertThat(answer.path("seq").asLong()).isEqualTo(whole);
    }

    @Test
    void aPageIsBoundedInBytesTooAndAMessageBeyondTheBoundComesAlone() {
        Talk talk = stage.client("ann").create("{}");
        turn(talk, "x".repeat(700_000), "first");
        turn(talk, "y".repeat(1_500_000), "second");
        assertThat(pageSizes(talk)).containsExactly(1, 1, 2);
    }

    private static List<Integer> pageSizes(Talk talk) {
        List<Integer> sizes = new ArrayList<>();
        String cursor = "null";
        while (cursor != null) {
            Frame page = talk.send("load_messages", "\"cursor\":" + cursor).await("messages_loaded");
            sizes.add(page.json().path("messages").size());
            JsonNode next = page.json().path("next_cursor");
            cursor = next.isNull() ? null : next.toString();
        }
        return sizes;
    }

    @Test
    void badWishesForMessagesAreNamed() {
        Client ann = stage.client("ann");
        Talk talk = ann.create("{}");
        assertThat(talk.send("load_messages", "\"limit\":0").await("error").at("message"))
                .contains("limit: 0 (expected: a whole number from 1 to 500");
        assertThat(talk.send("load_messages", "\"order\":\"up\"").await("error").at("message"))
                .contains("order: \"up\" (expected: newest_first or oldest_first)");
        assertThat(talk.send("load_messages", "\"cursor\":\"x\"").await("error").at("message"))
                .contains("cursor: \"x\" (expected: the next_cursor of a page before)");
        assertThat(ann.talk("nobody")
                        .send("load_messages", "\"limit\":1")
                        .await("error")
                        .at("code"))
                .isEqualTo("session_not_found");
    }

    @Test
    void whatWasSaidIsTheSameAfterARestart(@TempDir Path books) {
        stage.settings.books = books;
        Talk talk = stage.client("ann").create("{}");
        turn(talk, "one", "first");
        JsonNode before = talk.send("load_messages", "\"limit\":9")
                .await("messages_loaded")
                .json();
        stage.restart();
        Talk again = stage.client("bob").talk(talk.id());
        assertThat(again.send("load_messages", "\"limit\":9")
                        .await("messages_loaded")
                        .json())
                .isEqualTo(before);
    }

    @Test
    void aForkGoesOnFromTheMessageAndLeavesTheOtherAlone() {
        Client ann = stage.client("ann");
        Talk talk = ann.create("{\"system_prompt\":\"Be brief\"}");
        turn(talk, "one", "first");
        turn(talk, "two", "second");
        talk.send("fork_session", "\"index\":1,\"new_session_id\":\"F\"");
        // Right behind: what comes for the new session waits until it is there.
        Talk fork = ann.talk("F").prompt("three");
        JsonNode session = fork.await("session_created").json().path("session");
        assertThat(session.at("/forked_from/session_id").asText()).isEqualTo(talk.id());
        assertThat(session.at("/forked_from/index").asInt()).isEqualTo(1);
        assertThat(session.path("cost_usd").asDouble()).isZero();
        assertThat(session.path("message_count").asInt()).isEqualTo(2);
        SimulatedCall call = stage.call();
        assertThat(call.body().toString())
                .contains("Be brief", "\"one\"", "\"first\"", "\"three\"")
                .doesNotContain("\"two\"", "\"second\"");
        call.start().text("third").end("end_turn");
        fork.await("agent_result");
        talk.prompt("four");
        SimulatedCall other = stage.call();
        assertThat(other.body().toString()).contains("\"two\"", "\"second\"").doesNotContain("\"three\"");
        other.start().text("ok").end("end_turn");
        talk.await("agent_result");
    }

    @Test
    void aForkMayHaveOtherOptionsAndTakesOverWhatWasChosenLater() {
        Client ann = stage.client("ann");
        Talk talk = ann.create("{\"max_tokens\":1000,\"env\":{\"A\":\"secret\"}}");
        turn(talk, "one", "first");
        talk.send("set_permission_mode", "\"mode\":\"acceptEdits\"").await("session_updated");
        ann.send("{\"type\":\"fork_session\",\"session_id\":\"" + talk.id()
                + "\",\"new_session_id\":\"F\",\"options\":{\"max_tokens\":2000}}");
        JsonNode session = ann.talk("F").await("session_created").json().path("session");
        assertThat(session.path("permission_mode").asText()).isEqualTo("acceptEdits");
        assertThat(session.path("options").toString())
                .contains("\"max_tokens\":2000", "\"A\":\"***\"")
                .doesNotContain("secret");
    }

    @Test
    void aForkBetweenACallAndItsResultMovesBackToBeforeTheCall() {
        Client ann = stage.client("ann");
        Talk talk = ann.create("{\"permission_mode\":\"bypassPermissions\"}");
        talk.prompt("run it");
        stage.call()
                .start()
                .toolUse("t1", "Bash", "{\"command\":\"echo hi\"}", 1)
                .end("tool_use");
        SimulatedCall second = stage.call();
        // The turn is at work: behind its call, behind its result, and the end, which is where the last answer was.
        assertThat(forkedAt(talk, "\"index\":1")).isZero();
        assertThat(forkedAt(talk, "\"index\":2")).isZero();
        assertThat(forkedAt(talk, "\"title\":\"all\"")).isEqualTo(-1);
        second.start().text("done").end("end_turn");
        talk.await("agent_result");
        assertThat(forkedAt(talk, "\"index\":2")).isZero();
        assertThat(forkedAt(talk, "\"title\":\"all\"")).isEqualTo(3);
    }

    /** The index of the last message of the fork, -1 for none. */
    private int forkedAt(Talk talk, String place) {
        Client cid = stage.client("cid" + place);
        cid.talk(talk.id()).send("fork_session", place);
        Frame created = cid.await("session_created");
        return created.json().at("/session/forked_from/index").asInt(-1);
    }

    @Test
    void aForkAtAnEventTakesOverWhatHadBeenSaidByThen() {
        Client ann = stage.client("ann");
        Talk talk = ann.create("{}");
        turn(talk, "one", "first");
        long seq = talk.frames().get(talk.frames().size() - 1).seq();
        turn(talk, "two", "second");
        assertThat(forkedAt(talk, "\"seq\":" + seq)).isEqualTo(1);
        assertThat(forkedAt(talk, "\"seq\":1")).isEqualTo(-1);
    }

    @Test
    void aForkThatCannotBeIsRefusedAndWhatWaitedForItIsAnswered() {
        Client ann = stage.client("ann");
        Talk talk = ann.create("{}");
        turn(talk, "one", "first");
        talk.send("fork_session", "\"index\":7,\"new_session_id\":\"F\"");
        Talk none = ann.talk("F").prompt("early");
        assertThat(none.await("error").at("message"))
                .isEqualTo("index: 7 (expected: the index of a message of the conversation, from 0 to 1)");
        assertThat(none.await("error").at("code")).isEqualTo("session_not_found");
        talk.send("fork_session", "\"index\":7");
        assertThat(talk.await("error").at("code")).isEqualTo("invalid_message");
        talk.send("fork_session", "\"index\":1,\"seq\":3");
        assertThat(talk.await("error").at("message")).contains("either index or seq");
        talk.send("fork_session", "\"new_session_id\":\"" + talk.id() + "\"");
        assertThat(talk.await("error").at("code")).isEqualTo("session_exists");
        talk.send("fork_session", "\"options\":{\"conversation_history\":[]},\"new_session_id\":\"G\"");
        assertThat(ann.talk("G").await("error").at("code")).isEqualTo("invalid_options");
        talk.send("fork_session", "\"new_session_id\":\"H\",\"options\":{\"working_directory\":\"/nowhere\"}");
        assertThat(ann.talk("H").await("error").at("code")).isEqualTo("working_directory");
    }

    @Test
    void aForkIsThereAfterARestartWithItsOriginAndItsConversation(@TempDir Path books) {
        stage.settings.books = books;
        Client ann = stage.client("ann");
        Talk talk = ann.create("{}");
        turn(talk, "one", "first");
        talk.send("fork_session", "\"new_session_id\":\"F\",\"title\":\"Another way\"");
        ann.talk("F").await("session_created");
        stage.restart();
        Client bob = stage.client("bob");
        bob.send("{\"type\":\"list_sessions\",\"query\":\"another\"}");
        JsonNode session = bob.await("sessions_list").json().path("sessions").path(0);
        assertThat(session.at("/forked_from/session_id").asText()).isEqualTo(talk.id());
        assertThat(session.path("first_prompt").asText()).isEqualTo("one");
        Talk fork = bob.talk("F").prompt("two");
        SimulatedCall call = stage.call();
        assertThat(call.body().toString()).contains("one", "first", "two");
        call.start().text("ok").end("end_turn");
        fork.await("agent_result");
    }

    @Test
    void promptsAreAmongTheEventsOfASessionThatWantsThem() {
        Client ann = stage.client("ann");
        Talk talk = ann.create("{\"include_prompts\":true}");
        turn(talk, "one", "first");
        turn(talk, "two", "second");
        Talk watcher = stage.client("bob").talk(talk.id()).subscribe(0);
        watcher.await(
                "result",
                frame -> frame.at("prompt_id").equals("id-two") && frame.type().equals("agent_result"));
        List<Frame> prompts = watcher.frames().stream()
                .filter(frame -> frame.type().equals("user_prompt"))
                .toList();
        assertThat(prompts).extracting(frame -> frame.at("prompt_id")).containsExactly("id-one", "id-two");
        assertThat(prompts.get(1).json().at("/content/0/text").asText()).isEqualTo("two");
    }

    @Test
    void otherSessionsShowWhatTheyAlwaysDid() {
        Talk talk = stage.client("ann").create("{}");
        talk.prompt("one");
        stage.call().start().text("first").end("end_turn");
        assertThat(talk.turn()).doesNotContain("user_prompt").startsWith("created", "thinking");
    }
}
