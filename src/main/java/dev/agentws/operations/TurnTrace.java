package dev.agentws.operations;

import dev.agentws.agent.event.SessionEvent.ToolFinished;
import dev.agentws.agent.event.SessionEvent.TurnResult;
import dev.agentws.agent.model.ModelRequest;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The spans of one turn. Confined to the session's loop. */
final class TurnTrace {
    private static final AttributeKey<String> TOOL = AttributeKey.stringKey("gen_ai.tool.name");
    private static final AttributeKey<String> TOOL_TYPE = AttributeKey.stringKey("gen_ai.tool.type");
    private static final AttributeKey<String> CALL_ID = AttributeKey.stringKey("gen_ai.tool.call.id");
    private static final AttributeKey<String> ARGUMENTS = AttributeKey.stringKey("gen_ai.tool.call.arguments");
    private static final AttributeKey<String> RESULT = AttributeKey.stringKey("gen_ai.tool.call.result");
    private static final AttributeKey<String> MODEL = AttributeKey.stringKey("gen_ai.request.model");
    private static final AttributeKey<Long> MAX_TOKENS = AttributeKey.longKey("gen_ai.request.max_tokens");
    private static final AttributeKey<Double> TEMPERATURE = AttributeKey.doubleKey("gen_ai.request.temperature");
    private static final AttributeKey<String> STOP_REASON = AttributeKey.stringKey("agentws.stop_reason");

    private final Tracer tracer;
    private final Span span;
    private final Context context;
    private final String session;
    private final boolean content;
    /** What the model wants of tools, kept only where it is to be told. */
    private final Map<String, byte[]> inputs = new HashMap<>();

    TurnTrace(Tracer tracer, Span span, Context context, String session, boolean content) {
        this.tracer = tracer;
        this.span = span;
        this.context = context;
        this.session = session;
        this.content = content;
    }

    /** A model call begins. */
    CallTrace call(ModelRequest request) {
        SpanBuilder builder = tracer.spanBuilder("chat " + request.model())
                .setParent(context)
                .setSpanKind(SpanKind.CLIENT)
                .setAttribute(Tracing.OPERATION, "chat")
                .setAttribute(Tracing.PROVIDER, Tracing.ANTHROPIC)
                .setAttribute(Tracing.CONVERSATION, session)
                .setAttribute(MODEL, request.model());
        Integer maxTokens = request.maxTokens();
        if (maxTokens != null) {
            builder.setAttribute(MAX_TOKENS, maxTokens.longValue());
        }
        Double temperature = request.temperature();
        if (temperature != null) {
            builder.setAttribute(TEMPERATURE, temperature);
        }
        CallTrace call = new CallTrace(builder.startSpan(), content);
        call.asked(request);
        return call;
    }

    void toolUsed(String toolUseId, byte[] input) {
        if (content) {
            inputs.put(toolUseId, input);
        }
    }

    /** Its span is made afterwards, because only now is known how long it really ran: questions to people are not part of it. */
    void toolFinished(ToolFinished finished) {
        Instant end = Clock.systemUTC().instant();
        Span tool = tracer.spanBuilder("execute_tool " + finished.tool())
                .setParent(context)
                .setStartTimestamp(end.minusMillis(finished.durationMs()))
                .setAttribute(Tracing.OPERATION, "execute_tool")
                .setAttribute(TOOL, finished.tool())
                .setAttribute(TOOL_TYPE, "function")
                .setAttribute(CALL_ID, finished.toolUseId())
                .startSpan();
        byte @Nullable [] input = inputs.remove(finished.toolUseId());
        if (input != null) {
            tool.setAttribute(ARGUMENTS, TraceText.cut(new String(input, StandardCharsets.UTF_8)));
            tool.setAttribute(RESULT, TraceText.cut(finished.result().text()));
        }
        if (finished.result().isError()) {
            tool.setStatus(StatusCode.ERROR);
            tool.setAttribute(Tracing.ERROR_TYPE, "tool_error");
        }
        tool.end(end);
    }

    void over(TurnResult result) {
        span.setAttribute(STOP_REASON, result.stopReason());
        span.setAttribute(Tracing.INPUT_TOKENS, result.usage().promptTokens());
        span.setAttribute(Tracing.OUTPUT_TOKENS, result.usage().outputTokens());
        if (result.isError()) {
            span.setStatus(StatusCode.ERROR);
            span.setAttribute(Tracing.ERROR_TYPE, result.stopReason());
        }
        span.end();
    }
}
