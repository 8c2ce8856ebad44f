package dev.agentws.benchmarks.chaos;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Holds what one client sees of one session, over all its connections, against what must be: numbers without a gap, the text piece by
 * piece as the model said it, one result for each call of a tool, one end for each turn. Confined to one thread.
 */
final class SessionCheck {
    /** What the frame is to what is known: the next one, one that was asked for once more, or one that cannot be. */
    private enum Place {
        NEXT,
        AGAIN,
        WRONG
    }

    private final SessionPlay play;
    private final String who;
    private final Verdicts verdicts;
    private final @Nullable Errands errands;
    private final SeenFrames seen = new SeenFrames();
    private final Map<String, Long> results = new HashMap<>();
    private final Set<String> calls = new HashSet<>();
    private final Set<Long> missing = new HashSet<>();
    private String prompt = "";
    private int messageFrom;
    private int said;
    /** A told gap lies in this turn, so nobody knows where its text goes on. */
    private boolean unsure;

    private long last;
    private boolean ended;

    /** @param errands to be told of tools that are done; null for one that only looks on, whose turns and tools others count */
    SessionCheck(SessionPlay play, String who, Verdicts verdicts, @Nullable Errands errands) {
        this.play = play;
        this.who = who;
        this.verdicts = verdicts;
        this.errands = errands;
    }

    /** The number of the last frame. */
    long last() {
        return last;
    }

    boolean ended() {
        return ended;
    }

    boolean hasResult(String promptId) {
        return results.containsKey(promptId);
    }

    SeenFrames seen() {
        return seen;
    }

    /** Holds all that was seen against what somebody else saw, or is there now. */
    void compare(SeenFrames other) {
        List<String> differs = new ArrayList<>();
        List<String> gone = new ArrayList<>();
        seen.compare(other, differs, gone);
        wrong(verdicts.reused, "two things for one number", differs);
        wrong(verdicts.lost, "lost and never told", gone);
    }

    private void wrong(LongAdder kind, String what, List<String> all) {
        if (!all.isEmpty()) {
            kind.add(all.size());
            verdicts.tell(who + " " + play.id() + ": " + what + ", " + all.size() + " times: " + all.get(0));
        }
    }

    /** A frame of this session, or an answer to {@code subscribe}. */
    void accept(JsonNode frame) {
        String type = frame.path("type").asText();
        if (type.equals("subscribed") && frame.path("gap").asBoolean()) {
            gap(frame);
        }
        if (!frame.has("seq")) {
            return;
        }
        boolean piece = type.equals("agent_message") && !frame.path("complete").asBoolean();
        int pieces = piece ? read(frame) : 1;
        long seq = frame.path("seq").asLong();
        String what = piece ? "" : withoutMark(frame);
        switch (place(frame, seq, pieces, what)) {
            case AGAIN -> result(frame, seq);
            case NEXT -> {
                if (ended) {
                    wrong(verdicts.doubled, "after the end", frame);
                }
                remember(seq, pieces, what);
                take(type, frame, piece, seq);
            }
            case WRONG -> {
                // That has been told.
            }
        }
    }

    private void take(String type, JsonNode frame, boolean piece, long seq) {
        switch (type) {
            case "agent_message" -> {
                if (!piece) {
                    whole(frame);
                }
            }
            case "agent_tool_use" -> calls.add(frame.path("tool_use_id").asText());
            case "agent_tool_result" -> toolResult(frame);
            case "agent_result" -> result(frame, seq);
            case "session_ended" -> ended = true;
            default -> {
                // Its number, and what others saw under it, is all there is to check.
            }
        }
    }

    /** What was shown behind {@code last_seq} is lost, and all up to {@code first_seq} will never be shown. */
    private void gap(JsonNode frame) {
        verdicts.gap(told("gap", frame));
        long kept = frame.path("last_seq").asLong();
        seen.gap(kept);
        // The newest of them may be among what is lost, and then its turn ends once more.
        long newest = results.values().stream().mapToLong(Long::longValue).max().orElse(0);
        results.values().removeIf(seq -> seq > kept || seq == newest);
        last = frame.path("first_seq").asLong() - 1;
        unsure = true;
    }

