package dev.agentws.websocket.session;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agentws.agent.PermissionAnswer;
import dev.agentws.agent.Session;
import dev.agentws.agent.SessionPlaces;
import dev.agentws.agent.SessionServices.Workers;
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
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/** The messages that steer a running session: answers to its questions, its mode, its model. Its methods run on the session's loop. */
final class Steering {
    private static final String REMEMBER = "remember";

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

    /** Answers a question, after a worker has looked at the directories that are to be remembered, if there are any. */
    void answer(Session session, PermissionResponse message, Workers workers) {
        List<PermissionUpdate> updates;
        try {
            updates = updates(message);
        } catch (InvalidRule e) {
            refuse(ErrorCode.INVALID_MESSAGE, e.getMessage(), session, message);
            return;
        }
        if (updates.stream().noneMatch(PermissionUpdate::addsDirectories)) {
            answer(session, message, updates);
            return;
        }
        try {
            workers.submit(() -> {
                String problem = SessionPlaces.problem(REMEMBER, updates);
                session.execute(() -> answer(session, message, problem));
            });
        } catch (RejectedExecutionException e) {
            refuse(ErrorCode.OVERLOADED, "The server is busy; try again in a moment", session, message);
        }
    }

    /** What the disk has against an answer, or null. Blocks. */
    @Nullable
    String problem(PermissionResponse message) {
        try {
            return SessionPlaces.problem(REMEMBER, updates(message));
        } catch (InvalidRule e) {
            return e.getMessage();
        }
    }

    /** Answers a question that has been looked at. */
    void answer(Session session, PermissionResponse message, @Nullable String problem) {
        try {
            List<PermissionUpdate> updates = updates(message);
            if (problem == null || suggested(session, message, updates)) {
                answer(session, message, updates);
            } else {
                refuse(ErrorCode.INVALID_MESSAGE, problem, session, message);
            }
        } catch (InvalidRule e) {
            refuse(ErrorCode.INVALID_MESSAGE, e.getMessage(), session, message);
        }
    }

    /** Whether we said it ourselves: of a file that is to be written, the directory may not be there yet. */
    private static boolean suggested(Session session, PermissionResponse message, List<PermissionUpdate> updates) {
        return session.openQuestions().stream()
                .filter(question -> question.request().requestId().equals(message.requestId()))
                .anyMatch(question -> question.request().suggestions().containsAll(updates));
    }

    private List<PermissionUpdate> updates(PermissionResponse message) throws InvalidRule {
        JsonNode remember = message.remember();
        return remember != null && remember.isContainerNode() ? places.updates().read(REMEMBER, remember) : List.of();
    }

    private void answer(Session session, PermissionResponse message, List<PermissionUpdate> updates) {
        JsonNode remember = message.remember();
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
