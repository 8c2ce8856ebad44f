package dev.agentws.agent.record;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.agentws.agent.event.SessionEvent.ForkOrigin;
import dev.agentws.agent.event.SessionEvent.SessionInfo;
import dev.agentws.agent.event.SessionStatus;
import dev.agentws.agent.permission.PermissionMode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads what listings show of a session, which is all that is known of one that sleeps or is another process's. */
public final class StoredSummary {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private StoredSummary() {}

    /** What is known of a session that fell asleep; null for any other, and for what cannot be understood: then its book tells. */
    public static @Nullable SessionInfo asleep(byte[] summary) {
        try {
            JsonNode session = MAPPER.readTree(summary).path("session");
            return session.path("asleep").asBoolean() ? info(session) : null;
        } catch (IOException | DateTimeException e) {
            return null;
        }
    }

    /** A session as it was shown last; null for what cannot be understood. */
    public static @Nullable SessionInfo shown(byte[] summary) {
        try {
            return info(MAPPER.readTree(summary).path("session"));
        } catch (IOException | DateTimeException e) {
            return null;
        }
    }

    private static @Nullable SessionInfo info(JsonNode session) {
        String id = session.path("id").textValue();
        PermissionMode mode =
                PermissionMode.find(session.path("permission_mode").asText());
        if (id == null || mode == null) {
            return null;
        }
        JsonNode cost = session.path("cost_usd");
        return new SessionInfo(
                id,
                millis(session.path("created_at")),
                millis(session.path("updated_at")),
                status(session.path("status").asText()),
                session.path("options").toString().getBytes(StandardCharsets.UTF_8),
                session.path("message_count").asInt(),
                session.path("error_message").textValue(),
                cost.isNumber() ? cost.doubleValue() : null,
                session.path("num_turns").asInt(),
                session.path("duration_ms").asLong(),
                session.path("model_name").asText(),
                mode,
                session.path("last_seq").asLong(),
                session.path("queue_length").asInt(),
                texts(session.path("pending_permissions")),
                session.path("sandbox").asText(),
                session.path("working_directory").asText(),
                session.path("title").textValue(),
                session.path("first_prompt").textValue(),
                origin(session.path("forked_from")),
                session.path("asleep").asBoolean());
    }

    private static SessionStatus status(String word) {
        return Arrays.stream(SessionStatus.values())
                .filter(status -> status.wireName().equals(word))
                .findFirst()
                .orElse(SessionStatus.IDLE);
    }

    private static List<String> texts(JsonNode array) {
        List<String> texts = new ArrayList<>();
        array.forEach(text -> texts.add(text.asText()));
        return List.copyOf(texts);
    }

    private static long millis(JsonNode time) {
        return Instant.parse(time.asText()).toEpochMilli();
    }

    private static @Nullable ForkOrigin origin(JsonNode fork) {
        return fork.isObject()
                ? new ForkOrigin(
                        fork.path("session_id").asText(), fork.path("index").asInt(-1))
                : null;
    }
}
