package dev.agentws.metrics;

import org.jspecify.annotations.Nullable;

/** How much is logged, changeable while the server runs. Thread-safe; does not block. */
public interface LogLevels {
    /** The level just now, or null where it cannot be told or changed. */
    @Nullable
    String current();

    /** Changes it; returns whether there is such a level. */
    boolean change(String level);

    /** Nothing to tell or change. */
    LogLevels NONE = new LogLevels() {
        @Override
        public @Nullable String current() {
            return null;
        }

        @Override
        public boolean change(String level) {
            return false;
        }
    };
}
