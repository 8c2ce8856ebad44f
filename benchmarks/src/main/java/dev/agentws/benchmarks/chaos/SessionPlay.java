package dev.agentws.benchmarks.chaos;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** What all who watch a session know of it besides its frames. Thread-safe. */
final class SessionPlay {
    private final String id;
    private final Map<String, String> prompts = new ConcurrentHashMap<>();
    private volatile boolean created;
    private volatile boolean over;
    private volatile @Nullable SeenFrames seen;

    SessionPlay(String id) {
        this.id = id;
    }

    String id() {
        return id;
    }

    /** A prompt that is sent under this name. */
    void prompted(String promptId, String prompt) {
        prompts.put(promptId, prompt);
    }

    /** The prompt to which the model says this; null if none. */
    @Nullable
    String promptOf(String piece) {
        String name = piece.substring(0, Math.max(0, piece.indexOf('#')));
        return prompts.get(name.substring(name.lastIndexOf('/') + 1));
    }

    void create() {
        created = true;
    }

    boolean created() {
        return created;
    }

    /** Its driver is done with it. */
    void end(SeenFrames byDriver) {
        seen = byDriver;
        over = true;
    }

    boolean over() {
        return over;
    }

    /** All that its driver saw, once it is over. */
    @Nullable
    SeenFrames seen() {
        return seen;
    }
}
