package dev.agentws.conversation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentws.OperationsConfig;
import dev.agentws.metrics.MetricsAccess;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What {@code /metrics} says after conversations over real sockets. */
final class MetricsTest {
    /** Tests run in the folder of the module. */
    private static final Path DEPLOY = Path.of("..", "deploy");

    private static final Pattern NAME = Pattern.compile("\\b(?:agentws|jvm|process)_[a-z_]+[a-z]");

    @RegisterExtension
    final Stage stage = new Stage();

    @Test
    void aConversationIsCounted() {
        Client ann = stage.client("ann");
        converse(ann);

        String numbers = stage.http("GET", "/metrics");

        assertThat(numbers)
                .startsWith("200\n")
                .contains("\nagentws_connections{state=\"open\"} 1.0\n")
                .contains("\nagentws_connections_opened_total 1.0\n")
                .contains("\nagentws_sessions{state=\"idle\"} 1.0\n")
                .contains("\nagentws_sessions{state=\"processing\"} 0.0\n")
                .contains("\nagentws_sessions_opened_total 1.0\n")
                .contains("\nagentws_turns_total{outcome=\"end_turn\"} 1.0\n")
                .contains("\nagentws_upstream_answers_total{status=\"200\"} 2.0\n")
                .contains("\nagentws_upstream_answers_total{status=\"529\"} 1.0\n")
                .contains("\nagentws_upstream_retries_total 1.0\n")
                .contains("\nagentws_tool_runs_total{outcome=\"ok\",tool=\"Bash\"} 1.0\n")
                .contains("\nagentws_tool_run_seconds_count{tool=\"Bash\"} 1\n")
                .contains("\nagentws_permissions_total{status=\"executing\"} 1.0\n")
                .contains("\nagentws_permission_wait_seconds_count 1\n")
                .contains("\nagentws_time_to_first_delta_seconds_count 2\n")
                .contains("\nagentws_time_to_first_delta_seconds_bucket{le=\"+Inf\"} 2\n")
                .contains("\nagentws_turn_seconds_count 1\n")
                .contains("\nagentws_prompts_waiting 0.0\n")
                .contains("\nagentws_journal_waiting_bytes 0.0\n")
                .contains("\nagentws_draining 0.0\n");
        assertThat(value(numbers, "agentws_deltas_total")).isGreaterThanOrEqualTo(2);
        assertThat(value(numbers, "agentws_delta_bytes_total")).isGreaterThan(10);
        assertThat(value(numbers, "agentws_delta_latency_seconds_count")).isPositive();
        assertThat(value(numbers, "agentws_frames_received_total")).isGreaterThanOrEqualTo(3);
        assertThat(value(numbers, "agentws_frames_sent_total"))
                .isEqualTo(ann.frames().size());
        assertThat(value(numbers, "agentws_sent_bytes_total")).isGreaterThan(500);
        assertThat(value(numbers, "agentws_tokens_total{kind=\"output\",model=\"claude-sonnet-5-5\"}"))
                .isPositive();
        assertThat(value(numbers, "agentws_cost_usd_total{model=\"claude-sonnet-5-5\"}"))
                .isPositive();
    }

    @Test
    void noNameBreaksTheRulesOfPrometheus() {
        String numbers = stage.http("GET", "/metrics");

        assertThat(numbers.lines().filter(line -> line.startsWith("# TYPE ")))
                .hasSizeGreaterThan(40)
                .noneMatch(line -> line.matches("# TYPE \\S+_(count|sum|bucket) (gauge|counter)"))
                .noneMatch(line -> line.matches("# TYPE \\S+_(ns|ms|us|secs|kb|mb)(_total)? .*"));
    }

    @Test
    void neitherIdsNorWordsOfClientsAndModelsAreLabels() {
        Client ann = stage.client("ann");
        ann.create("{\"model\":\"made-up-model\"}").prompt("hi").await("agent_result");
        Talk talk = ann.create("{}");
        talk.prompt("a secret prompt", "p-17");
        stage.call().start().toolUse("t1", "MadeUpTool", "{}", 1).end("tool_use");
        stage.call().start().text("secret answer").end("end_turn");
        talk.await("agent_result");

        String numbers = stage.http("GET", "/metrics");

        assertThat(numbers)
                .contains("agentws_tool_runs_total{outcome=\"error\",tool=\"other\"} 1.0\n")
                .contains("agentws_upstream_answers_total{status=\"404\"} 1.0\n")
                .doesNotContain("made-up", "MadeUp", "secret", "p-17", talk.id());
    }

