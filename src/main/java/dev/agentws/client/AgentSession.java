package dev.agentws.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One session as its client sees it: messages go out, events come in, in order and each once, also over a cut connection. Thread-safe;
 * one thread takes the events.
 */
public final class AgentSession {
    /** A type of its own for {@link #next}: the connection is gone and is being tried again. */
    public static final String CONNECTION_CUT = "connection_cut";

    /** So many events may wait; then the socket is not read, which slows the turn and not this process. */
    private static final int MANY = 1_000;

    private final Link link;
    private final String id;
    private final Deque<JsonNode> events = new ArrayDeque<>();
    /** Prompts without a result. */
    private final Map<String, ObjectNode> prompts = new LinkedHashMap<>();

    /** Answers to questions that the server has not acknowledged. */
    private final Map<String, ObjectNode> answers = new LinkedHashMap<>();
    /** Questions that were handed out; open ones come again after each return. */
    private final Set<String> asked = new HashSet<>();

    private long lastSeq;
    /** Those of which it is unknown, after a cut, whether the server has them. */
    private final Set<String> uncertain = new LinkedHashSet<>();

    private boolean full;
    private boolean ended;
    private @Nullable ClientException failure;

    AgentSession(Link link, String id) {
        this.link = link;
        this.id = id;
    }

    /** The id under which the session can be resumed. */
    public String id() {
        return id;
    }

    /** The number of the newest event, for {@link AgentClient#resume}. */
    public synchronized long lastSeq() {
        return lastSeq;
    }

    synchronized void expectAfter(long seq) {
        lastSeq = seq;
    }

    /**
     * Sends a prompt. If the connection breaks before the server has it, it is sent once more after the return, never twice.
     *
     * @return the prompt's id, which its {@code agent_result} carries
     */
    public String prompt(String text) {
        String promptId = UUID.randomUUID().toString();
        ObjectNode message = to("send_prompt").put("prompt", text).put("prompt_id", promptId);
        synchronized (this) {
            prompts.put(promptId, message);
            if (!link.send(message)) {
                uncertain.add(promptId);
            }
        }
        return promptId;
    }

    /** Stops the running turn. Without a connection nothing happens. */
    public void interrupt() {
        link.send(to("interrupt_session"));
    }

    /** Ends the session; the next events are its last. */
    public void end() {
        link.send(to("end_session"));
    }

    /**
     * Says yes to a question.
     *
     * @param always whether the question's first suggestion shall hold from now on
     */
    public void allow(String requestId, boolean always) {
        ObjectNode answer =
                to("permission_response").put("request_id", requestId).put("approved", true);
        answer(requestId, always ? answer.put("remember", true) : answer);
    }

    /**
     * Says yes to a question, with another input in the place of the whole input of the call; so the answers to
     * {@code AskUserQuestion} are given.
     */
    public void allow(String requestId, ObjectNode updatedInput) {
        ObjectNode answer =
                to("permission_response").put("request_id", requestId).put("approved", true);
        answer.set("updated_input", updatedInput);
        answer(requestId, answer);
    }

    /**
     * Says no to a question.
     *
     * @param reason is told to the model; empty = none
     */
    public void deny(String requestId, String reason) {
        ObjectNode answer =
                to("permission_response").put("request_id", requestId).put("approved", false);
        answer(requestId, reason.isEmpty() ? answer : answer.put("reason", reason));
    }

    private synchronized void answer(String requestId, ObjectNode answer) {
        answers.put(requestId, answer);
        link.send(answer);
    }

    /** Answered with a {@code session_updated} event, or with an {@code error} event that has no {@code seq}. */
    public void setMode(String mode) {
        link.send(to("set_permission_mode").put("mode", mode));
    }

    /** Likewise. */
    public void setModel(String model) {
        link.send(to("set_model").put("model", model));
    }

    /** Gives the session a title, null for the beginning of its first prompt. Answered likewise. */
    public void rename(@Nullable String title) {
        link.send(to("rename_session").put("title", title));
    }

