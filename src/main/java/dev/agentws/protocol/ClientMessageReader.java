package dev.agentws.protocol;

import com.fasterxml.jackson.core.ErrorReportConfiguration;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agentws.protocol.ClientMessage.Kind;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads client messages: UTF-8 bytes in, a checked {@link ClientMessage} or the reason for refusal out. Unknown fields are ignored; a
 * field that is known must be right. Thread-safe; one for all connections.
 */
public final class ClientMessageReader {
    private static final int MAX_DEPTH = 64;
    private static final int MAX_NUMBER_DIGITS = 64;
    private static final int MAX_NAME_CHARACTERS = 256;
    // Bounds the heap one message can take: an empty object costs two bytes on the wire and a hundred in memory.
    private static final long MAX_TOKENS = 400_000;
    private static final int MAX_TIMESTAMP = 1024;

    private final ObjectMapper mapper;
    private final Map<String, Kind> kinds = new HashMap<>();

    /**
     * @param maxMessageBytes the largest message the caller will pass, which also bounds each string in it
     */
    public ClientMessageReader(int maxMessageBytes) {
        if (maxMessageBytes < 1) {
            throw new IllegalArgumentException("maxMessageBytes: " + maxMessageBytes + " (expected: > 0)");
        }
        StreamReadConstraints limits = StreamReadConstraints.builder()
                .maxNestingDepth(MAX_DEPTH)
                .maxNumberLength(MAX_NUMBER_DIGITS)
                .maxNameLength(MAX_NAME_CHARACTERS)
                .maxStringLength(maxMessageBytes)
                .maxDocumentLength(maxMessageBytes)
                .maxTokenCount(MAX_TOKENS)
                .build();
        // No charset detection: text frames are UTF-8, and NUL bytes must not turn them into UTF-16. No interning:
        // names are the client's.
        JsonFactory json = JsonFactory.builder()
                .streamReadConstraints(limits)
                .errorReportConfiguration(ErrorReportConfiguration.builder()
                        .maxErrorTokenLength(64)
                        .maxRawContentLength(0)
                        .build())
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
                .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                .disable(JsonFactory.Feature.CHARSET_DETECTION)
                .build();
        this.mapper = new ObjectMapper(json);
        for (Kind kind : Kind.values()) {
            kinds.put(kind.wireName(), kind);
        }
    }

    /**
     * Reads one message.
     *
     * @param json the whole message; its readable bytes are consumed, the buffer stays the caller's
     */
    public Decoded read(ByteBuf json) {
        boolean mayHoldLoneSurrogates = LoneSurrogates.mayOccur(json);
        JsonNode root;
        try (JsonParser parser = mapper.createParser((InputStream) new ByteBufInputStream(json))) {
            root = mapper.readTree(parser);
            if (root == null || !root.isObject()) {
                return invalidJson(root == null ? "empty message" : "not an object");
            }
            if (parser.nextToken() != null) {
                return invalidJson("more follows the object");
            }
        } catch (JsonProcessingException e) {
            return invalidJson(at(e) + why(e));
        } catch (IOException e) {
            return invalidJson("not UTF-8");
        }
        ObjectNode message = (ObjectNode) root;
        if (mayHoldLoneSurrogates) {
            LoneSurrogates.replaceInMessage(message);
        }
        return decode(message);
    }

    private Decoded decode(ObjectNode message) {
        Fields fields = new Fields(message);
        String type = null;
        try {
            type = fields.text("type");
            Kind kind = kinds.get(type);
            if (kind == null) {
                return rejected(
                        ErrorCode.UNKNOWN_TYPE, "type: \"" + Excerpt.of(type) + "\" is not known", type, fields);
            }
            return new Decoded.Message(build(kind, fields));
        } catch (InvalidFieldException e) {
            return rejected(ErrorCode.INVALID_MESSAGE, e.what(), type, fields);
        }
    }

    private static ClientMessage build(Kind kind, Fields fields) throws InvalidFieldException {
        return switch (kind) {
            case AUTH -> new ClientMessage.Auth(fields.text("token"));
            case CREATE_SESSION -> createSession(fields);
            case SEND_PROMPT ->
                new ClientMessage.SendPrompt(fields.sessionId(), content(fields), fields.optionalId("prompt_id"));
            case INTERRUPT_SESSION -> new ClientMessage.InterruptSession(fields.sessionId());
            case PERMISSION_RESPONSE -> permissionResponse(fields);
            case SET_PERMISSION_MODE -> new ClientMessage.SetPermissionMode(fields.sessionId(), fields.text("mode"));
            case SET_MODEL -> new ClientMessage.SetModel(fields.sessionId(), fields.optionalText("model"));
            case END_SESSION -> new ClientMessage.EndSession(fields.sessionId());
            case LIST_SESSIONS -> new ClientMessage.ListSessions(HistoryMessages.search(fields));
            case KILL_ALL_AGENTS -> new ClientMessage.KillAllAgents();
            case SUBSCRIBE -> new ClientMessage.Subscribe(fields.sessionId(), fields.count("after_seq"));
            case LOAD_MESSAGES -> HistoryMessages.load(fields);
            case RENAME_SESSION -> new ClientMessage.RenameSession(fields.sessionId(), HistoryMessages.title(fields));
            case FORK_SESSION -> HistoryMessages.fork(fields);
            case RESUME_SESSION -> new ClientMessage.ResumeSession(fields.sessionId());
            case PING -> new ClientMessage.Ping(timestamp(fields));
        };
    }

