package dev.agentws.operations;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Spans of turns, model calls and tool runs, named as OpenTelemetry's conventions for generative AI name them. Thread-safe. Loaded only
 * when spans are wanted.
 */
public final class Tracing {
    static final AttributeKey<String> OPERATION = AttributeKey.stringKey("gen_ai.operation.name");
    static final AttributeKey<String> PROVIDER = AttributeKey.stringKey("gen_ai.provider.name");
    static final AttributeKey<String> CONVERSATION = AttributeKey.stringKey("gen_ai.conversation.id");
    static final AttributeKey<String> ERROR_TYPE = AttributeKey.stringKey("error.type");
    static final AttributeKey<Long> INPUT_TOKENS = AttributeKey.longKey("gen_ai.usage.input_tokens");
    static final AttributeKey<Long> OUTPUT_TOKENS = AttributeKey.longKey("gen_ai.usage.output_tokens");
    static final String ANTHROPIC = "anthropic";
    private static final AttributeKey<String> AGENT = AttributeKey.stringKey("gen_ai.agent.name");
    private static final String NAME = "agentws";

    private static final TextMapGetter<String> TRACE_PARENT = new TextMapGetter<>() {
        @Override
        public Iterable<String> keys(String carrier) {
            return List.of("traceparent");
        }

        @Override
        public @Nullable String get(@Nullable String carrier, String key) {
            return key.equals("traceparent") ? carrier : null;
        }
    };

    private final Tracer tracer;
    private final boolean content;

    /**
     * @param telemetry where spans go
     * @param content whether prompts, answers, inputs and results of tools go with them
     */
    public Tracing(OpenTelemetry telemetry, boolean content) {
        this.tracer = telemetry.getTracer("dev.agentws");
        this.content = content;
    }

    /** @param parent as W3C Trace Context writes it, or null; what makes no sense counts as null */
    TurnTrace turn(String sessionId, @Nullable String parent) {
        Context around = parent == null
                ? Context.root()
                : W3CTraceContextPropagator.getInstance().extract(Context.root(), parent, TRACE_PARENT);
        Span span = tracer.spanBuilder("invoke_agent " + NAME)
                .setParent(around)
                .setAttribute(OPERATION, "invoke_agent")
                .setAttribute(PROVIDER, ANTHROPIC)
                .setAttribute(AGENT, NAME)
                .setAttribute(CONVERSATION, sessionId)
                .startSpan();
        return new TurnTrace(tracer, span, around.with(span), sessionId, content);
    }
}
