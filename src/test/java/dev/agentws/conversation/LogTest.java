package dev.agentws.conversation;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.slf4j.LoggerFactory;

/** What a conversation leaves in the log. */
final class LogTest {
    @RegisterExtension
    final Stage stage = new Stage();

    private final Logger ours = (Logger) LoggerFactory.getLogger("dev.agentws");
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();

    @BeforeEach
    void listen() {
        log.start();
        ours.addAppender(log);
        ours.setAdditive(false);
    }

    @AfterEach
    void leave() {
        ours.detachAppender(log);
        ours.setAdditive(true);
        ours.setLevel(null);
    }

    @Test
    void evenTheFinestLogKeepsKeysPromptsAnswersAndCommandsToItself() {
        ours.setLevel(Level.TRACE);
        Client ann = stage.client("ann");
        Client mallory = stage.stranger("mallory");
        mallory.send("{\"type\":\"auth\",\"token\":\"Bearer wrongkey77\"}");
        mallory.awaitClose();
        Talk talk = ann.create("{\"system_prompt\":\"be quietsystem\"}");
        talk.prompt("what about secretprompt?");
        stage.call().status(529, "overloaded_error", "no time for secretprompt", Map.of("retry-after", "0"));
        stage.call()
                .start()
                .text("secretanswer")
                .toolUse("t1", "Bash", "{\"command\":\"expr secretcommand\"}", 1)
                .end("tool_use");
        talk.answer(talk.await("permission_request"), true, "");
        stage.call().status(400, "invalid_request_error", "messages.0: secretprompt is bad", Map.of());
        talk.await("agent_result");
        ann.send("not json but secretprompt");
        ann.await("error");
        talk.end().await("session_ended");
        ann.close();
        stage.until("the connection's line", () -> lines().stream().anyMatch(line -> line.contains("client=key")));

        String all = String.join("\n", lines());

        assertThat(all)
                .contains("session created", "turn over", "session ended", talk.id())
                .doesNotContain(Stage.KEY, "wrongkey77", "key-of-the-stage", "quietsystem")
                .doesNotContain("secretprompt", "secretanswer", "secretcommand");
    }

    @Test
    void aTurnIsOneLineWithItsIdsAndNumbers() {
        ours.setLevel(Level.INFO);
        Talk talk = stage.client("ann").create("{}");
        talk.prompt("hi");
        stage.call().start().text("Hello.").end("end_turn");
        talk.await("agent_result");
        stage.until("the turn's line", () -> lines().stream().anyMatch(line -> line.contains("turn over")));

        assertThat(lines())
                .filteredOn(line -> line.contains("turn over"))
                .singleElement()
                .asString()
                .contains("session=" + talk.id(), "turn=1", "stop_reason=end_turn", "model_calls=1", "cost_usd=0.");
    }

    @Test
    void aConnectionIsOneLineWhenItIsOver() {
        ours.setLevel(Level.INFO);
        Client ann = stage.client("ann");
        ann.create("{}");
        ann.close();
        stage.until("the connection's line", () -> lines().stream().anyMatch(line -> line.contains("connection over")));

        assertThat(lines())
                .filteredOn(line -> line.contains("connection over"))
                .singleElement()
                .asString()
                .contains("client=key", "code=1006", "frames_in=1", "frames_out=2", "bytes_in=", "bytes_out=", "ms=")
                .contains("remote=/127.0.0.1:");
    }

    private List<String> lines() {
        return List.copyOf(log.list).stream().map(LogTest::line).toList();
    }

    private static String line(ILoggingEvent event) {
        String thrown = event.getThrowableProxy() == null ? "" : ThrowableProxyUtil.asString(event.getThrowableProxy());
        StringBuilder pairs = new StringBuilder();
        if (event.getKeyValuePairs() != null) {
            event.getKeyValuePairs()
                    .forEach(pair ->
                            pairs.append(' ').append(pair.key).append('=').append(pair.value));
        }
        return event.getFormattedMessage() + pairs + thrown;
    }
}
