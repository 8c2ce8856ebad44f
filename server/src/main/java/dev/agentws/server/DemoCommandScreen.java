package dev.agentws.server;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintStream;
import java.net.URI;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Prints a conversation for people: the time since the start, who speaks, and what. Text appears piece by piece, as it comes. Plain
 * characters only, so that it reads the same on a terminal, in a file and in a log of a build. Confined to one thread.
 */
final class DemoCommandScreen {
    private static final String MARGIN = " ".repeat(19);

    private final PrintStream out;
    private final LongSupplier nanoTime;
    private final long startNanos;
    /** The speaker of the line that is still being written, or empty. */
    private String open = "";

    DemoCommandScreen(PrintStream out, LongSupplier nanoTime) {
        this.out = out;
        this.nanoTime = nanoTime;
        this.startNanos = nanoTime.getAsLong();
    }

    void title(URI address) {
        out.println("A conversation with the simulated Claude over " + address + ", no key needed.");
        out.println();
    }

    /** One whole line, or several. */
    void says(String who, String what) {
        endLine();
        start(who);
        out.println(indented(what));
        out.flush();
    }

    void frame(JsonNode frame) {
        switch (frame.path("type").asText()) {
            case "auth_success" -> says("server", "you are let in");
            case "session_created" -> says("server", "session " + text(frame, "session_id") + " is ready");
            case "agent_thinking" -> thinking(frame);
            case "agent_message" -> message(frame);
            case "agent_tool_use" -> says("claude", "uses " + text(frame, "tool") + " " + frame.path("input"));
            case "permission_request" -> says("server", "may it? " + text(frame, "description"));
            case "agent_tool_output" -> card("|", text(frame, "content"));
            case "agent_tool_result" -> result(frame);
            case "agent_result" -> cost(frame);
            case "session_ended" -> says("server", "the session has ended");
            default -> {
                // The answer to what "you" just said, or nothing a reader of a demo needs.
            }
        }
    }

    private void thinking(JsonNode frame) {
        if (frame.has("content")) {
            piece("(thinks)", text(frame, "content"));
        } else if (!frame.path("thinking").asBoolean()) {
            endLine();
        }
    }

    private void message(JsonNode frame) {
        if (frame.path("complete").asBoolean()) {
            endLine();
        } else {
            piece("claude", text(frame, "content"));
        }
    }

    private void piece(String who, String text) {
        if (!open.equals(who)) {
            endLine();
            start(who);
            open = who;
        }
        out.print(indented(text));
        out.flush();
    }

    private void result(JsonNode frame) {
        String end = frame.path("is_error").asBoolean() ? "failed" : "done";
        says(text(frame, "tool").toLowerCase(Locale.ROOT), end + " in " + frame.path("duration_ms") + " ms");
        card(">", text(frame, "content"));
    }

    private void card(String mark, String text) {
        endLine();
        text.stripTrailing().lines().forEach(line -> out.println(MARGIN + mark + " " + line));
        out.flush();
    }

    private void cost(JsonNode frame) {
        JsonNode usage = frame.path("usage");
        long read = usage.path("input_tokens").asLong()
                + usage.path("cache_creation_input_tokens").asLong()
                + usage.path("cache_read_input_tokens").asLong();
        JsonNode usd = frame.path("cost_usd");
        says(
                "server",
                text(frame, "stop_reason") + ": " + frame.path("num_turns") + " calls of the model, "
                        + frame.path("duration_ms") + " ms, " + read + " tokens read, "
                        + usage.path("output_tokens") + " written, "
                        + (usd.isNumber()
                                ? "would have cost $" + usd.decimalValue().toPlainString()
                                : "price unknown"));
    }

    private void endLine() {
        if (!open.isEmpty()) {
            open = "";
            out.println();
        }
    }

    private void start(String who) {
        double seconds = TimeUnit.NANOSECONDS.toMillis(nanoTime.getAsLong() - startNanos) / 1000.0;
        out.print(String.format(Locale.ROOT, "%6.2f s %-9s ", seconds, who));
    }

    private static String indented(String text) {
        return text.replace("\n", System.lineSeparator() + MARGIN);
    }

    private static String text(JsonNode frame, String field) {
        return frame.path(field).asText();
    }
}
