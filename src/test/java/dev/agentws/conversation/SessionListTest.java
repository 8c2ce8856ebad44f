package dev.agentws.conversation;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Sessions have titles, and can be found by them. */
final class SessionListTest {
    @RegisterExtension
    final Stage stage = new Stage();

    private Talk session(Client client, String id, String prompt) {
        Talk talk = client.createNamed(id);
        talk.prompt(prompt);
        stage.call().start().text("ok").end("end_turn");
        talk.await("agent_result");
        return talk;
    }

    private static Frame list(Client client, String fields) {
        client.send("{\"type\":\"list_sessions\"" + fields + "}");
        return client.await("sessions_list");
    }

    private static List<String> ids(Frame list) {
        List<String> ids = new ArrayList<>();
        list.json()
                .path("sessions")
                .forEach(session -> ids.add(session.path("id").asText()));
        return ids;
    }

    @Test
    void aTitleIsTheBeginningOfTheFirstPromptUntilOneIsChosen() {
        Client ann = stage.client("ann");
        Talk talk = session(ann, "S", "Please  look\nat the parser of the configuration and tell me why it is slow");
        assertThat(list(ann, "").json().at("/sessions/0/title").asText())
                .isEqualTo("Please look at the parser of the configuration and tell me…");
        Frame updated =
                talk.send("rename_session", "\"title\":\" The slow parser \"").await("session_updated");
        assertThat(updated.json().at("/session/title").asText()).isEqualTo("The slow parser");
        talk.send("rename_session", "\"title\":null");
        assertThat(talk.await("session_updated").json().at("/session/title").asText())
                .startsWith("Please look at");
        talk.send("rename_session", "\"title\":\"a\\nb\"");
        assertThat(talk.await("error").at("message")).contains("title", "one line of 1 to 200 characters");
    }

    @Test
    void aTitleOutlivesTheServer(@TempDir Path books) {
        stage.settings.books = books;
        Talk talk = session(stage.client("ann"), "S", "one");
        talk.send("rename_session", "\"title\":\"Mine\"").await("session_updated");
        stage.restart();
        JsonNode session = list(stage.client("bob"), "").json().at("/sessions/0");
        assertThat(session.path("title").asText()).isEqualTo("Mine");
        assertThat(session.path("first_prompt").asText()).isEqualTo("one");
    }

    @Test
    void sessionsAreFoundByTitleIdDirectoryAndFirstPrompt() throws IOException {
        Client ann = stage.client("ann");
        session(ann, "alpha", "count the Sheep").send("rename_session", "\"title\":\"Flock\"");
        session(ann, "beta", "shear them");
        Path folder = Files.createDirectory(stage.directory().resolve("meadow"));
        ann.send("{\"type\":\"create_session\",\"session_id\":\"gamma\",\"options\":{\"working_directory\":\"" + folder
                + "\"}}");
        ann.talk("gamma").await("session_created");
        assertThat(ids(list(ann, ",\"query\":\"FLOCK\""))).containsExactly("alpha");
        assertThat(ids(list(ann, ",\"query\":\"sheep\""))).containsExactly("alpha");
        assertThat(ids(list(ann, ",\"query\":\"BET\""))).containsExactly("beta");
        assertThat(ids(list(ann, ",\"query\":\"meadow\""))).containsExactly("gamma");
        assertThat(ids(list(ann, ",\"query\":\"nothing\""))).isEmpty();
    }

    @Test
    void withoutAnyFieldTheListIsWhatItAlwaysWas() {
        Client ann = stage.client("ann");
        session(ann, "b", "one");
        session(ann, "a", "two");
        Frame list = list(ann, "");
        assertThat(ids(list)).containsExactly("b", "a");
        assertThat(list.json().has("next_cursor")).isFalse();
    }

    @Test
    void pagesHoldEachSessionOnceNewestFirst() {
        Client ann = stage.client("ann");
        for (int i = 0; i < 7; i++) {
            ann.createNamed("s" + i);
        }
        session(ann, "last", "one");
        List<String> all = new ArrayList<>();
        String cursor = "";
        int pages = 0;
        while (cursor != null) {
            Frame page = list(ann, ",\"limit\":3" + cursor);
            all.addAll(ids(page));
            pages++;
            JsonNode next = page.json().path("next_cursor");
            cursor = next.isNull() ? null : ",\"cursor\":" + next;
        }
        assertThat(pages).isEqualTo(3);
        assertThat(all).hasSize(8).startsWith("last");
        Set<String> distinct = new HashSet<>(all);
        assertThat(distinct).hasSize(8);
    }

    @Test
    void theStatusAndBadFieldsCount() {
        Client ann = stage.client("ann");
        session(ann, "idle", "one");
        Talk busy = ann.createNamed("busy").prompt("two");
        stage.call().start().textStart().textPiece("Hel");
        busy.awaitBrief("+Hel");
        assertThat(ids(list(ann, ",\"status\":\"processing\""))).containsExactly("busy");
        assertThat(ids(list(ann, ",\"status\":\"idle\""))).containsExactly("idle");
        ann.send("{\"type\":\"list_sessions\",\"status\":\"asleep\"}");
        assertThat(ann.await("error").at("message")).contains("idle, processing or ended");
        ann.send("{\"type\":\"list_sessions\",\"cursor\":\"x\"}");
        assertThat(ann.await("error").at("message")).contains("cursor: x (expected: the next_cursor");
        busy.interrupt().await("session_interrupted");
    }
}
