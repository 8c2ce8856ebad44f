package dev.agentws.agent;

import java.util.ArrayDeque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Prompts that wait behind the turn that runs. Takes no room while it is empty. Confined to the session's loop. */
final class PromptQueue {
    private @Nullable ArrayDeque<Prompt> waiting;

    /** Whether there was room. */
    boolean add(Prompt prompt, int most) {
        if (size() >= most) {
            return false;
        }
        ArrayDeque<Prompt> queue = waiting;
        if (queue == null) {
            queue = new ArrayDeque<>(2);
            waiting = queue;
        }
        queue.add(prompt);
        return true;
    }

    int size() {
        ArrayDeque<Prompt> queue = waiting;
        return queue == null ? 0 : queue.size();
    }

    /** The oldest one; there must be one. */
    Prompt next() {
        ArrayDeque<Prompt> queue = waiting;
        if (queue == null) {
            throw new IllegalStateException("queue: empty (expected: a prompt)");
        }
        Prompt oldest = queue.remove();
        waiting = queue.isEmpty() ? null : queue;
        return oldest;
    }

    /** Takes all of them out, oldest first. */
    List<Prompt> clear() {
        ArrayDeque<Prompt> queue = waiting;
        waiting = null;
        return queue == null ? List.of() : List.copyOf(queue);
    }
}
