package dev.agentws.agent.record;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Where in a session's history the results of its last prompts stand, so that none is run a second time. Confined to one thread. */
public final class FinishedPrompts {
    /** How many are known; the oldest are forgotten first. */
    public static final int MOST = 64;

    private @Nullable LinkedHashMap<String, Long> results;

    /**
     * A prompt has its result.
     *
     * @param promptId null for one that nobody can ask for again
     * @param seq the number of its result
     */
    public void add(@Nullable String promptId, long seq) {
        if (promptId == null) {
            return;
        }
        LinkedHashMap<String, Long> known = results;
        if (known == null) {
            known = new LinkedHashMap<>(4);
            results = known;
        }
        known.remove(promptId);
        known.put(promptId, seq);
        if (known.size() > MOST) {
            known.remove(known.keySet().iterator().next());
        }
    }

    /** The number of the prompt's result, or 0 when it is not known to have one. */
    public long find(@Nullable String promptId) {
        Map<String, Long> known = results;
        return promptId == null || known == null ? 0 : known.getOrDefault(promptId, 0L);
    }
}