    /**
     * Reads one or more pieces that came as one. Since every piece of the model has its own number, they also say by how many the
     * number of their frame is higher.
     *
     * @return how many they are
     */
    private int read(JsonNode frame) {
        String content = frame.path("content").asText();
        String named = play.promptOf(content);
        if (named != null && !named.equals(prompt)) {
            prompt = named;
            messageFrom = 0;
            said = 0;
            // What was told as a gap may end within the text.
            unsure = unsure && !content.startsWith(PlayText.piece(named, 0));
        }
        int from = said;
        int at = 0;
        int count = prompt.isEmpty() ? 0 : PlayText.pieces(prompt);
        while (at < content.length() && said < count && content.startsWith(PlayText.piece(prompt, said), at)) {
            at += PlayText.piece(prompt, said).length();
            said++;
        }
        if (at == content.length() && at > 0) {
            return said - from;
        }
        if (!unsure) {
            wrong(verdicts.wrongText, "not what the model said at piece " + said, frame);
            unsure = true;
        }
        return (int) content.chars().filter(each -> each == '#').count();
    }

    private Place place(JsonNode frame, long seq, int pieces, String what) {
        boolean replayed = frame.path("replayed").asBoolean();
        if (seq <= last) {
            String before = seen.get(seq);
            if (replayed && frame.path("type").asText().equals("agent_result")) {
                if (before != null && !before.equals(what)) {
                    wrong(verdicts.reused, "was " + before, frame);
                }
                return Place.AGAIN;
            }
            boolean late = missing.remove(seq);
            wrong(late ? verdicts.reordered : verdicts.doubled, "expected seq " + (last + 1), frame);
            verdicts.lost.add(late ? -1 : 0);
            return Place.WRONG;
        }
        if (pieces > 1 && !replayed) {
            wrong(verdicts.wrongText, pieces + " pieces in one that is not shown again", frame);
        }
        long jumped = seq - last - pieces;
        if (jumped != 0) {
            wrong(verdicts.lost, "expected seq " + (last + pieces), frame);
            verdicts.lost.add(Math.abs(jumped) - 1);
            for (long each = last + 1; each <= seq - pieces; each++) {
                missing.add(each);
            }
        }
        return Place.NEXT;
    }

    private void remember(long seq, int pieces, String what) {
        (errands == null ? verdicts.framesAgain : verdicts.frames).add(seq - last);
        last = seq;
        if (!what.isEmpty()) {
            seen.put(seq, what);
        } else if (!unsure) {
            for (int i = 0; i < pieces; i++) {
                seen.put(seq - i, PlayText.piece(prompt, said - 1 - i));
            }
        }
    }

    private void whole(JsonNode frame) {
        boolean fits = frame.path("content").asText().equals(PlayText.text(prompt, messageFrom, said));
        if (!fits && !unsure) {
            wrong(verdicts.wrongText, "the pieces were " + messageFrom + " to " + said, frame);
        }
        messageFrom = said;
    }

    private void toolResult(JsonNode frame) {
        String id = frame.path("tool_use_id").asText();
        if (!calls.remove(id) && !unsure) {
            wrong(verdicts.doubled, "no such call is open", frame);
        }
        boolean done = !frame.path("is_error").asBoolean();
        if (errands != null && done) {
            errands.done(id);
        } else if (errands != null) {
            verdicts.toolsCut.increment();
        }
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
        boolean whole = frame.path("stop_reason").asText().equals("end_turn");
        if (errands != null) {
            verdicts.turns.increment();
            verdicts.cutTurns.add(whole ? 0 : 1);
        }
        if (!unsure && whole && (prompt.isEmpty() || said != PlayText.pieces(prompt))) {
            wrong(verdicts.wrongText, "the turn has " + said + " pieces of '" + prompt + "'", frame);
        }
        if (!unsure && !calls.isEmpty()) {
            wrong(verdicts.lost, "no result of " + calls, frame);
        }
        calls.clear();
        prompt = "";
        messageFrom = 0;
        said = 0;
        unsure = false;
    }

    private static String withoutMark(JsonNode frame) {
        ObjectNode copy = frame.deepCopy();
        copy.remove("replayed");
        return copy.toString();
    }

    private void wrong(LongAdder kind, String what, JsonNode frame) {
        verdicts.wrong(kind, told(what, frame));
    }

    private String told(String what, JsonNode frame) {
        String text = frame.toString();
        return who + " " + play.id() + ": " + what + ": " + text.substring(0, Math.min(300, text.length()));
    }
}
