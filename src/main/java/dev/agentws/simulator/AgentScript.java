package dev.agentws.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A small believable agent: obeys markers, fulfils simple wishes with the tools it is offered, or chats. Thread-safe. */
final class AgentScript implements Script {
    private static final int WORDS_PER_PIECE = 3;
    private static final int MAX_QUOTED_LINES = 10;
    private static final int MAX_QUOTED_CHARS = 400;

    private final Duration pace;
    private final MarkerPlayer markers = new MarkerPlayer();

    AgentScript(Duration pace) {
        if (pace.isNegative()) {
            throw new IllegalArgumentException("pace: " + pace + " (expected: zero or more)");
        }
        this.pace = pace;
    }

    @Override
    public void answer(SimulatedCall call) {
        Conversation talk = new Conversation(call.body());
        Markers asked = Markers.in(talk.promptText());
        if (asked.isEmpty()) {
            ordinary(call, talk);
        } else {
            markers.play(call, talk, asked, () -> ordinary(call, talk));
        }
    }

    private void ordinary(SimulatedCall call, Conversation talk) {
        List<Wish> plan = new Wishes(talk).plan();
        int done = talk.callsSincePrompt().size();
        call.start();
        think(call, talk, plan);
        boolean failed = talk.results().stream()
                .anyMatch(result -> result.path("is_error").asBoolean());
        if (!failed && done < plan.size()) {
            Wish next = plan.get(done);
            String words = talk.hasResults() ? "That is done. " + next.words() : next.words();
            say(call, words, () -> call.toolUse(Ids.toolUse(call.random()), next.tool(), next.inputJson(), 4)
                    .end("tool_use"));
        } else {
            String words = talk.hasResults() ? summary(talk, failed) : chat(talk.promptText());
            say(call, words, () -> call.end("end_turn"));
        }
    }

    /** Thinks once per prompt, or between tools where only that is asked for. */
    private static void think(SimulatedCall call, Conversation talk, List<Wish> plan) {
        String type =
                call.body().path("thinking").path("type").asText(call.model().alwaysThinks() ? "adaptive" : "");
        boolean now = type.equals("between_tools")
                ? talk.hasResults()
                : !talk.hasResults() && (type.equals("adaptive") || type.equals("enabled"));
        if (now) {
            String thought = plan.isEmpty()
                    ? "The user wants an answer in words. No tool is needed."
                    : "The user wants something done. Calls of tools to make: " + plan.size() + ".";
            call.thinking(thought, Ids.signature(call.random()));
        }
    }

    /** Streams a text block piece by piece, then does what follows. */
    private void say(SimulatedCall call, String words, Runnable after) {
        call.textStart();
        sayFrom(call, Pieces.ofWords(words, WORDS_PER_PIECE), 0, after);
    }

    private void sayFrom(SimulatedCall call, List<String> pieces, int from, Runnable after) {
        int index = from;
        while (index < pieces.size()) {
            call.textPiece(pieces.get(index++));
            if (!pace.isZero() && call.streaming()) {
                int next = index;
                call.after(pause(call), () -> sayFrom(call, pieces, next, after));
                return;
            }
        }
        call.textStop();
        after.run();
    }

    /** Two to four thirds of the pace: steady streams look like machines. */
    private Duration pause(SimulatedCall call) {
        long nanos = pace.toNanos();
        return Duration.ofNanos(nanos * 2 / 3 + call.random().nextLong(nanos * 2 / 3 + 1));
    }

    private static String summary(Conversation talk, boolean failed) {
        StringBuilder words = new StringBuilder();
        for (JsonNode result : talk.results()) {
            String tool = toolOf(talk, result).orElse("The tool");
            words.append(result.path("is_error").asBoolean() ? tool + " failed:" : tool + " answered:")
                    .append("\n\n")
                    .append(quote(Conversation.textOf(result)))
                    .append("\n\n");
        }
        return words.append(failed ? "I stopped there." : "That is all you asked for.")
                .toString();
    }

    private static Optional<String> toolOf(Conversation talk, JsonNode result) {
        return talk.callsSincePrompt().stream()
                .filter(call -> call.path("id").equals(result.path("tool_use_id")))
                .map(call -> call.path("name").asText())
                .findFirst();
    }

    private static String quote(@Nullable String text) {
        if (text == null || text.isBlank()) {
            return "    (nothing)";
        }
        List<String> lines = text.lines().toList();
        StringBuilder quoted = new StringBuilder();
        for (String line : lines.subList(0, Math.min(lines.size(), MAX_QUOTED_LINES))) {
            quoted.append("    ").append(shorten(line)).append('\n');
        }
        int rest = lines.size() - MAX_QUOTED_LINES;
        return rest > 0
                ? quoted + "    (and " + rest + " more lines)"
                : quoted.toString().stripTrailing();
    }

    private static String shorten(String line) {
        return line.length() <= MAX_QUOTED_CHARS ? line : line.substring(0, MAX_QUOTED_CHARS) + "...";
    }

    private static String chat(String prompt) {
        String said = prompt.isEmpty() ? "nothing in words" : "\"" + shorten(prompt.replaceAll("\\s+", " ")) + "\"";
        return "Hello! You said " + said
                + ". I am a simulated Claude: a small script answers here in place of a model, so that"
                + " everything around it can be tried without an API key. I can list files, read, write or edit a file,"
                + " search, run a command or keep a to-do list, if those tools are offered to me.";
    }
}
