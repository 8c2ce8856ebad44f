package dev.agentws.benchmarks.chaos;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;

/**
 * Holds what one client sees of one session, over all its connections, against what must be: numbers without a gap, the text piece by
 * piece as the model said it, one end for each turn. Confined to one thread.
 */
final class SessionCheck {
    private final String session;
    private final Verdicts verdicts;
    private final Map<String, String> prompts = new HashMap<>();
    private final Map<String, Long> results = new HashMap<>();
    private final Set<Long> missing = new HashSet<>();
    private final StringBuilder open = new StringBuilder();
    private String expected = "";
    private long last;
    private boolean ended;

    SessionCheck(String session, Verdicts verdicts) {
        this.session = session;
        this.verdicts = verdicts;
    }

    /** The number of the last frame. */
    long last() {
        return last;
    }

    boolean ended() {
        return ended;
    }

    /** A prompt that is sent under this name. */
    void prompted(String promptId, String prompt) {
        prompts.put(promptId, prompt);
    }

    boolean hasResult(String promptId) {
        return results.containsKey(promptId);
    }

    /** A frame of this session, or an answer to {@code subscribe}. */
    void accept(JsonNode frame) {
        String type = frame.path("type").asText();
        if (type.equals("subscribed")) {
            boolean gap = frame.path("gap").asBoolean();
            if (gap) {
                wrong(verdicts.gaps, "gap", frame);
                last = frame.path("first_seq").asLong() - 1;
            }
        }
        if (!frame.has("seq")) {
            return;
        }
        boolean replayed = frame.path("replayed").asBoolean();
        long seq = frame.path("seq").asLong();
        boolean shownAgain = replayed && type.equals("agent_result") && seq <= last;
        if (shownAgain) {
            result(frame, seq);
            return;
        }
        boolean piece = type.equals("agent_message") && !frame.path("complete").asBoolean();
        number(frame, seq, piece && replayed);
        if (seq < last) {
            return;
        }
        if (ended) {
            wrong(verdicts.doubled, "after the end", frame);
        }
        switch (type) {
            case "agent_message" -> message(frame, piece);
            case "agent_result" -> result(frame, seq);
            case "session_ended" -> ended = true;
            default -> {
                // Its number is all there is to check.
            }
        }
    }

    private void number(JsonNode frame, long seq, boolean merged) {
        if (seq <= last) {
            boolean late = missing.remove(seq);
            wrong(late ? verdicts.reordered : verdicts.doubled, "expected seq " + (last + 1), frame);
            verdicts.lost.add(late ? -1 : 0);
            return;
        }
        if (seq > last + 1 && !merged) {
            wrong(verdicts.lost, "expected seq " + (last + 1), frame);
            verdicts.lost.add(seq - last - 2);
            for (long each = last + 1; each < seq; each++) {
                missing.add(each);
            }
        }
        verdicts.frames.add(seq - last);
        last = seq;
    }

    private void message(JsonNode frame, boolean piece) {
        String content = frame.path("content").asText();
        if (!piece) {
            if (!content.contentEquals(open)) {
                wrong(verdicts.wrongText, "the pieces were " + open.length() + " characters", frame);
            }
            return;
        }
        if (open.length() == 0) {
            String name = content.substring(0, Math.max(0, content.indexOf('#')));
            String prompt = prompts.get(name.substring(name.lastIndexOf('/') + 1));
            expected = prompt == null ? "" : PlayText.whole(prompt);
        }
        if (!expected.startsWith(content, open.length())) {
            wrong(verdicts.wrongText, "not what the model said at " + open.length(), frame);
        }
        open.append(content);
    }

    private void result(JsonNode frame, long seq) {
        String promptId = frame.path("prompt_id").asText();
        Long before = results.putIfAbsent(promptId, seq);
        if (before != null) {
            if (before != seq) {
                wrong(verdicts.turnsEndedTwice, "ended at " + before + " already", frame);
            }
            return;
        }
        String reason = frame.path("stop_reason").asText();
        verdicts.turns.increment();
        if (!reason.equals("end_turn")) {
            verdicts.cutTurns.increment();
        } else if (!expected.contentEquals(open)) {
            wrong(verdicts.wrongText, "the turn has " + open.length() + " of " + expected.length(), frame);
        }
        open.setLength(0);
        expected = "";
    }

    private void wrong(LongAdder kind, String what, JsonNode frame) {
        kind.increment();
        String text = frame.toString();
        verdicts.tell(session + ": " + what + ": " + text.substring(0, Math.min(300, text.length())));
    }
}
