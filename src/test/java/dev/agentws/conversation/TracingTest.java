package dev.agentws.conversation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentws.OperationsConfig;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.TracerProvider;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.data.StatusData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The spans of turns, model calls and tool runs. */
final class TracingTest {
    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final String PARENT = "b7ad6b7169203331";

    @RegisterExtension
    final Stage stage = new Stage();

    private final List<SpanData> spans = new CopyOnWriteArrayList<>();

    @Test
    void aTurnAndWhatItCallsAreOneTraceUnderTheOneOfTheConnection() {
        traceWith(false);
        Talk talk = stage.traced("ann", "00-" + TRACE + "-" + PARENT + "-01").create("{}");
        converse(talk);

        SpanData turn = span("invoke_agent agentws");
        assertThat(turn.getTraceId()).isEqualTo(TRACE);
        assertThat(turn.getParentSpanId()).isEqualTo(PARENT);
        assertThat(attribute(turn, "gen_ai.conversation.id")).isEqualTo(talk.id());
        assertThat(attribute(turn, "gen_ai.operation.name")).isEqualTo("invoke_agent");
        List<SpanData> calls = spans.stream()
                .filter(each -> each.getName().equals("chat claude-sonnet-5-5"))
                .toList();
        assertThat(calls).hasSize(2).allSatisfy(call -> {
            assertThat(call.getParentSpanId()).isEqualTo(turn.getSpanId());
            assertThat(call.getKind()).isEqualTo(SpanKind.CLIENT);
            assertThat(attribute(call, "gen_ai.provider.name")).isEqualTo("anthropic");
            assertThat(attribute(call, "gen_ai.request.model")).isEqualTo("claude-sonnet-5-5");
            assertThat(call.getAttributes().get(AttributeKey.longKey("gen_ai.usage.output_tokens")))
                    .isPositive();
        });
        assertThat(calls.get(0).getAttributes().get(AttributeKey.stringArrayKey("gen_ai.response.finish_reasons")))
                .containsExactly("tool_use");
        SpanData tool = span("execute_tool Bash");
        assertThat(tool.getParentSpanId()).isEqualTo(turn.getSpanId());
        assertThat(attribute(tool, "gen_ai.tool.call.id")).isEqualTo("t1");
    }

    @Test
    void whatIsSaidIsNotInTheSpansUnlessAskedFor() {
        traceWith(false);
        converse(stage.client("ann").create("{}"));

        span("invoke_agent agentws");
        assertThat(spans.toString()).doesNotContain("secretprompt", "secretanswer", "expr one");
    }

    @Test
    void askedForItIs() {
        traceWith(true);
        converse(stage.client("ann").create("{}"));

        span("invoke_agent agentws");
        SpanData first = span("chat claude-sonnet-5-5");
        assertThat(attribute(first, "gen_ai.input.messages"))
                .isEqualTo("[{\"role\":\"user\",\"parts\":[{\"type\":\"text\",\"content\":\"secretprompt\"}]}]");
        assertThat(attribute(first, "gen_ai.output.messages"))
                .isEqualTo(
                        "[{\"role\":\"assistant\",\"parts\":[{\"type\":\"text\",\"content\":\"a \\\"secretanswer\\\"\"}],"
                                + "\"finish_reason\":\"tool_use\"}]");
        assertThat(attribute(span("execute_tool Bash"), "gen_ai.tool.call.arguments"))
                .isEqualTo("{\"command\":\"expr one\"}");
    }

    @Test
    void aFailedCallSaysOfWhichKindAndATraceParentWithoutSenseIsIgnored() {
        traceWith(false);
        Talk talk = stage.traced("ann", "nonsense").create("{}");
        talk.prompt("hi");
        stage.call().status(400, "invalid_request_error", "secretprompt", Map.of());
        talk.await("agent_result");

        SpanData turn = span("invoke_agent agentws");
        assertThat(turn.getParentSpanContext().isValid()).isFalse();
        assertThat(turn.getStatus()).isEqualTo(StatusData.error());
        SpanData call = span("chat claude-sonnet-5-5");
        assertThat(attribute(call, "error.type")).isEqualTo("invalid_request");
        assertThat(call.getAttributes().get(AttributeKey.longKey("http.response.status_code")))
                .isEqualTo(400);
        assertThat(spans.toString()).doesNotContain("secretprompt");
    }

    @Test
    void anInterruptedCallEndsItsSpan() {
        traceWith(false);
        Talk talk = stage.client("ann").create("{}");
        talk.prompt("hi");
        stage.call().start().textStart().textPiece("Hel");
        talk.awaitBrief("+Hel");
        talk.interrupt().await("agent_result");

        span("invoke_agent agentws");
        assertThat(attribute(span("chat claude-sonnet-5-5"), "error.type")).isEqualTo("cancelled");
    }

    private void converse(Talk talk) {
        talk.prompt("secretprompt");
        stage.call()
                .start()
                .text("a \"secretanswer\"")
                .toolUse("t1", "Bash", "{\"command\":\"expr one\"}", 1)
                .end("tool_use");
        talk.answer(talk.await("permission_request"), true, "");
        stage.call().start().text("Done.").end("end_turn");
        talk.await("agent_result");
    }

    /** The first that ended under this name; the turn's own is the last of all to end. */
    private SpanData span(String name) {
        stage.until("the span " + name, () -> spans.stream()
                .anyMatch(each -> each.getName().equals(name)));
        return spans.stream()
                .filter(each -> each.getName().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static String attribute(SpanData span, String key) {
        return String.valueOf(span.getAttributes().get(AttributeKey.stringKey(key)));
    }

    private void traceWith(boolean content) {
        SdkTracerProvider provider = SdkTracerProvider.builder()
                .addSpanProcessor(SimpleSpanProcessor.create(new Keeper()))
                .build();
        OpenTelemetry kept = new OpenTelemetry() {
            @Override
            public TracerProvider getTracerProvider() {
                return provider;
            }

            @Override
            public ContextPropagators getPropagators() {
                return ContextPropagators.noop();
            }
        };
        stage.settings.operations = OperationsConfig.defaults().withTraces(kept, content);
    }

    /** Keeps what it gets. */
    private final class Keeper implements SpanExporter {
        @Override
        public CompletableResultCode export(Collection<SpanData> some) {
            spans.addAll(some);
            return CompletableResultCode.ofSuccess();
        }

        @Override
        public CompletableResultCode flush() {
            return CompletableResultCode.ofSuccess();
        }

        @Override
        public CompletableResultCode shutdown() {
            return CompletableResultCode.ofSuccess();
        }
    }
}
