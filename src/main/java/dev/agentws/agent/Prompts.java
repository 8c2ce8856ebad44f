package dev.agentws.agent;

import dev.agentws.agent.record.FinishedPrompts;
import java.util.ArrayDeque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The prompts of a session: the one at work, those that wait behind it, and the names of the last that are done, so that a prompt that is
 * sent twice is run once. Takes next to no room while there is none. Confined to the session's loop.
 */
final class Prompts {
    private final FinishedPrompts finished;
    private @Nullable Prompt current;
    private @Nullable ArrayDeque<Prompt> waiting;

    /** @param finished those of an earlier life */
    Prompts(FinishedPrompts finished) {
        this.finished = finished;
    }

    /** What became of the prompt of that name, if there was one. */
    @Nullable
    Accepted known(@Nullable String promptId) {
        if (underway(promptId)) {
            return Accepted.UNDERWAY;
        }
        return resultOf(promptId) > 0 ? Accepted.OVER : null;
    }

    /**
     * Takes a prompt.
     *
     * @param free whether it can be at work at once
     * @param most may wait
     */
    Accepted take(Prompt prompt, boolean free, int most) {
        if (free) {
            current = prompt;
            return Accepted.STARTED;
        }
        if (waiting() >= most) {
            return Accepted.BUSY;
        }
        add(prompt);
        return Accepted.QUEUED;
    }

    private boolean underway(@Nullable String promptId) {
        if (promptId == null) {
            return false;
        }
        ArrayDeque<Prompt> queue = waiting;
        return atWork(promptId) || (queue != null && queue.stream().anyMatch(each -> promptId.equals(each.promptId())));
    }

    /** Whether the prompt of that name is the one at work. */
    boolean atWork(@Nullable String promptId) {
        Prompt working = current;
        return promptId != null && working != null && promptId.equals(working.promptId());
    }

    /** The number of the result of the prompt of that name; 0 when it has none, or had it long ago. */
    long resultOf(@Nullable String promptId) {
        return finished.find(promptId);
    }

    /** This one is at work, as in an earlier life. */
    void goOn(Prompt prompt) {
        current = prompt;
    }

    /** The prompt of that name has its result, with this number: none is at work. */
    void over(@Nullable String promptId, long seq) {
        current = null;
        finished.add(promptId, seq);
    }

    /** Puts one behind those that wait, however many they are. */
    void add(Prompt prompt) {
        ArrayDeque<Prompt> queue = waiting;
        if (queue == null) {
            queue = new ArrayDeque<>(2);
            waiting = queue;
        }
        queue.add(prompt);
    }

    /** How many wait. */
    int waiting() {
        ArrayDeque<Prompt> queue = waiting;
        return queue == null ? 0 : queue.size();
    }

    /** The oldest one that waits is at work from now on; there must be one. */
    Prompt next() {
        ArrayDeque<Prompt> queue = waiting;
        if (queue == null) {
            throw new IllegalStateException("queue: empty (expected: a prompt)");
        }
        Prompt oldest = queue.remove();
        waiting = queue.isEmpty() ? null : queue;
        current = oldest;
        return oldest;
    }

    /** Takes all that wait out, oldest first. */
    List<Prompt> clear() {
        ArrayDeque<Prompt> queue = waiting;
        waiting = null;
        return queue == null ? List.of() : List.copyOf(queue);
    }
}
