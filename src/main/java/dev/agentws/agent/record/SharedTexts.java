package dev.agentws.agent.record;

import dev.agentws.agent.event.SessionEvent.SessionInfo;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Sleeping sessions have their options, their model and mostly their directory in common: gives each the one that another has already.
 * Remembers only so many, whatever there is. Thread-safe.
 */
public final class SharedTexts {
    private static final int MOST = 256;

    private final AtomicReferenceArray<String> texts = new AtomicReferenceArray<>(MOST);
    private final AtomicReferenceArray<byte[]> bytes = new AtomicReferenceArray<>(MOST);

    /** The same, with as little of its own as can be. */
    public SessionInfo lean(SessionInfo info) {
        String beginning = info.firstPrompt();
        String title = info.title();
        return new SessionInfo(
                info.id(),
                info.createdAtMs(),
                info.updatedAtMs(),
                info.status(),
                shared(info.options()),
                info.messageCount(),
                info.errorMessage(),
                info.costUsd(),
                info.turns(),
                info.durationMs(),
                shared(info.model()),
                info.permissionMode(),
                info.lastSeq(),
                info.queueLength(),
                info.pendingPermissions(),
                shared(info.sandbox()),
                shared(info.directory()),
                // A short prompt is its own title.
                Objects.equals(title, beginning) ? beginning : title,
                beginning,
                info.forkedFrom(),
                info.asleep());
    }

    private String shared(String text) {
        int place = Math.floorMod(text.hashCode(), MOST);
        @Nullable String known = texts.get(place);
        if (text.equals(known)) {
            return known;
        }
        texts.set(place, text);
        return text;
    }

    private byte[] shared(byte[] text) {
        int place = Math.floorMod(Arrays.hashCode(text), MOST);
        byte @Nullable [] known = bytes.get(place);
        if (known != null && Arrays.equals(text, known)) {
            return known;
        }
        bytes.set(place, text);
        return text;
    }
}
