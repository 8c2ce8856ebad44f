package dev.agentws.operations;

import dev.agentws.agent.model.DeltaKind;
import dev.agentws.agent.model.ModelFailure;
import dev.agentws.agent.model.ModelRequest;
import dev.agentws.agent.model.Usage;
import io.netty.buffer.ByteBuf;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The span of one model call. Confined to the session's loop. */
final class CallTrace {
    private static final AttributeKey<String> MODEL = AttributeKey.stringKey("gen_ai.response.model");
    private static final AttributeKey<String> ID = AttributeKey.stringKey("gen_ai.response.id");
    private static final AttributeKey<List<String>> REASONS =
            AttributeKey.stringArrayKey("gen_ai.response.finish_reasons");
    private static final AttributeKey<Long> CACHE_WRITE =
            AttributeKey.longKey("gen_ai.usage.cache_creation.input_tokens");
    private static final AttributeKey<Long> CACHE_READ = AttributeKey.longKey("gen_ai.usage.cache_read.input_tokens");
    private static final AttributeKey<String> INPUT = AttributeKey.stringKey("gen_ai.input.messages");
    private static final AttributeKey<String> OUTPUT = AttributeKey.stringKey("gen_ai.output.messages");
    private static final AttributeKey<Long> STATUS = AttributeKey.longKey("http.response.status_code");
    private static final AttributeKey<Long> ATTEMPT = AttributeKey.longKey("http.request.resend_count");

    private final Span span;
    /** The answer's text, still escaped as in JSON, or null where it is not to be told. */
    private final @Nullable StringBuilder said;

    private String reason = "";

    CallTrace(Span span, boolean content) {
        this.span = span;
        this.said = content ? new StringBuilder() : null;
    }

    void asked(ModelRequest request) {
        if (said != null && !request.messages().isEmpty()) {
            int last = request.messages().size() - 1;
            span.setAttribute(INPUT, TraceText.of(request.messages().get(last)));
        }
    }

    void started(String messageId, String model) {
        span.setAttribute(ID, messageId);
        span.setAttribute(MODEL, model);
    }

    void delta(DeltaKind kind, ByteBuf bytes, int offset, int length) {
        StringBuilder text = said;
        if (text != null && kind == DeltaKind.TEXT && text.length() < TraceText.MOST) {
            text.append(bytes.toString(offset, length, StandardCharsets.UTF_8));
        }
    }

    void stopped(@Nullable String stopReason) {
        if (stopReason != null) {
            reason = stopReason;
            span.setAttribute(REASONS, List.of(stopReason));
        }
    }

    void retried(int attempt, ModelFailure cause) {
        span.addEvent(
                "retry",
                Attributes.of(
                        ATTEMPT, (long) attempt, STATUS, (long) cause.status(), Tracing.ERROR_TYPE, errorType(cause)));
    }

    void completed(Usage usage) {
        end(usage);
    }

    /** The words of a failure may quote a prompt, so only its kind is told. */
    void failed(ModelFailure failure, Usage usage) {
        span.setStatus(StatusCode.ERROR);
        span.setAttribute(Tracing.ERROR_TYPE, errorType(failure));
        if (failure.status() != 0) {
            span.setAttribute(STATUS, (long) failure.status());
        }
        end(usage);
    }

    void cancelled(Usage usage) {
        span.setAttribute(Tracing.ERROR_TYPE, "cancelled");
        end(usage);
    }

    private static String errorType(ModelFailure failure) {
        return failure.kind().name().toLowerCase(Locale.ROOT);
    }

    private void end(Usage usage) {
        span.setAttribute(Tracing.INPUT_TOKENS, usage.promptTokens());
        span.setAttribute(Tracing.OUTPUT_TOKENS, usage.outputTokens());
        span.setAttribute(CACHE_WRITE, usage.cacheCreationTokens());
        span.setAttribute(CACHE_READ, usage.cacheReadTokens());
        if (said != null) {
            span.setAttribute(OUTPUT, TraceText.answer(said, reason));
        }
        span.end();
    }
}
