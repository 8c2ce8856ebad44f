package dev.agentws.conversation;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.function.Predicate;

/** One session as one client sees it, with its own place in the stream of frames. For one test thread. */
final class Talk {
    private final Client client;
    private final String id;
    private int cursor;

    Talk(Client client, String id) {
        this.client = client;
        this.id = id;
    }

    String id() {
        return id;
    }

    Talk prompt(String text) {
        client.send(message("send_prompt").put("prompt", text).toString());
        return this;
    }

    Talk prompt(String text, String promptId) {
        client.send(message("send_prompt")
                .put("prompt", text)
                .put("prompt_id", promptId)
                .toString());
        return this;
    }

    Talk interrupt() {
        client.send(message("interrupt_session").toString());
        return this;
    }

    Talk end() {
        client.send(message("end_session").toString());
        return this;
    }

    /** Takes it up after its end. */
    Talk resume() {
        client.send(message("resume_session").toString());
        return this;
    }

    Talk subscribe(long afterSeq) {
        client.send(message("subscribe").put("after_seq", afterSeq).toString());
        return this;
    }

    /** Sends a message of that type with these further fields, JSON without braces. */
    Talk send(String type, String fields) {
        String head = message(type).toString();
        client.send(head.substring(0, head.length() - 1) + "," + fields + "}");
        return this;
    }

    /** Answers a {@code permission_request}. */
    Talk answer(Frame question, boolean approved, String reason) {
        client.send(message("permission_response")
                .put("request_id", question.at("request_id"))
                .put("approved", approved)
                .put("reason", reason)
                .toString());
        return this;
    }

    private ObjectNode message(String type) {
        return JsonNodeFactory.instance.objectNode().put("type", type).put("session_id", id);
    }

    /** The session's next frame of that type after the one awaited last. */
    Frame await(String type) {
        return await(type, frame -> frame.type().equals(type));
    }

    /** The session's next frame whose {@link Frame#brief} begins so. */
    Frame awaitBrief(String start) {
        return await(start, frame -> frame.brief().startsWith(start));
    }

    Frame await(String what, Predicate<Frame> such) {
        int found =
                client.find(cursor, id + ": " + what, frame -> frame.session().equals(id) && such.test(frame));
        cursor = found + 1;
        return client.frame(found);
    }

    /** The session's frames so far. */
    List<Frame> frames() {
        return client.frames().stream()
                .filter(frame -> frame.session().equals(id))
                .toList();
    }

    /** The same in a few words each. */
    List<String> briefs() {
        return frames().stream().map(Frame::brief).toList();
    }

    /** What came after the frame that was awaited before this turn, up to and with the turn's result. */
    List<String> turn() {
        int from = cursor;
        await("agent_result");
        return client.frames().subList(from, cursor).stream()
                .filter(frame -> frame.session().equals(id))
                .map(Frame::brief)
                .toList();
    }
}
