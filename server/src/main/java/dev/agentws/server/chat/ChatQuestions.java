package dev.agentws.server.chat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agentws.client.AgentSession;
import dev.agentws.client.ClientException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Asks the person what the server wants to know. What happens meanwhile is shown, so a question that somebody else has answered, or that
 * is too late, is put away. Confined to one thread.
 */
final class ChatQuestions {
    private static final Duration TICK = Duration.ofMillis(100);
    private static final int CTRL_C = 3;
    private static final int CTRL_D = 4;

    private final AgentSession session;
    private final ChatTerminal terminal;
    private final ChatScreen screen;
    private final Deque<JsonNode> waiting = new ArrayDeque<>();

    ChatQuestions(AgentSession session, ChatTerminal terminal, ChatScreen screen) {
        this.session = session;
        this.terminal = terminal;
        this.screen = screen;
    }

    /**
     * Shows a question and sends the answer; then those that came meanwhile.
     *
     * @param interrupts presses of Ctrl-C; one in raw mode counts here too
     */
    void ask(JsonNode question, AtomicInteger interrupts) throws ClientException, InterruptedException {
        waiting.add(question);
        for (JsonNode next = waiting.poll(); next != null; next = waiting.poll()) {
            screen.frame(next);
            String id = next.path("request_id").asText();
            if (!terminal.interactive()) {
                screen.warning(
                        "  no: nobody is there to ask (--mode and the server's rules say what needs no question)");
                session.deny(id, "Nobody is there who could be asked.");
            } else if (next.path("tool").asText().equals("AskUserQuestion")) {
                answers(id, next.path("parameters"));
            } else {
                permission(id, next, interrupts);
            }
        }
    }

    private void permission(String id, JsonNode question, AtomicInteger interrupts)
            throws ClientException, InterruptedException {
        String always = always(question);
        screen.note("  y yes" + (always == null ? "" : "   a always: " + always) + "   n no");
        while (interrupts.get() == 0) {
            switch (terminal.key(TICK)) {
                case 'y', 'Y' -> {
                    session.allow(id, false);
                    return;
                }
                case 'a', 'A' -> {
                    if (always != null) {
                        session.allow(id, true);
                        return;
                    }
                }
                case 'n', 'N' -> {
                    String reason = terminal.line("  why not (Enter for no reason): ");
                    session.deny(id, reason == null || reason.equals(ChatTerminal.INTERRUPT) ? "" : reason.strip());
                    return;
                }
                case CTRL_C -> {
                    interrupts.incrementAndGet();
                    session.interrupt();
                    return;
                }
                case CTRL_D, ChatTerminal.CLOSED -> {
                    session.deny(id, "");
                    return;
                }
                default -> {
                    if (settled(id)) {
                        return;
                    }
                }
            }
        }
    }

    /** Shows what has come; whether it settles the question. */
    private boolean settled(String id) throws ClientException, InterruptedException {
        boolean settled = false;
        for (JsonNode frame = session.next(Duration.ZERO); frame != null; frame = session.next(Duration.ZERO)) {
            String request = frame.path("request_id").asText();
            switch (frame.path("type").asText()) {
                case "permission_request" -> waiting.add(frame);
                case "permission_acknowledged" -> {
                    boolean later = waiting.removeIf(
                            each -> each.path("request_id").asText().equals(request));
                    if (!later) {
                        screen.frame(frame);
                    }
                    settled |= request.equals(id);
                }
                default -> screen.frame(frame);
            }
            if (settled) {
                return true;
            }
        }
        return false;
    }

    /** What the first suggestion would allow, in words; null if there is none. */
    static @Nullable String always(JsonNode question) {
        JsonNode first = question.path("suggestions").path(0);
        switch (first.path("type").asText()) {
            case "addRules":
                StringBuilder rules = new StringBuilder();
                for (JsonNode rule : first.path("rules")) {
                    String content = rule.path("ruleContent").asText("");
                    rules.append(rules.isEmpty() ? "" : ", ")
                            .append(rule.path("toolName").asText());
                    rules.append(content.isEmpty() ? "" : "(" + content + ")");
                }
                return rules.toString();
            case "setMode":
                return "mode " + first.path("mode").asText();
            case "addDirectories":
                return "in " + first.path("directories");
            default:
                return null;
        }
    }

    private void answers(String id, JsonNode input) {
        ObjectNode answered = input.deepCopy();
        ObjectNode answers = answered.putObject("answers");
        for (JsonNode each : input.path("questions")) {
            String question = each.path("question").asText();
            screen.warning("  " + question);
            JsonNode options = each.path("options");
            for (int i = 0; i < options.size(); i++) {
                screen.note(
                        "    " + (i + 1) + " " + options.path(i).path("label").asText() + "  "
                                + options.path(i).path("description").asText());
            }
            String line = terminal.line("  number or words: ");
            if (line == null || line.equals(ChatTerminal.INTERRUPT)) {
                session.deny(id, "");
                return;
            }
            answers.put(question, chosen(options, line.strip()));
        }
        session.allow(id, answered);
    }

    private static String chosen(JsonNode options, String line) {
        for (int i = 0; i < options.size(); i++) {
            if (line.equals(String.valueOf(i + 1))) {
                return options.path(i).path("label").asText();
            }
        }
        return line;
    }
}
