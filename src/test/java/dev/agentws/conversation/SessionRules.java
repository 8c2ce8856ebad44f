package dev.agentws.conversation;

import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What holds for the frames of one session on one connection, whatever happens: numbers without gaps, one open message at a time whose
 * pieces add up to its whole text, no empty piece, nothing after the end. Confined to the client's reader.
 */
final class SessionRules {
    private final Consumer<String> broken;
    private final Set<String> complete = new HashSet<>();
    private final StringBuilder text = new StringBuilder();
    /** The number that must come next, 0 while unknown. */
    private long next;

    private @Nullable String open;
    /** The first pieces of the open message may have been shown before this connection watched. */
    private boolean partial = true;

    private boolean ended;

    /** @param broken told of each rule that does not hold */
    SessionRules(Consumer<String> broken) {
        this.broken = broken;
    }

    void accept(Frame frame) {
        if (frame.type().equals("subscribed")) {
            restart(frame.json().path("first_seq").asLong());
            return;
        }
        if (frame.type().equals("session_created") && !frame.replayed()) {
            restart(1);
            ended = false;
        }
        if (!frame.json().has("seq")) {
            check(frame.type().matches("error|messages_loaded"), "no seq", frame);
            return;
        }
        boolean again =
                frame.type().equals("permission_request") || frame.type().equals("agent_result");
        if (again && frame.replayed() && (next == 0 || frame.seq() < next)) {
            return;
        }
        ended &= !frame.type().equals("session_resumed");
        check(!ended, "after the end of the session", frame);
        number(frame);
        if (frame.type().equals("agent_message")) {
            message(frame);
        }
        ended |= frame.type().equals("session_ended");
    }

    private void restart(long first) {
        next = first;
        open = null;
        text.setLength(0);
        complete.clear();
        partial = first != 1;
    }

    private void number(Frame frame) {
        boolean merged = frame.replayed() && frame.isPiece();
        check(next == 0 || frame.seq() == next || (merged && frame.seq() > next), "expected seq " + next, frame);
        next = frame.seq() + 1;
        check(!frame.isPiece() || !frame.at("content").isEmpty(), "empty piece", frame);
    }

    private void message(Frame frame) {
        String id = frame.at("message_id");
        check(!complete.contains(id), "message was complete already", frame);
        check(open == null || open.equals(id), "another message is open", frame);
        if (frame.isPiece()) {
            open = id;
            text.append(frame.at("content"));
            return;
        }
        String whole = frame.at("content");
        boolean piecesShown = open != null;
        check(partial || !piecesShown || whole.contentEquals(text), "pieces were " + text, frame);
        check(!piecesShown || whole.endsWith(text.toString()), "pieces were " + text, frame);
        complete.add(id);
        open = null;
        partial = false;
        text.setLength(0);
    }

    private void check(boolean holds, String what, Frame frame) {
        if (!holds) {
            broken.accept(what + ": " + frame.text());
        }
    }
}
