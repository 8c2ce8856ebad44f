package dev.agentws.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class GatedScriptTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private final GatedScript gate = Scripts.gated();
    private final Simulator simulator =
            Simulator.start(SimulatorConfig.defaults().withScript(gate).withPadding(false));
    private final ApiClient client = ApiClient.of(simulator);

    @AfterEach
    void stop() {
        simulator.close();
    }

    @Test
    void aTestSeesTheRequestAndReleasesTheAnswerStepByStep() throws Exception {
        CompletableFuture<HttpResponse<InputStream>> opened = CompletableFuture.supplyAsync(() -> {
            try {
                return client.open(ApiClient.prompt("hello"));
            } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        SimulatedCall call = gate.awaitCall(PATIENCE);
        assertThat(call.body().at("/messages/0/content").asText()).isEqualTo("hello");
        assertThat(call.headers().get("x-api-key")).isEqualTo("test-key");
        assertThat(call.streaming()).isTrue();
        assertThat(opened).isNotDone();

        call.raw("one".getBytes(StandardCharsets.UTF_8));
        try (InputStream in = opened.get(20, TimeUnit.SECONDS).body()) {
            assertThat(new String(in.readNBytes(3), StandardCharsets.UTF_8)).isEqualTo("one");
            call.event("x", "{\"a\":1}").finish();
            assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8))
                    .isEqualTo("event: x\ndata: {\"a\":1}\n\n");
        }
        assertThat(call.closed()).isNotDone();
    }

    @Test
    void noCallInTimeIsAnErrorThatNamesTheTime() {
        assertThatThrownBy(() -> gate.awaitCall(Duration.ofMillis(1)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("calls: 0 (expected: one within PT0.001S)");
    }

    @Test
    void aClientThatHangsUpCompletesClosedAndIsCounted() throws Exception {
        CompletableFuture<HttpResponse<InputStream>> opened = CompletableFuture.supplyAsync(() -> {
            try {
                return client.open(ApiClient.prompt("hello"));
            } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        SimulatedCall call = gate.awaitCall(PATIENCE);
        call.start().textStart();
        assertThat(simulator.stats().active()).isEqualTo(1);
        opened.get(20, TimeUnit.SECONDS).body().close();

        call.closed().get(20, TimeUnit.SECONDS);
        assertThat(simulator.stats()).isEqualTo(new SimulatorStats(1, 0, 0, 1));
    }

    @Test
    void aCutIsAnErrorForTheClientAndNoAbort() throws Exception {
        CompletableFuture<HttpResponse<String>> response = client.messageLater(ApiClient.prompt("hello"));
        SimulatedCall call = gate.awaitCall(PATIENCE);
        call.start().text("some").cut();

        assertThatThrownBy(() -> response.get(20, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(IOException.class);
        assertThat(simulator.stats()).isEqualTo(new SimulatorStats(1, 1, 0, 0));
    }

    @Test
    void aHalfClosedBodyNeverEndsProperly() throws Exception {
        CompletableFuture<HttpResponse<String>> response = client.messageLater(ApiClient.prompt("hello"));
        gate.awaitCall(PATIENCE).start().halfClose();

        assertThatThrownBy(() -> response.get(20, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(IOException.class);
    }

    @Test
    void oneConnectionServesSeveralRequests() throws Exception {
        for (int i = 1; i <= 3; i++) {
            CompletableFuture<HttpResponse<String>> response = client.messageLater(ApiClient.prompt("hello " + i));
            SimulatedCall call = gate.awaitCall(PATIENCE);
            assertThat(call.number()).isEqualTo(i);
            call.start().text("answer " + i).end("end_turn");
            assertThat(ApiClient.text(response.get(20, TimeUnit.SECONDS).body()))
                    .isEqualTo("answer " + i);
        }
        assertThat(simulator.stats()).isEqualTo(new SimulatorStats(3, 3, 0, 0));
    }

    @Test
    void aScriptThatThrowsIsAnErrorReply() throws Exception {
        Script broken = call -> {
            throw new IllegalStateException("broken");
        };
        try (Simulator other = Simulator.start(SimulatorConfig.defaults().withScript(broken))) {
            HttpResponse<String> response = ApiClient.of(other).message(ApiClient.prompt("hi"));
            assertThat(response.statusCode()).isEqualTo(500);
            assertThat(response.body()).contains("java.lang.IllegalStateException: broken");
        }
    }
}
