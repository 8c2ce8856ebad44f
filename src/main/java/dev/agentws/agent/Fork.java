package dev.agentws.agent;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agentws.agent.event.SessionEvent.ForkOrigin;
import dev.agentws.agent.event.SessionStatus;
import dev.agentws.agent.model.BlockKind;
import dev.agentws.agent.model.Message;
import dev.agentws.agent.permission.PermissionMode;
import dev.agentws.agent.record.SaidMessage;
import dev.agentws.agent.record.SessionLabel;
import dev.agentws.agent.record.StoredSession;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a new session takes over from another. Immutable, but for the options, which are the receiver's own.
 *
 * @param history the conversation up to the place of the fork, such that the model's next request is valid
 * @param options the other's options as they are now, without the conversation
 */
public record Fork(List<Message> history, ObjectNode options, SessionLabel label) {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    /** There is no such message; says what was expected. */
    public static final class NoSuchPlace extends Exception {
        private static final long serialVersionUID = 1L;

        NoSuchPlace(String message) {
            super(message, null, false, false);
        }
    }

    /**
     * Where to fork: behind a message, or behind what had been said at an event, or (both null) at the end.
     *
     * @param title of the new session, or null for the other's
     */
    public record Place(
            @Nullable Integer index,
            @Nullable Long seq,
            @Nullable String title) {}

    /** What is forked, as it is now. */
    private record Original(
            String id, List<SaidMessage> said, boolean working, ObjectNode options, SessionLabel label) {}

    /** On the session's loop. A place between a call and its result is moved back to before the call. */
    public static Fork of(Session session, Place place) throws NoSuchPlace {
        boolean working = session.status() == SessionStatus.PROCESSING;
        List<SaidMessage> said = session.conversation().said();
        return of(new Original(session.id(), said, working, options(session), session.label()), place);
    }

    /** The same of a session of another process, as its book tells it. */
    public static Fork of(String id, StoredSession stored, Place place) throws NoSuchPlace {
        boolean working = stored.turn() != null;
        return of(new Original(id, stored.messages(), working, options(stored), stored.label()), place);
    }

    private static Fork of(Original from, Place place) throws NoSuchPlace {
        List<SaidMessage> said = from.said();
        int kept = kept(said, place);
        boolean working = from.working();
        boolean end = place.index() == null && place.seq() == null;
        // Where the session itself can go on, so can its fork.
        boolean asItIs = kept == said.size() && !working;
        while (!asItIs && kept > 0 && !isGoodEnd(said.get(kept - 1).message(), working && end)) {
            kept--;
        }
        int last = kept == 0 ? -1 : said.get(kept - 1).index();
        List<Message> history =
                said.subList(0, kept).stream().map(SaidMessage::message).toList();
        ForkOrigin origin = new ForkOrigin(from.id(), last);
        return new Fork(history, from.options(), SessionLabel.fork(from.label(), place.title(), origin));
    }

    private static int kept(List<SaidMessage> said, Place place) throws NoSuchPlace {
        Integer index = place.index();
        Long seq = place.seq();
        int kept = 0;
        for (SaidMessage each : said) {
            if (index != null ? each.index() <= index : seq == null || each.seq() <= seq) {
                kept++;
            }
        }
        boolean found = index == null || (kept > 0 && said.get(kept - 1).index() == index);
        if (!found) {
            throw new NoSuchPlace("index: " + index + " (expected: the index of a message of the conversation"
                    + (said.isEmpty() ? ", which has none)" : span(said)));
        }
        return kept;
    }

    private static String span(List<SaidMessage> said) {
        return ", from " + said.get(0).index() + " to "
                + said.get(said.size() - 1).index() + ")";
    }

    /** @param answered whether a prompt without an answer is no end */
    private static boolean isGoodEnd(Message message, boolean answered) {
        if (message.role() == Message.Role.ASSISTANT) {
            return message.blocks().stream().noneMatch(block -> block.kind() == BlockKind.TOOL_USE);
        }
        return !answered && message.blocks().stream().noneMatch(block -> block.kind() == BlockKind.TOOL_RESULT);
    }

    private static ObjectNode options(Session session) {
        try {
            ObjectNode options = (ObjectNode) MAPPER.readTree(session.options().source());
            Equipment equipment = session.equipment();
            if (!equipment.model().equals(equipment.place().model())) {
                options.put("model", equipment.model());
            }
            if (equipment.mode() != session.options().permissionMode()) {
                options.put("permission_mode", equipment.mode().wireName());
            }
            return options;
        } catch (IOException e) {
            throw new IllegalStateException("options: cannot be read again", e);
        }
    }

    private static ObjectNode options(StoredSession stored) {
        ObjectNode options = Objects.requireNonNull(stored.options()).deepCopy();
        String model = stored.model();
        if (model != null
                && !model.equals(Objects.requireNonNull(stored.place()).model())) {
            options.put("model", model);
        }
        String mode = stored.mode();
        if (mode != null && !mode.equals(options.path("permission_mode").asText(PermissionMode.DEFAULT.wireName()))) {
            options.put("permission_mode", mode);
        }
        return options;
    }
}
