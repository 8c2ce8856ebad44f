package dev.agentws.server.chat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Shows a session's events: text piece by piece, thinking dimmed, a tool as one line with what it prints below. Confined to one thread. */
final class ChatScreen {
    private static final int LONGEST_SUMMARY = 100;
    private static final int RESULT_LINES = 5;
    private static final String MARGIN = "  | ";

    /** What the line that is being written belongs to. */
    private enum Open {
        NOTHING,
        THINKING,
        TEXT,
        OUTPUT
    }

    private final PrintWriter out;
    private final boolean styled;
    private final Map<String, String> diffs = new HashMap<>();
    /** Calls whose output was shown as it came. */
    private final Set<String> shown = new HashSet<>();

    private Open open = Open.NOTHING;
    private boolean lineStart = true;
    private boolean pieces;

    ChatScreen(PrintWriter out, boolean styled) {
        this.out = out;
        this.styled = styled;
    }

    /** A line of the client itself. */
    void note(String text) {
        line(Style.DIM, text);
    }

    void warning(String text) {
        line(Style.YELLOW, text);
    }

    void failure(String text) {
        line(Style.RED, text);
    }

    void frame(JsonNode frame) {
        switch (frame.path("type").asText()) {
            case "agent_thinking" -> thinking(frame);
            case "agent_message" -> message(frame);
            case "agent_tool_use" -> line(Style.CYAN, "* " + text(frame, "tool") + " " + summary(frame.path("input")));
            case "agent_tool_output" -> output(frame);
            case "agent_tool_result" -> toolResult(frame);
            case "permission_request" -> question(frame);
            case "permission_acknowledged" -> acknowledged(frame);
            case "permission_denied" -> warning("  denied: " + text(frame, "message"));
            case "context_compacted" ->
                note("(the conversation was summarised: " + frame.path("pre_tokens") + " -> "
                        + frame.path("post_tokens") + " tokens)");
            case "agent_result" -> result(frame);
            case "session_updated" ->
                note("(model " + text(frame.path("session"), "model_name") + ", mode "
                        + text(frame.path("session"), "permission_mode") + ")");
            case "error" -> failure("error: " + text(frame, "message"));
            case "subscribed" -> {
                if (frame.path("gap").asBoolean()) {
                    pieces = false;
                    warning("(a part of what happened is no longer kept by the server)");
                }
            }
            case "connection_cut" -> warning("(the connection is lost; trying again)");
            default -> {
                // The answer to what was just asked, or a kind of event that is younger than this client.
            }
        }
    }

    private void thinking(JsonNode frame) {
        if (frame.has("content")) {
            piece(Open.THINKING, Style.DIM, text(frame, "content"));
        } else if (!frame.path("thinking").asBoolean() && open == Open.THINKING) {
            endLine();
        }
    }

    private void message(JsonNode frame) {
        if (!frame.path("complete").asBoolean()) {
            piece(Open.TEXT, Style.PLAIN, text(frame, "content"));
            pieces = true;
            return;
        }
        // The whole text once more, unless the pieces were not sent.
        if (!pieces && !text(frame, "content").isEmpty()) {
            piece(Open.TEXT, Style.PLAIN, text(frame, "content"));
        }
        pieces = false;
        endLine();
    }

    private void output(JsonNode frame) {
        shown.add(text(frame, "tool_use_id"));
        Style style = text(frame, "stream").equals("stderr") ? Style.RED : Style.DIM;
        for (String part : text(frame, "content").split("(?<=\n)", -1)) {
            if (!part.isEmpty()) {
                boolean starts = open != Open.OUTPUT || lineStart;
                piece(Open.OUTPUT, style, (starts ? MARGIN : "") + part);
            }
        }
    }

