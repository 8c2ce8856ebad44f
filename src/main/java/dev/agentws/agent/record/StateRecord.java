package dev.agentws.agent.record;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;
import dev.agentws.agent.event.SessionEvent.ForkOrigin;
import dev.agentws.agent.model.Block;
import dev.agentws.agent.model.Usage;
import dev.agentws.agent.options.SessionPlace;
import dev.agentws.agent.permission.PermissionUpdate;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A record of what no client sees but the session needs to go on. Immutable.
 *
 * @param head its fields, one JSON object in UTF-8
 * @param content a last field of that name; null when there is none
 */
public record StateRecord(
        RecordKind kind, byte[] head, @Nullable List<Block> content) {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    /** The session as it was made. The values of {@code env} are in it, which is why books are for our user alone. */
    public static StateRecord session(long createdAtMs, byte[] options, SessionPlace place, SessionLabel label) {
        ObjectNode json = object();
        ForkOrigin origin = label.origin();
        if (origin != null) {
            json.putObject("forked_from")
                    .put("session_id", origin.sessionId())
                    .put("index", origin.index())
                    .put("title", label.chosen())
                    .put("beginning", label.beginning());
        }
        json.put("created_at", createdAtMs);
        json.putRawValue("options", raw(options));
        json.put("directory", place.workingDirectory().toString());
        ArrayNode more = json.putArray("more_directories");
        place.moreDirectories().forEach(each -> more.add(each.toString()));
        json.put("model", place.model());
        json.put("system", place.systemPrompt());
        ArrayNode tools = json.putArray("tools");
        place.tools().forEach(tools::add);
        return of(RecordKind.SESSION, json);
    }

    public static StateRecord prompt(@Nullable String promptId, List<Block> content) {
        ObjectNode json = object();
        json.put("prompt_id", promptId);
        return new StateRecord(RecordKind.PROMPT, bytes(RecordKind.PROMPT, json), content);
    }

    public static StateRecord turn() {
        return of(RecordKind.TURN, object());
    }

    public static StateRecord said(SaidMessage said) {
        ObjectNode json = object();
        json.put("role", said.message().role().wireName());
        if (said.atMs() > 0) {
            json.put("at", said.atMs());
        }
        if (said.promptId() != null) {
            json.put("prompt_id", said.promptId());
        }
        return new StateRecord(
                RecordKind.SAID, bytes(RecordKind.SAID, json), said.message().blocks());
    }

    public static StateRecord cut(int messages) {
        return of(RecordKind.CUT, object().put("messages", messages));
    }

    public static StateRecord asked(String toolUseId, String requestId, long expiresAtMs) {
        return of(
                RecordKind.ASKED,
                object().put("tool_use_id", toolUseId)
                        .put("request_id", requestId)
                        .put("expires_at", expiresAtMs));
    }

    public static StateRecord agreed(String toolUseId, byte[] input) {
        ObjectNode json = object().put("tool_use_id", toolUseId);
        json.putRawValue("input", raw(input));
        return of(RecordKind.AGREED, json);
    }

    public static StateRecord run(String toolUseId) {
        return of(RecordKind.RUN, object().put("tool_use_id", toolUseId));
    }

    /** @param result the block that goes back to the model */
    public static StateRecord done(String toolUseId, Block result) {
        ObjectNode json = object().put("tool_use_id", toolUseId);
        json.putRawValue("result", raw(result.json()));
        return of(RecordKind.DONE, json);
    }

    /** @param usd null when the price of a part is not known */
    public static StateRecord cost(Usage usage, @Nullable Double usd, int calls) {
        ObjectNode json = object().put("calls", calls).put("usd", usd);
        json.put("input", usage.inputTokens())
                .put("output", usage.outputTokens())
                .put("cache_creation", usage.cacheCreationTokens())
                .put("cache_creation_hour", usage.cacheCreationHourTokens())
                .put("cache_read", usage.cacheReadTokens())
                .put("web_searches", usage.webSearches());
        return of(RecordKind.COST, json);
    }

    public static StateRecord model(String model) {
        return of(RecordKind.MODEL, object().put("model", model));
    }

    public static StateRecord mode(String mode) {
        return of(RecordKind.MODE, object().put("mode", mode));
    }

    public static StateRecord rules(PermissionUpdate update) {
        return of(RecordKind.RULES, update.json());
    }

    /** @param outcome what its sender is told; null for that it was done */
    public static StateRecord heard(String commandId, byte @Nullable [] outcome) {
        ObjectNode json = object().put("command", commandId);
        if (outcome != null) {
            json.putRawValue("outcome", raw(outcome));
        }
        return of(RecordKind.HEARD, json);
    }

    /** @param title null when there is none of its own any more */
    public static StateRecord title(@Nullable String title) {
        return of(RecordKind.TITLE, object().put("title", title));
    }

    /** @param atMs when, milliseconds since 1970 */
    public static StateRecord changed(long atMs) {
        return of(RecordKind.CHANGED, object().put("at", atMs));
    }

    public static StateRecord resumed() {
        return of(RecordKind.RESUMED, object());
    }

    /** The numbers up to the one it stands at are given to nothing, see {@link dev.agentws.journal.Entry#HOLE}. */
    public static StateRecord hole() {
        return of(RecordKind.HOLE, object());
    }

    /** Nobody has seen more than is written down, and will not before that is. */
    static StateRecord rest() {
        return of(RecordKind.REST, object());
    }

    public static StateRecord ended() {
        return of(RecordKind.ENDED, object());
    }

    /**
     * As it is written down: blocks are copied as they are, because they may be long, and without the texts that stand in the book already.
     *
     * @param shown which those are; null when there are none
     */
    public byte[] json(@Nullable ShownTexts shown) {
        return oneLine(content == null ? head : new BlockRecord(content, shown).json(head));
    }

    /** As it is: thinking signatures and the prompt cache depend on every byte. */
    private static RawValue raw(byte[] json) {
        return new RawValue(new String(json, StandardCharsets.UTF_8));
    }

    private static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    private static StateRecord of(RecordKind kind, ObjectNode json) {
        return new StateRecord(kind, bytes(kind, json), null);
    }

    private static byte[] bytes(RecordKind kind, ObjectNode json) {
        try {
            return MAPPER.writeValueAsBytes(json);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("record " + kind.word() + ": cannot be written", e);
        }
    }

    /** Raw values may have been sent in several lines, and a record is one. */
    private static byte[] oneLine(byte[] json) {
        for (int i = 0; i < json.length; i++) {
            if (json[i] == '\n' || json[i] == '\r') {
                json[i] = ' ';
            }
        }
        return json;
    }
}
