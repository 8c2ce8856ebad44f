package dev.agentws.websocket;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.agentws.agent.event.SessionEvent;
import dev.agentws.agent.event.SessionEvent.Compacted;
import dev.agentws.agent.event.SessionEvent.Created;
import dev.agentws.agent.event.SessionEvent.Failed;
import dev.agentws.agent.event.SessionEvent.ForkOrigin;
import dev.agentws.agent.event.SessionEvent.PermissionAnswered;
import dev.agentws.agent.event.SessionEvent.PermissionAsked;
import dev.agentws.agent.event.SessionEvent.PermissionRequest;
import dev.agentws.agent.event.SessionEvent.SessionInfo;
import dev.agentws.agent.event.SessionEvent.Thinking;
import dev.agentws.agent.event.SessionEvent.ToolFinished;
import dev.agentws.agent.event.SessionEvent.ToolPrinted;
import dev.agentws.agent.event.SessionEvent.ToolUsed;
import dev.agentws.agent.event.SessionEvent.TurnEnded;
import dev.agentws.agent.event.SessionEvent.TurnFault;
import dev.agentws.agent.event.SessionEvent.TurnResult;
import dev.agentws.agent.model.Block;
import dev.agentws.agent.model.ModelFailure;
import dev.agentws.agent.model.Usage;
import dev.agentws.agent.permission.PermissionUpdate;
import dev.agentws.protocol.ErrorCode;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The JSON of each event, with the names and the order of the protocol. */
public final class EventJson {
    /** Always three digits of a second, so that times compare as text. */
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern(
                    "yyyy-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private EventJson() {}

    static void write(JsonGenerator json, String sessionId, long seq, SessionEvent event, boolean replayed)
            throws IOException {
        json.writeStartObject();
        switch (event.kind()) {
            case CREATED:
                json.writeStringField("type", "session_created");
                json.writeStringField("session_id", sessionId);
                json.writeStringField("status", "created");
                json.writeNumberField("seq", seq);
                json.writeFieldName("session");
                session(json, ((Created) event).info());
                break;
            case UPDATED:
                json.writeStringField("type", "session_updated");
                json.writeStringField("session_id", sessionId);
                json.writeNumberField("seq", seq);
                json.writeFieldName("session");
                session(json, ((SessionEvent.Updated) event).info());
                break;
            case RESUMED:
                json.writeStringField("type", "session_resumed");
                json.writeStringField("session_id", sessionId);
                json.writeStringField("status", "resumed");
                json.writeNumberField("seq", seq);
                json.writeFieldName("session");
                session(json, ((SessionEvent.Resumed) event).info());
                break;
            case PERMISSION_ASKED:
                asked(json, sessionId, ((PermissionAsked) event).request());
                json.writeNumberField("seq", seq);
                break;
            default:
                body(json, sessionId, event);
                json.writeNumberField("seq", seq);
        }
        if (replayed) {
            json.writeBooleanField("replayed", true);
        }
        json.writeEndObject();
    }

    private static void body(JsonGenerator json, String sessionId, SessionEvent event) throws IOException {
        switch (event.kind()) {
            case PROMPTED:
                prompted(json, sessionId, (SessionEvent.Prompted) event);
                break;
            case THINKING:
                json.writeStringField("type", "agent_thinking");
                json.writeBooleanField("thinking", ((Thinking) event).on());
                json.writeStringField("session_id", sessionId);
                break;
            case TOOL_USE:
                used(json, sessionId, (ToolUsed) event);
                break;
            case PERMISSION_ANSWERED:
                answered(json, sessionId, (PermissionAnswered) event);
                break;
            case PERMISSION_DENIED:
                denied(json, sessionId, (SessionEvent.PermissionDenied) event);
                break;
            case TOOL_OUTPUT:
                printed(json, sessionId, (ToolPrinted) event);
                break;
            case TOOL_RESULT:
                finished(json, sessionId, (ToolFinished) event);
                break;
            case COMPACTED:
                compacted(json, sessionId, (Compacted) event);
                break;
            case FAILED:
                failed(json, sessionId, ((Failed) event).fault());
                break;
            case RESULT:
                result(json, sessionId, ((TurnEnded) event).result());
                break;
            case INTERRUPTED:
                status(json, "session_interrupted", sessionId, "interrupted");
                break;
            case ENDED:
                status(json, "session_ended", sessionId, "ended");
                break;
            case CREATED:
            case UPDATED:
            case RESUMED:
            case PERMISSION_ASKED:
            case MESSAGE:
            case STORED:
                throw new IllegalArgumentException("event " + event.kind() + ": written elsewhere");
        }
    }

    private static void status(JsonGenerator json, String type, String sessionId, String status) throws IOException {
        json.writeStringField("type", type);
        json.writeStringField("session_id", sessionId);
        json.writeStringField("status", status);
    }

    private static void prompted(JsonGenerator json, String sessionId, SessionEvent.Prompted prompted)
            throws IOException {
        json.writeStringField("type", "user_prompt");
        json.writeStringField("session_id", sessionId);
        json.writeStringField("prompt_id", prompted.promptId());
        blocks(json, prompted.content());
    }

    /** Content as the API has it. */
    public static void blocks(JsonGenerator json, List<Block> content) throws IOException {
        json.writeArrayFieldStart("content");
        for (Block block : content) {
            json.writeRawValue(new String(block.json(), StandardCharsets.UTF_8));
        }
        json.writeEndArray();
    }

    private static void used(JsonGenerator json, String sessionId, ToolUsed used) throws IOException {
        json.writeStringField("type", "agent_tool_use");
        json.writeStringField("tool", used.tool());
        raw(json, "parameters", used.input());
        raw(json, "input", used.input());
        json.writeStringField("tool_use_id", used.toolUseId());
        json.writeStringField("session_id", sessionId);
    }

    private static void asked(JsonGenerator json, String sessionId, PermissionRequest request) throws IOException {
        json.writeStringField("type", "permission_request");
        json.writeStringField("session_id", sessionId);
        json.writeStringField("request_id", request.requestId());
        json.writeStringField("permission_id", request.requestId());
        json.writeStringField("tool", request.tool());
        json.writeStringField("tool_use_id", request.toolUseId());
        raw(json, "parameters", request.input());
        raw(json, "details", withPreview(request.input(), request.preview()));
        json.writeStringField("description", sound(request.description()));
        json.writeStringField("expires_at", time(request.expiresAtMs()));
        json.writeStringField("decision_reason", sound(request.reason()));
        json.writeArrayFieldStart("suggestions");
        for (PermissionUpdate suggestion : request.suggestions()) {
            json.writeRawValue(sound(suggestion.json().toString()));
        }
        json.writeEndArray();
    }

    /** The call's input with one more field, {@code diff}; the input of a call that can run is an object without it. */
    private static byte[] withPreview(byte[] input, byte @Nullable [] preview) {
        if (preview == null) {
            return input;
        }
        String object = new String(input, StandardCharsets.UTF_8).stripTrailing();
        String open = object.substring(0, object.length() - 1).stripTrailing();
        String comma = open.endsWith("{") ? "" : ",";
        return (open + comma + "\"diff\":" + new String(preview, StandardCharsets.UTF_8) + "}")
                .getBytes(StandardCharsets.UTF_8);
    }

    private static void answered(JsonGenerator json, String sessionId, PermissionAnswered answered) throws IOException {
        json.writeStringField("type", "permission_acknowledged");
        json.writeStringField("session_id", sessionId);
        json.writeStringField("request_id", answered.requestId());
        json.writeBooleanField("approved", answered.approved());
        json.writeStringField("tool", answered.tool());
        json.writeStringField("status", answered.status());
    }

    private static void denied(JsonGenerator json, String sessionId, SessionEvent.PermissionDenied denied)
            throws IOException {
        json.writeStringField("type", "permission_denied");
        json.writeStringField("session_id", sessionId);
        json.writeStringField("tool", denied.tool());
        json.writeStringField("tool_use_id", denied.toolUseId());
        json.writeStringField("reason_type", denied.cause().wireName());
        json.writeStringField("message", sound(denied.message()));
    }

    private static void printed(JsonGenerator json, String sessionId, ToolPrinted printed) throws IOException {
        json.writeStringField("type", "agent_tool_output");
        json.writeStringField("session_id", sessionId);
        json.writeStringField("tool_use_id", printed.toolUseId());
        json.writeStringField("stream", printed.stream());
        json.writeStringField("content", sound(printed.text()));
    }

    private static void finished(JsonGenerator json, String sessionId, ToolFinished finished) throws IOException {
        json.writeStringField("type", "agent_tool_result");
        json.writeStringField("session_id", sessionId);
        json.writeStringField("tool_use_id", finished.toolUseId());
        json.writeStringField("tool", finished.tool());
        json.writeStringField("content", sound(finished.result().text()));
        json.writeBooleanField("is_error", finished.result().isError());
        json.writeNumberField("duration_ms", finished.durationMs());
        byte[] details = finished.result().details();
        if (details != null) {
            raw(json, "details", details);
        }
    }

    private static void compacted(JsonGenerator json, String sessionId, Compacted compacted) throws IOException {
        json.writeStringField("type", "context_compacted");
        json.writeStringField("session_id", sessionId);
        json.writeStringField("trigger", compacted.trigger());
        json.writeStringField("by", compacted.by().wireName());
        json.writeNumberField("pre_tokens", compacted.preTokens());
        json.writeNumberField("post_tokens", compacted.postTokens());
        json.writeNumberField("duration_ms", compacted.durationMs());
    }

    private static void failed(JsonGenerator json, String sessionId, TurnFault fault) throws IOException {
        json.writeStringField("type", "error");
        json.writeStringField("message", sound(fault.message()));
        json.writeStringField("session_id", sessionId);
        json.writeFieldName("details");
        details(json, fault.upstream());
        json.writeStringField("code", code(fault.cause()).wireName());
        json.writeStringField("request_type", "send_prompt");
        json.writeBooleanField("retryable", fault.retryable());
    }

    private static ErrorCode code(TurnFault.Cause cause) {
        return switch (cause) {
            case UPSTREAM -> ErrorCode.UPSTREAM_ERROR;
            case COMPACTION -> ErrorCode.COMPACTION_FAILED;
            case INTERNAL -> ErrorCode.INTERNAL;
        };
    }

    private static void details(JsonGenerator json, @Nullable ModelFailure upstream) throws IOException {
        if (upstream == null) {
            json.writeNull();
            return;
        }
        json.writeStartObject();
        json.writeStringField("kind", upstream.kind().name().toLowerCase(Locale.ROOT));
        if (upstream.status() > 0) {
            json.writeNumberField("status", upstream.status());
        }
        if (upstream.type() != null) {
            json.writeStringField("type", upstream.type());
        }
        if (upstream.requestId() != null) {
            json.writeStringField("request_id", upstream.requestId());
        }
        Duration wait = upstream.retryAfter();
        if (wait != null) {
            json.writeNumberField("retry_after_ms", wait.toMillis());
        }
        json.writeEndObject();
    }

    private static void result(JsonGenerator json, String sessionId, TurnResult result) throws IOException {
        json.writeStringField("type", "agent_result");
        json.writeStringField("session_id", sessionId);
        json.writeStringField("prompt_id", result.promptId());
        json.writeStringField("stop_reason", result.stopReason());
        json.writeBooleanField("is_error", result.isError());
        json.writeStringField("error", sound(result.error()));
        json.writeNumberField("num_turns", result.modelCalls());
        json.writeNumberField("duration_ms", result.durationMs());
        json.writeFieldName("ttft_ms");
        if (result.ttftMs() == null) {
            json.writeNull();
        } else {
            json.writeNumber(result.ttftMs());
        }
        money(json, "cost_usd", result.costUsd());
        money(json, "total_cost_usd", result.totalCostUsd());
        Usage usage = result.usage();
        json.writeObjectFieldStart("usage");
        json.writeNumberField("input_tokens", usage.inputTokens());
        json.writeNumberField("output_tokens", usage.outputTokens());
        json.writeNumberField("cache_creation_input_tokens", usage.cacheCreationTokens());
        json.writeNumberField("cache_read_input_tokens", usage.cacheReadTokens());
        if (usage.webSearches() > 0) {
            json.writeObjectFieldStart("server_tool_use");
            json.writeNumberField("web_search_requests", usage.webSearches());
            json.writeEndObject();
        }
        json.writeEndObject();
        json.writeNumberField("context_tokens", result.contextTokens());
        json.writeNumberField("context_window", result.contextWindow());
        byte[] structured = result.structuredOutput();
        if (structured != null) {
            raw(json, "structured_output", structured);
        }
    }

    /** The session object, as it stands in {@code session_created} and {@code sessions_list}. */
    public static void session(JsonGenerator json, SessionInfo info) throws IOException {
        json.writeStartObject();
        json.writeStringField("id", info.id());
        json.writeStringField("created_at", time(info.createdAtMs()));
        json.writeStringField("updated_at", time(info.updatedAtMs()));
        json.writeStringField("status", info.status().wireName());
        raw(json, "options", info.options());
        json.writeNumberField("message_count", info.messageCount());
        json.writeStringField("error_message", sound(info.errorMessage()));
        money(json, "cost_usd", info.costUsd());
        json.writeNumberField("num_turns", info.turns());
        json.writeNumberField("duration_ms", info.durationMs());
        json.writeStringField("model_name", info.model());
        json.writeStringField("permission_mode", info.permissionMode().wireName());
        json.writeNumberField("last_seq", info.lastSeq());
        json.writeNumberField("queue_length", info.queueLength());
        json.writeArrayFieldStart("pending_permissions");
        for (String id : info.pendingPermissions()) {
            json.writeString(id);
        }
        json.writeEndArray();
        json.writeStringField("sandbox", info.sandbox());
        json.writeStringField("working_directory", sound(info.directory()));
        json.writeStringField("title", sound(info.title()));
        json.writeStringField("first_prompt", sound(info.firstPrompt()));
        ForkOrigin origin = info.forkedFrom();
        if (origin != null) {
            json.writeObjectFieldStart("forked_from");
            json.writeStringField("session_id", origin.sessionId());
            json.writeFieldName("index");
            if (origin.index() < 0) {
                json.writeNull();
            } else {
                json.writeNumber(origin.index());
            }
            json.writeEndObject();
        }
        if (info.asleep()) {
            json.writeBooleanField("asleep", true);
        }
        json.writeEndObject();
    }

    /** Plain decimals without the noise of binary fractions; null when the price is not known. */
    private static void money(JsonGenerator json, String name, @Nullable Double usd) throws IOException {
        json.writeFieldName(name);
        if (usd == null) {
            json.writeNull();
        } else {
            BigDecimal exact =
                    BigDecimal.valueOf(usd).setScale(9, RoundingMode.HALF_UP).stripTrailingZeros();
            json.writeNumber(exact.scale() < 0 ? exact.setScale(0) : exact);
        }
    }

    private static void raw(JsonGenerator json, String name, byte[] value) throws IOException {
        json.writeFieldName(name);
        json.writeRawValue(new String(value, StandardCharsets.UTF_8));
    }

    /** Text from outside may hold half a surrogate pair, which no UTF-8 can carry; it becomes a question mark. */
    private static @Nullable String sound(@Nullable String text) {
        return text == null ? null : new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    }

    /** A time as clients see it. */
    public static String time(long epochMs) {
        return TIME.format(Instant.ofEpochMilli(epochMs));
    }
}