    private void toolResult(JsonNode frame) {
        boolean live = shown.remove(text(frame, "tool_use_id"));
        boolean failed = frame.path("is_error").asBoolean();
        boolean known = diffs.remove(text(frame, "tool_use_id")) != null;
        if (!known && frame.path("details").has("structuredPatch")) {
            diff(frame.path("details"));
        } else if (failed || (!live && !known)) {
            card(failed ? Style.RED : Style.DIM, text(frame, "content"));
        }
        line(
                failed ? Style.RED : Style.DIM,
                "  " + (failed ? "failed" : "done") + " in " + frame.path("duration_ms") + " ms");
    }

    private void card(Style style, String content) {
        String[] lines = content.strip().split("\n", -1);
        for (int i = 0; i < Math.min(lines.length, RESULT_LINES); i++) {
            if (!lines[i].isEmpty()) {
                line(style, MARGIN + lines[i]);
            }
        }
        if (lines.length > RESULT_LINES) {
            line(style, MARGIN + "… " + (lines.length - RESULT_LINES) + " more lines");
        }
    }

    private void diff(JsonNode change) {
        DiffLines.of(change).forEach(each -> line(each.style(), MARGIN + each.text()));
    }

    private void question(JsonNode frame) {
        line(Style.YELLOW, "? " + text(frame, "description"));
        if (frame.path("details").has("diff")) {
            diffs.put(text(frame, "tool_use_id"), "");
            diff(frame.path("details").path("diff"));
        }
        if (frame.has("decision_reason")) {
            note("  " + text(frame, "decision_reason"));
        }
    }

    private void acknowledged(JsonNode frame) {
        switch (text(frame, "status")) {
            case "executing" -> note("  allowed");
            case "timeout" -> warning("  nobody answered in time, so it was not done");
            default -> warning("  " + text(frame, "status"));
        }
    }

    private void result(JsonNode frame) {
        String reason = text(frame, "stop_reason");
        StringBuilder sum = new StringBuilder("(");
        if (!reason.equals("end_turn")) {
            sum.append(reason).append(", ");
        }
        sum.append(
                String.format(Locale.ROOT, "%.1f s", frame.path("duration_ms").asLong() / 1000.0));
        if (frame.path("cost_usd").isNumber()) {
            sum.append(String.format(
                    Locale.ROOT, ", $%.4f", frame.path("total_cost_usd").asDouble()));
        }
        long window = frame.path("context_window").asLong();
        if (window > 0) {
            sum.append(", context ")
                    .append(frame.path("context_tokens").asLong() * 100 / window)
                    .append(" %");
        }
        line(
                frame.path("is_error").asBoolean() ? Style.YELLOW : Style.DIM,
                sum.append(')').toString());
    }

    /** What a call is about, in a part of a line: its only or its first telling field. */
    static String summary(JsonNode input) {
        for (String field : new String[] {"command", "file_path", "notebook_path", "pattern", "url", "query", "path"}) {
            if (input.path(field).isTextual()) {
                return cut(input.path(field).asText());
            }
        }
        return cut(input.toString());
    }

    private static String cut(String text) {
        String line = Style.harmless(text).replace('\n', ' ');
        return line.length() <= LONGEST_SUMMARY ? line : line.substring(0, LONGEST_SUMMARY) + "…";
    }

    private void piece(Open kind, Style style, String text) {
        String clean = Style.harmless(text);
        if (clean.isEmpty()) {
            return;
        }
        if (open != kind) {
            endLine();
            open = kind;
        }
        out.print(styled ? style.on(clean) : clean);
        out.flush();
        lineStart = clean.endsWith("\n");
    }

    private void line(Style style, String text) {
        endLine();
        String clean = Style.harmless(text);
        out.print(styled ? style.on(clean) : clean);
        out.print('\n');
        out.flush();
    }

    /** So that what comes next starts a line. */
    void endLine() {
        if (!lineStart) {
            out.print('\n');
            out.flush();
        }
        lineStart = true;
        open = Open.NOTHING;
    }

    private static String text(JsonNode frame, String field) {
        return frame.path(field).asText();
    }
}
