package dev.agentws.cluster;

import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Whether the store answers this node, and since when. Thread-safe. */
final class Contact {
    private final ClusterSettings settings;
    private final LongSupplier nanos;
    /** Since when it has answered every look. */
    private volatile @Nullable Long calmSince;
    /** When it was asked for what it last did. */
    private volatile long heardNanos;

    /** The store has just answered, so that there is a node at all. */
    Contact(ClusterSettings settings, LongSupplier nanos) {
        this.settings = settings;
        this.nanos = nanos;
        heardNanos = nanos.getAsLong();
    }

    long now() {
        return nanos.getAsLong();
    }

    /** It has answered a look. */
    void answered() {
        if (calmSince == null) {
            calmSince = now();
        }
    }

    /** It has said that others know of this node.
     *
     * @param asked when it was asked
     */
    void heard(long asked) {
        heardNanos = asked;
    }

    /** It has not answered. */
    void missed() {
        calmSince = null;
    }

    /** If the store was away, and with it every owner's word that it lives, they first may speak again. */
    boolean calm() {
        Long since = calmSince;
        return since != null && now() - since >= settings.calm().toNanos();
    }

    /** Whether it has not answered for so long that other nodes may have taken over what is here. */
    boolean cutOff() {
        return now() - heardNanos >= settings.silence().toNanos();
    }
}
