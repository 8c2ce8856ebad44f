package dev.agentws.agent.tool;

import java.nio.file.Path;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The outcome of looking at a tool call before running it. */
public sealed interface ToolPlan {
    /** The call cannot run: bad input, or a place it may not touch. The result goes to the model as it is. */
    record Refused(ToolResult result) implements ToolPlan {}

    /**
     * The call can run once it is permitted.
     *
     * @param access what it would do, for the permission rules
     * @param description one line for the person who is asked, for example {@code Run the command: ls}
     * @param preview what it would change, a JSON object in UTF-8 for the person who is asked, or null
     */
    record Ready(Access access, String description, byte @Nullable [] preview, Body body) implements ToolPlan {
        /** Without a preview. */
        public Ready(Access access, String description, Body body) {
            this(access, description, null, body);
        }
    }

    /** Runs the planned call, once, on a tool worker. */
    @FunctionalInterface
    interface Body {
        /**
         * @param output where live output goes; it may make the caller wait for a slow reader
         * @throws InterruptedException when the call was cancelled; whatever it started is gone by then
         */
        ToolResult run(ToolOutput output) throws InterruptedException;

        /**
         * The same for a session some of whose files must not be seen: a search through directories leaves them out. All others
         * are held against the rules by what their access names.
         *
         * @param hidden whether a file or directory, by its absolute path, must not be seen; thread-safe
         */
        default Body hiding(Predicate<Path> hidden) {
            return this;
        }
    }
}
