package dev.agentws.benchmarks.chaos;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** How long clients with work under way saw nothing after something was done to the nodes. Thread-safe. */
final class Recovery {
    /** Shorter silences are everyday life on a busy machine. */
    private static final long SILENCE_NANOS = 300_000_000L;

    private final Map<String, List<Double>> seconds = new HashMap<>();
    private String kind = "nothing";
    private long since;

    /** Something happens now. */
    synchronized void begins(String what) {
        kind = what;
        since = System.nanoTime();
    }

    /** A client saw something again; it saw something last at {@code before}. */
    synchronized void seen(long before, long now) {
        if (since != 0 && before < since + SILENCE_NANOS && now - Math.max(before, since) > SILENCE_NANOS) {
            seconds.computeIfAbsent(kind, each -> new ArrayList<>()).add((now - Math.max(before, since)) / 1e9);
        }
    }

    synchronized int count(String what) {
        return seconds.getOrDefault(what, List.of()).size();
    }

    /** Not a number when there was none. */
    synchronized double quantile(String what, double part) {
        List<Double> sorted = new ArrayList<>(seconds.getOrDefault(what, List.of()));
        Collections.sort(sorted);
        if (sorted.isEmpty()) {
            return Double.NaN;
        }
        int place = (int) Math.ceil(part * sorted.size()) - 1;
        return sorted.get(Math.max(0, place));
    }
}
