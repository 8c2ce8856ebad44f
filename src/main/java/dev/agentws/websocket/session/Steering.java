package dev.agentws.websocket.session;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agentws.agent.PermissionAnswer;
import dev.agentws.agent.Session;
import dev.agentws.agent.SessionPlaces;
import dev.agentws.agent.options.SessionOptions.Invalid;
import dev.agentws.agent.permission.InvalidRule;
import dev.agentws.agent.permission.PermissionUpdate;
import dev.agentws.agent.permission.PermissionUpdateReader;
import dev.agentws.protocol.ClientMessage;
import dev.agentws.protocol.ClientMessage.PermissionResponse;
import dev.agentws.protocol.ClientMessage.SetModel;
import dev.agentws.protocol.ClientMessage.SetPermissionMode;
import dev.agentws.protocol.ErrorCode;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The messages that steer a running session: answers to its questions, its mode, its model. Its methods run on the session's loop. */
final class Steering {
    private final SessionPlaces places;
    private final Refusals refusals;

    /** Tells the client what was wrong with a message. Any thread. */
    @FunctionalInterface
    interface Refusals {
        void error(ErrorCode code, @Nullable String message, @Nullable String sessionId, String type);
    }

    Steering(SessionPlaces places, Refusals refusals) {
        this.places = places;
        this.refusals = refusals;
    }

    void answer(Session session, PermissionResponse message) {
        JsonNode remember = message.remember();
        List<PermissionUpdate> updates = List.of();
        if (remember != null && remember.isContainerNode()) {
            try {
                updates = places.updates().read("remember", remember);
            } catch (InvalidRule e) {
                refuse(ErrorCode.INVALID_MESSAGE, e.getMessage(), session, message);
                return;
            }
        }
        ObjectNode updated = message.updatedInput();
        PermissionAnswer answer = new PermissionAnswer(
                message.requestId(),
                message.approved(),
                message.reason() == null ? "" : message.reason(),
                updated == null ? null : updated.toString().getBytes(StandardCharsets.UTF_8),
                remember != null && remember.asBoolean(false),
                updates,
                message.interrupt());
        if (!session.answer(answer)) {
            String text = "Permission request " + message.requestId() + " not found";
            refuse(ErrorCode.PERMISSION_NOT_FOUND, text, session, message);
        }
    }

    void mode(Session session, SetPermissionMode message) {
        try {
            session.choices().mode(PermissionUpdateReader.mode("mode", message.mode()));
        } catch (InvalidRule e) {
            refuse(ErrorCode.INVALID_MESSAGE, e.getMessage(), session, message);
        }
    }

    void model(Session session, SetModel message) {
        try {
            session.choices().model(message.model());
        } catch (Invalid e) {
            refuse(ErrorCode.INVALID_OPTIONS, e.getMessage(), session, message);
        }
    }

    private void refuse(ErrorCode code, @Nullable String text, Session session, ClientMessage message) {
        refusals.error(code, text, session.id(), message.kind().wireName());
    }
}
