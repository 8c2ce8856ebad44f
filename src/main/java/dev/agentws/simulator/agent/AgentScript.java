package dev.agentws.simulator.agent;

import com.fasterxml.jackson.databind.JsonNode;
import dev.agentws.simulator.api.Ids;
import dev.agentws.simulator.wire.AnswerWriter;
import dev.agentws.simulator.wire.EventJson.Stop;
import dev.agentws.simulator.wire.Pieces;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A small believable agent: obeys markers, fulfils simple wishes with the tools it is offered, or chats. Thread-safe. */
public final class AgentScript {
    private static final int WORDS_PER_PIECE = 3;
    private static final int MAX_QUOTED_LINES = 10;
    private static final int MAX_QUOTED_CHARS = 400;

    private final Duration pace;
    private final MarkerPlayer markers = new MarkerPlayer();

    public AgentScript(Duration pace) {
        if (pace.isNegative()) {
            throw new IllegalArgumentException("pace: " + pace + " (expected: zero or more)");
        }
        this.pace = pace;
    }

    /** Answers at once or bit by bit, on the event loop of the connection. */
    public void answer(AnswerWriter answer) {
        Conversation talk = new Conversation(answer.request().body());
        if (talk.asksForSummary()) {
            answer.start();
            say(answer, talk.summary(), () -> answer.end(Stop.because("end_turn")));
            return;
        }
        Markers asked = Markers.in(talk.promptText());
        String query = WebSearchAnswer.query(talk);
        if (query != null && asked.isEmpty()) {
            WebSearchAnswer.play(answer, query);
        } else if (asked.isEmpty()) {
            ordinary(answer, talk);
        } else {
            markers.play(answer, talk, asked, () -> ordinary(answer, talk));
        }
    }

    /** The summary of a conversation that the API is to shorten. */
    public static String summaryOf(JsonNode body) {
        return new Conversation(body).compacted();
    }

    private void ordinary(AnswerWriter answer, Conversation talk) {
        List<Wish> plan = new Wishes(talk).plan();
        int done = talk.callsSincePrompt().size() + talk.doneBefore();
        answer.start();
        think(answer, talk, plan);
        boolean failed = talk.results().stream()
                .anyMatch(result -> result.path("is_error").asBoolean());
        if (!failed && done < plan.size()) {
            Wish next = plan.get(done);
            String words = talk.hasResults() ? "That is done. " + next.words() : next.words();
            say(answer, words, () -> {
                answer.toolUse(Ids.toolUse(answer.request().random()), next.tool(), next.inputJson(), 4);
                answer.end(Stop.because("tool_use"));
            });
        } else {
            String words = SchemaSample.wanted(answer.request().body(), talk.systemText())
                    .map(JsonNode::toString)
                    .orElseGet(() -> talk.hasResults() ? summary(talk, failed) : chat(talk.promptText()));
            say(answer, words, () -> answer.end(Stop.because("end_turn")));
        }
    }

    /** Thinks once per prompt, or between tools where only that is asked for. */
    private static void think(AnswerWriter answer, Conversation talk, List<Wish> plan) {
        String type = answer.request()
                .body()
                .path("thinking")
                .path("type")
                .asText(answer.request().model().alwaysThinks() ? "adaptive" : "");
        boolean now = type.equals("between_tools")
                ? talk.hasResults()
                : !talk.hasResults() && (type.equals("adaptive") || type.equals("enabled"));
        if (now) {
            String thought = plan.isEmpty()
                    ? "The user wants an answer in words. No tool is needed."
                    : "The user wants something done. Calls of tools to make: " + plan.size() + ".";
            answer.thinking(thought, Ids.signature(answer.request().random()));
        }
    }

    /** Streams a text block piece by piece, then does what follows. */
    private void say(AnswerWriter answer, String words, Runnable after) {
        answer.textStart();
        sayFrom(answer, Pieces.ofWords(words, WORDS_PER_PIECE), 0, after);
    }

    private void sayFrom(AnswerWriter answer, List<String> pieces, int from, Runnable after) {
        int index = from;
        while (index < pieces.size()) {
            answer.textPiece(pieces.get(index++));
            if (!pace.isZero() && answer.request().streaming()) {
                int next = index;
                answer.after(pause(answer), () -> sayFrom(answer, pieces, next, after));
                return;
            }
        }
        answer.blockStop();
        after.run();
    }

    /** Two to four thirds of the pace: steady streams look like machines. */
    private Duration pause(AnswerWriter answer) {
        long nanos = pace.toNanos();
        return Duration.ofNanos(nanos * 2 / 3 + answer.request().random().nextLong(nanos * 2 / 3 + 1));
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