    private static ClientMessage createSession(Fields fields) throws InvalidFieldException {
        String sessionId = fields.optionalSessionId();
        ObjectNode options = fields.optionalObject("options");
        return new ClientMessage.CreateSession(
                sessionId, options == null ? JsonNodeFactory.instance.objectNode() : options);
    }

    private static ClientMessage permissionResponse(Fields fields) throws InvalidFieldException {
        String sessionId = fields.sessionId();
        return new ClientMessage.PermissionResponse(
                sessionId,
                permissionRequestId(fields),
                fields.flag("approved"),
                fields.optionalText("reason"),
                fields.optionalObject("updated_input"),
                remember(fields),
                fields.flag("interrupt", false));
    }

    private static @Nullable JsonNode remember(Fields fields) throws InvalidFieldException {
        JsonNode remember = fields.value("remember");
        if (remember != null && !remember.isBoolean() && !remember.isContainerNode()) {
            throw Fields.wrong("remember", remember, "true, false, a permission update or an array of them");
        }
        return remember;
    }

    /** Both names are in use among clients. */
    private static String permissionRequestId(Fields fields) throws InvalidFieldException {
        String requestId = fields.optionalId("request_id");
        String permissionId = fields.optionalId("permission_id");
        if (requestId != null && permissionId != null && !requestId.equals(permissionId)) {
            throw Fields.wrong("permission_id", permissionId, "the same as request_id, or only one of them");
        }
        if (requestId != null) {
            return requestId;
        }
        if (permissionId != null) {
            return permissionId;
        }
        throw Fields.missing("request_id", "the request_id of the permission_request");
    }

    private static JsonNode content(Fields fields) throws InvalidFieldException {
        JsonNode prompt = fields.value("prompt");
        JsonNode content = fields.value("content");
        if (prompt != null && content != null) {
            throw Fields.wrong("content", content, "either prompt or content, not both");
        }
        if (prompt != null) {
            return notBlank("prompt", prompt);
        }
        if (content == null) {
            throw Fields.missing("prompt", "a string, or content: an array of content blocks");
        }
        if (content.isTextual()) {
            return notBlank("content", content);
        }
        if (!(content instanceof ArrayNode) || content.isEmpty()) {
            throw Fields.wrong("content", content, "a non-empty array of content blocks");
        }
        for (int i = 0; i < content.size(); i++) {
            checkBlock("content[" + i + "]", content.get(i));
        }
        return content;
    }

    private static void checkBlock(String name, JsonNode block) throws InvalidFieldException {
        if (!block.isObject()) {
            throw Fields.wrong(name, block, "an object");
        }
        JsonNode type = block.get("type");
        if (type == null || !type.isTextual()) {
            throw Fields.missing(name + ".type", "a string such as text or image");
        }
        if (type.textValue().equals("text")) {
            JsonNode text = block.get("text");
            if (text == null) {
                throw Fields.missing(name + ".text", "a string that is not blank");
            }
            notBlank(name + ".text", text);
        }
    }

    // The model's side refuses blank text, and only after the turn has begun: better said at once.
    private static JsonNode notBlank(String name, JsonNode text) throws InvalidFieldException {
        if (!text.isTextual() || isBlank(text.textValue())) {
            throw Fields.wrong(name, text, "a string that is not blank");
        }
        return text;
    }

    private static @Nullable JsonNode timestamp(Fields fields) throws InvalidFieldException {
        JsonNode timestamp = fields.value("timestamp");
        if (timestamp == null) {
            return null;
        }
        boolean tooLong = timestamp.isTextual() && timestamp.textValue().length() > MAX_TIMESTAMP;
        if (!timestamp.isValueNode() || tooLong) {
            throw Fields.wrong(
                    "timestamp", timestamp, "a string of at most " + MAX_TIMESTAMP + " characters or a number");
        }
        return timestamp;
    }

    private static Decoded rejected(ErrorCode code, String message, @Nullable String type, Fields fields) {
        String sessionId;
        try {
            sessionId = fields.optionalSessionId();
        } catch (InvalidFieldException e) {
            sessionId = null;
        }
        return new Decoded.Rejected(code, message, type == null ? null : Excerpt.of(type), sessionId);
    }

    private static Decoded invalidJson(String why) {
        return new Decoded.Rejected(
                ErrorCode.INVALID_JSON,
                "Invalid JSON: " + Excerpt.of(why) + " (expected: one JSON object)",
                null,
                null);
    }

    private static String at(JsonProcessingException e) {
        JsonLocation place = e.getLocation();
        return place == null ? "" : "line " + place.getLineNr() + ", column " + place.getColumnNr() + ": ";
    }

    /** In words of ours: the parser's speak of its own classes and settings. */
    private static String why(JsonProcessingException e) {
        if (e instanceof StreamConstraintsException) {
            return "more than " + MAX_DEPTH + " levels, " + MAX_TOKENS + " tokens, " + MAX_NAME_CHARACTERS
                    + " characters in a name or " + MAX_NUMBER_DIGITS + " digits in a number";
        }
        if (e instanceof JsonEOFException) {
            return "the message ends in the middle";
        }
        String parsers = String.valueOf(e.getOriginalMessage());
        if (parsers.startsWith("Duplicate")) {
            return "a name that is there already";
        }
        return parsers.contains("UTF-8") ? "not UTF-8" : "no JSON can stand here";
    }

    /** Of whatever kind Unicode has: the model's API refuses text that is nothing but white space. */
    private static boolean isBlank(String text) {
        return text.codePoints().allMatch(c -> Character.isWhitespace(c) || Character.isSpaceChar(c));
    }
}