    /**
     * The next event, as it came; besides the session's own events {@code subscribed} after a return, {@code error} for what was refused,
     * and {@link #CONNECTION_CUT}.
     *
     * @return null if none came in that time
     * @throws ClientException when no more will come: the session has ended, is lost, or the client has given up or was closed
     */
    public @Nullable JsonNode next(Duration patience) throws ClientException, InterruptedException {
        JsonNode event;
        boolean drained;
        synchronized (this) {
            long end = System.nanoTime() + patience.toNanos();
            while (events.isEmpty() && failure == null && !ended) {
                long leftMs = (end - System.nanoTime() + 999_999) / 1_000_000;
                if (leftMs <= 0) {
                    return null;
                }
                wait(leftMs);
            }
            event = events.poll();
            if (event == null) {
                throw failure != null ? failure : new ClientException("session_not_found", "the session has ended");
            }
            drained = full && events.size() < MANY / 2;
            full &= !drained;
        }
        if (drained) {
            link.release();
        }
        return event;
    }

    private ObjectNode to(String type) {
        return AgentClient.message(type).put("session_id", id);
    }

    synchronized ObjectNode subscription() {
        return to("subscribe").put("after_seq", lastSeq);
    }

    /** What to send when the connection is there again. */
    synchronized ObjectNode back() {
        uncertain.addAll(prompts.keySet());
        return subscription();
    }

    synchronized void accept(JsonNode frame) {
        String type = frame.path("type").asText();
        if (type.equals("messages_loaded")) {
            // The answer to whoever asked, and nothing that happened.
            return;
        }
        if (type.equals("subscribed")) {
            subscribed(frame);
        } else if (frame.has("seq")) {
            long seq = frame.path("seq").asLong();
            boolean question = type.equals("permission_request");
            // Open questions come again with their old number, which is of use only to who has not seen them.
            if (seq <= lastSeq
                    && !(question && !asked.contains(frame.path("request_id").asText()))) {
                return;
            }
            lastSeq = Math.max(lastSeq, seq);
            event(type, frame);
        }
        add(frame);
    }

    private void event(String type, JsonNode frame) {
        switch (type) {
            case "permission_request" -> asked.add(frame.path("request_id").asText());
            case "permission_acknowledged" -> {
                asked.remove(frame.path("request_id").asText());
                answers.remove(frame.path("request_id").asText());
            }
            case "agent_result" -> {
                prompts.remove(frame.path("prompt_id").asText());
                uncertain.remove(frame.path("prompt_id").asText());
                if (!uncertain.isEmpty()) {
                    // Maybe ours comes next, maybe the server never got it: its state tells.
                    link.send(subscription());
                }
            }
            case "session_ended" -> ended = true;
            default -> {
                // Only for whoever takes the events.
            }
        }
    }

    private void subscribed(JsonNode frame) {
        if (frame.path("gap").asBoolean()) {
            // What is lost never comes, and asking for it again would only tell of the same gap.
            long goOnAfter = Math.max(lastSeq, frame.path("first_seq").asLong() - 1);
            lastSeq = Math.min(goOnAfter, frame.path("last_seq").asLong());
        }
        answers.values().forEach(link::send);
        boolean allSeen = frame.path("last_seq").asLong() <= lastSeq;
        if (uncertain.isEmpty() || !frame.path("status").asText().equals("idle")) {
            return;
        }
        if (allSeen) {
            List<String> lost = List.copyOf(uncertain);
            uncertain.clear();
            lost.forEach(this::again);
        } else {
            // The rest may hold the result. Asked again, the answer comes behind it.
            link.send(to("subscribe").put("after_seq", frame.path("last_seq").asLong()));
        }
    }

    private void again(String promptId) {
        ObjectNode message = prompts.get(promptId);
        if (message != null && !link.send(message)) {
            uncertain.add(promptId);
        }
    }

    synchronized void refused(JsonNode frame, ClientException why) {
        if (why.code().equals("permission_not_found")) {
            // Somebody else was quicker, or this answer came twice: the acknowledgement tells what holds.
            return;
        }
        if (frame.path("request_type").asText().equals("send_prompt")) {
            prompts.clear();
            uncertain.clear();
        }
        if (why.code().equals("session_not_found")) {
            over(why);
        }
        add(frame);
    }

    synchronized void cut() {
        uncertain.addAll(prompts.keySet());
        add(AgentClient.message(CONNECTION_CUT).put("session_id", id));
    }

    synchronized void over(ClientException reason) {
        failure = failure == null ? reason : failure;
        notifyAll();
    }

    private void add(JsonNode frame) {
        events.add(frame);
        if (!full && events.size() >= MANY) {
            full = true;
            link.hold();
        }
        notifyAll();
    }
}
