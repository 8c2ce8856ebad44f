package dev.agentws.websocket.session;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;
import dev.agentws.agent.Accepted;
import dev.agentws.agent.OpenQuestion;
import dev.agentws.agent.Prompt;
import dev.agentws.agent.Session;
import dev.agentws.agent.SessionPlaces;
import dev.agentws.agent.SessionRegistry;
import dev.agentws.agent.event.SessionEvent.PermissionAsked;
import dev.agentws.agent.event.SessionListener;
import dev.agentws.agent.event.SessionStatus;
import dev.agentws.agent.options.ContentReader;
import dev.agentws.agent.options.SessionOptions.Invalid;
import dev.agentws.cluster.CommandRunner;
import dev.agentws.metrics.PromptWatch;
import dev.agentws.protocol.ClientMessage;
import dev.agentws.protocol.ClientMessage.PermissionResponse;
import dev.agentws.protocol.ClientMessage.SendPrompt;
import dev.agentws.protocol.ClientMessage.Subscribe;
import dev.agentws.protocol.ClientMessageReader;
import dev.agentws.protocol.Decoded;
import dev.agentws.protocol.ErrorCode;
import dev.agentws.websocket.FrameWriter;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Does what clients of other nodes ask of sessions here. What became of it goes back as JSON: {@code error} when it was refused, and what
 * the other node has to know to show the session. Its methods run on the session's loop.
 */
public final class SessionCommands implements CommandRunner {
    private final SessionRegistry registry;
    private final SessionPlaces places;
    private final PromptWatch prompts;
    private final ClientMessageReader reader;
    private final BooleanSupplier draining;

    /**
     * @param prompts is told of every prompt
     * @param reader of the other node's clients: with the same limits
     * @param draining whether no turn begins here any more, because the server is about to go
     */
    public SessionCommands(
            SessionRegistry registry,
            SessionPlaces places,
            PromptWatch prompts,
            ClientMessageReader reader,
            BooleanSupplier draining) {
        this.draining = draining;
        this.registry = registry;
        this.places = places;
        this.prompts = prompts;
        this.reader = reader;
    }

    @Override
    public @Nullable String problem(byte[] command) {
        Decoded decoded = reader.read(Unpooled.wrappedBuffer(command));
        return decoded instanceof Decoded.Message known && known.message() instanceof PermissionResponse answer
                ? new Steering(places, (code, text, id, type) -> {}).problem(answer)
                : null;
    }

    @Override
    public @Nullable Supplier<byte[]> run(Session session, String commandId, byte[] command, @Nullable String problem) {
        Decoded decoded = reader.read(Unpooled.wrappedBuffer(command));
        if (decoded instanceof Decoded.Message known && known.message() instanceof Subscribe wish) {
            // Only then: the client may have seen in the store what we do not yet know to be safe there.
            return () -> CommandJson.bytes(subscribed(session, wish.afterSeq()));
        }
        byte[] outcome = outcome(session, commandId, decoded, problem);
        return outcome == null ? null : () -> outcome;
    }

    private byte @Nullable [] outcome(Session session, String commandId, Decoded decoded, @Nullable String problem) {
        ObjectNode outcome = JsonNodeFactory.instance.objectNode();
        if (decoded instanceof Decoded.Rejected rejected) {
            refuse(outcome, rejected.code(), rejected.message());
        } else {
            ClientMessage message = ((Decoded.Message) decoded).message();
            if (answers(session, message, outcome)) {
                return CommandJson.bytes(outcome);
            }
            if (message.kind() == ClientMessage.Kind.SEND_PROMPT
                    && session.status() == SessionStatus.IDLE
                    && draining.getAsBoolean()) {
                return null;
            }
            session.story().hear(commandId);
            change(session, message, outcome, problem);
        }
        byte[] json = CommandJson.bytes(outcome);
        if (outcome.has("error")) {
            session.story().refused(commandId, json);
        }
        return json;
    }

    /** Whether that was only a question, which changes nothing. */
    private static boolean answers(Session session, ClientMessage message, ObjectNode outcome) {
        switch (message.kind()) {
            case LOAD_MESSAGES ->
                outcome.putRawValue(
                        "reply", new RawValue(HistoryDesk.page(session, (ClientMessage.LoadMessages) message)));
            case FORK_SESSION -> {
                // It is made of the session's book, which has all of this moment once this is answered.
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    private void change(Session session, ClientMessage message, ObjectNode outcome, @Nullable String problem) {
        Steering steering = new Steering(places, (code, text, id, type) -> refuse(outcome, code, text));
        switch (message.kind()) {
            case SEND_PROMPT -> prompt(session, (SendPrompt) message, outcome);
            case INTERRUPT_SESSION -> session.interrupt();
            case PERMISSION_RESPONSE -> steering.answer(session, (PermissionResponse) message, problem);
            case SET_PERMISSION_MODE -> steering.mode(session, (ClientMessage.SetPermissionMode) message);
            case SET_MODEL -> steering.model(session, (ClientMessage.SetModel) message);
            case RENAME_SESSION -> session.choices().title(((ClientMessage.RenameSession) message).title());
            case END_SESSION -> registry.end(session);
            default ->
                refuse(
                        outcome,
                        ErrorCode.INVALID_MESSAGE,
                        "Session " + session.id() + " is carried on by another server: send "
                                + message.kind().wireName() + " over a connection to that one");
        }
    }

    private void prompt(Session session, SendPrompt message, ObjectNode outcome) {
        outcome.put("after", session.story().lastSeq());
        Prompt prompt;
        try {
            prompt = new Prompt(
                    ContentReader.userContent(message.content()),
                    message.promptId(),
                    SessionListener.NOBODY,
                    session.loop());
        } catch (Invalid e) {
            refuse(outcome, ErrorCode.INVALID_MESSAGE, e.getMessage());
            return;
        }
        prompts.offered(session.id(), null);
        Accepted accepted = session.prompt(prompt);
        if (accepted != Accepted.STARTED && accepted != Accepted.QUEUED) {
            prompts.refused(session.id());
        }
        if (accepted == Accepted.BUSY) {
            refuse(outcome, ErrorCode.SESSION_BUSY, "Session " + session.id() + " is busy and its queue is full");
        } else if (accepted == Accepted.OVER) {
            outcome.put("again", session.resultOf(message.promptId()));
        }
    }

    private static ObjectNode subscribed(Session session, long afterSeq) {
        ObjectNode outcome = JsonNodeFactory.instance.objectNode();
        outcome.put("go_on_after", session.story().goOnAfter(afterSeq))
                .put("last", session.story().lastSeq())
                .put("status", session.status().wireName());
        ArrayNode asked = outcome.putArray("asked");
        for (OpenQuestion open : session.openQuestions()) {
            if (open.seq() <= afterSeq) {
                byte[] frame = FrameWriter.json(session.id(), open.seq(), new PermissionAsked(open.request()));
                asked.addRawValue(new RawValue(new String(frame, StandardCharsets.UTF_8)));
            }
        }
        return outcome;
    }

    private static void refuse(ObjectNode outcome, ErrorCode code, @Nullable String text) {
        outcome.putObject("error").put("code", code.name()).put("message", String.valueOf(text));
    }
}
