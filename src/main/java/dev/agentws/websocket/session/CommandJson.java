package dev.agentws.websocket.session;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agentws.protocol.ClientMessage;
import java.nio.charset.StandardCharsets;

/** Writes a client's message down for the node that has the session: again as clients write it. */
final class CommandJson {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private CommandJson() {}

    /** The messages to one session, other than the one that makes it. */
    static byte[] write(String sessionId, ClientMessage message) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("type", message.kind().wireName()).put("session_id", sessionId);
        switch (message.kind()) {
            case SEND_PROMPT -> {
                ClientMessage.SendPrompt prompt = (ClientMessage.SendPrompt) message;
                json.put("prompt_id", prompt.promptId()).set("content", prompt.content());
            }
            case PERMISSION_RESPONSE -> {
                ClientMessage.PermissionResponse answer = (ClientMessage.PermissionResponse) message;
                json.put("request_id", answer.requestId())
                        .put("approved", answer.approved())
                        .put("reason", answer.reason())
                        .put("interrupt", answer.interrupt());
                json.set("updated_input", answer.updatedInput());
                json.set("remember", answer.remember());
            }
            case SET_PERMISSION_MODE -> json.put("mode", ((ClientMessage.SetPermissionMode) message).mode());
            case SET_MODEL -> json.put("model", ((ClientMessage.SetModel) message).model());
            case SUBSCRIBE -> json.put("after_seq", ((ClientMessage.Subscribe) message).afterSeq());
            case RENAME_SESSION -> json.put("title", ((ClientMessage.RenameSession) message).title());
            case LOAD_MESSAGES -> {
                ClientMessage.LoadMessages load = (ClientMessage.LoadMessages) message;
                json.put("order", load.newestFirst() ? "newest_first" : "oldest_first")
                        .put("cursor", load.cursor() == null ? null : String.valueOf(load.cursor()))
                        .put("limit", load.limit());
            }
            default -> {
                // The type says it all.
            }
        }
        return bytes(json);
    }

    /** Ends a session. */
    static byte[] end(String sessionId) {
        return write(sessionId, new ClientMessage.EndSession(sessionId));
    }

    static byte[] bytes(ObjectNode json) {
        try {
            return MAPPER.writeValueAsString(json).getBytes(StandardCharsets.UTF_8);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("command: cannot be written", e);
        }
    }
}
