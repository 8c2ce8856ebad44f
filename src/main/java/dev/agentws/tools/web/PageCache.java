package dev.agentws.tools.web;

import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Pages that were loaded a short while ago, the least recently used thrown out first. Thread-safe. */
final class PageCache {
    private record Entry(Page page, long untilNanos) {}

    private final Map<WebAddress, Entry> entries = new LinkedHashMap<>(16, 0.75f, true);
    private final Duration time;
    private final long maxChars;
    private final LongSupplier nanoClock;
    private long chars;

    PageCache(Duration time, long maxChars, LongSupplier nanoClock) {
        this.time = time;
        this.maxChars = maxChars;
        this.nanoClock = nanoClock;
    }

    /** The page, or null when it is not there or too old. */
    synchronized @Nullable Page find(WebAddress address) {
        Entry found = entries.get(address);
        if (found != null && found.untilNanos() - nanoClock.getAsLong() <= 0) {
            remove(address);
            return null;
        }
        return found == null ? null : found.page();
    }

    synchronized void put(WebAddress address, Page page) {
        if (page.text().length() > maxChars) {
            return;
        }
        remove(address);
        entries.put(address, new Entry(page, nanoClock.getAsLong() + time.toNanos()));
        chars += page.text().length();
        for (Iterator<Entry> eldest = entries.values().iterator(); chars > maxChars; ) {
            chars -= eldest.next().page().text().length();
            eldest.remove();
        }
    }

    private void remove(WebAddress address) {
        Entry old = entries.remove(address);
        chars -= old == null ? 0 : old.page().text().length();
    }
}