    @Test
    void aSessionThatAsksIsWaitingAndAPromptBehindItIsQueued() {
        Talk talk = stage.client("ann").create("{}");
        talk.prompt("hi");
        stage.call()
                .start()
                .toolUse("t1", "Bash", "{\"command\":\"expr one\"}", 1)
                .end("tool_use");
        Frame question = talk.await("permission_request");
        talk.prompt("and then");
        talk.send("set_model", "\"model\":null");
        talk.await("session_updated");

        assertThat(stage.http("GET", "/metrics"))
                .contains("agentws_sessions{state=\"waiting\"} 1.0\n", "agentws_sessions{state=\"idle\"} 0.0\n")
                .contains("agentws_prompts_waiting 1.0\n");

        talk.answer(question, false, "no");
        stage.call().start().text("Well.").end("end_turn");
        talk.await("agent_result");
        stage.call().start().text("Yes.").end("end_turn");
        talk.await("agent_result");
        assertThat(stage.http("GET", "/metrics"))
                .contains("agentws_sessions{state=\"waiting\"} 0.0\n", "agentws_sessions{state=\"idle\"} 1.0\n")
                .contains("agentws_prompts_waiting 0.0\n");
    }

    @Test
    void everyMetricOfTheDashboardAndOfTheAlertsIsThere() throws IOException {
        converse(stage.client("ann"));
        String numbers = stage.http("GET", "/metrics");

        for (String file : List.of("grafana/agentws.json", "prometheus/alerts.yml")) {
            TreeSet<String> names = new TreeSet<>(NAME.matcher(Files.readString(DEPLOY.resolve(file)))
                    .results()
                    .map(MatchResult::group)
                    .toList());
            assertThat(names).as(file).hasSizeGreaterThan(5);
            assertThat(names).as(file).allSatisfy(name -> assertThat(numbers).containsPattern("\n" + name + "[{ ]"));
        }
    }

    @Test
    void anEmbeddersOwnRegistryGetsTheSameNumbers() {
        converse(stage.client("ann"));
        SimpleMeterRegistry own = new SimpleMeterRegistry();

        stage.server().bindTo(own);

        assertThat(own.get("agentws.turns")
                        .tag("outcome", "end_turn")
                        .functionCounter()
                        .count())
                .isEqualTo(1);
        assertThat(own.get("agentws.turn").functionTimer().count()).isEqualTo(1);
        assertThat(own.get("agentws.sessions").tag("state", "idle").gauge().value())
                .isEqualTo(1);
    }

    @Test
    void whereATokenIsWantedItIsWanted() {
        stage.settings.operations = OperationsConfig.defaults().withMetrics(MetricsAccess.TOKEN);

        assertThat(stage.http("GET", "/metrics")).startsWith("401\n");
        assertThat(stage.http("GET", "/metrics", "authorization", "Bearer wrong"))
                .startsWith("401\n");
        assertThat(stage.http("GET", "/metrics", "authorization", "Bearer " + Stage.KEY))
                .startsWith("200\n")
                .contains("agentws_tokens_refused_total 1.0\n");
    }

    @Test
    void switchedOffThereIsNoSuchPage() {
        stage.settings.operations = OperationsConfig.defaults().withMetrics(MetricsAccess.OFF);

        assertThat(stage.http("GET", "/metrics")).startsWith("404\n");
        assertThat(stage.http("GET", "/loglevel", "authorization", "Bearer " + Stage.KEY))
                .startsWith("404\n");
    }

    /** A turn with an overloaded model, a question, a command and an answer. */
    private void converse(Client client) {
        Talk talk = client.create("{}");
        talk.prompt("count");
        stage.call().status(529, "overloaded_error", "busy", Map.of("retry-after", "0"));
        stage.call()
                .start()
                .text("Let me see.")
                .toolUse("t1", "Bash", "{\"command\":\"expr one\"}", 1)
                .end("tool_use");
        talk.answer(talk.await("permission_request"), true, "");
        stage.call().start().text("It is one.").end("end_turn");
        talk.await("agent_result");
    }

    private static double value(String numbers, String series) {
        return numbers.lines()
                .filter(line -> line.startsWith(series + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(series.length() + 1)))
                .findFirst()
                .orElseThrow(() -> new AssertionError(series + " is missing in " + numbers));
    }
}
