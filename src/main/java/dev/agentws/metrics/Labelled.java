package dev.agentws.metrics;

import java.util.Collection;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * One of something for each of a fixed set of labels, and one for all others together: so what clients and models say can never make
 * more of them. Thread-safe.
 *
 * @param <T> what is kept per label
 */
public final class Labelled<T> {
    /** The label for all that has none of its own. */
    public static final String OTHER = "other";

    private final SortedMap<String, T> all = new TreeMap<>();
    private final T other;

    /** @param labels those known from the start */
    public Labelled(Collection<String> labels, Supplier<T> each) {
        other = each.get();
        for (String label : labels) {
            all.put(label, each.get());
        }
        all.put(OTHER, other);
    }

    /** What belongs to the label, or to all that are not known. */
    public T of(String label) {
        T found = all.get(label);
        return found == null ? other : found;
    }

    /** By label, in order. */
    public Map<String, T> all() {
        return all;
    }
}
