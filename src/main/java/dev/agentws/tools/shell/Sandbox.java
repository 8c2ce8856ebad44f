package dev.agentws.tools.shell;

import dev.agentws.agent.tool.Access;

/**
 * What keeps the commands of Bash inside their session's directories. Made once for a server by {@link Bubblewrap#find} or
 * {@link Uncontained}. Thread-safe.
 */
public sealed interface Sandbox permits Bubblewrap, Uncontained {
    /** How far commands are kept in. */
    enum Kind {
        /** The operating system keeps them in, whatever they try. */
        BUBBLEWRAP("bubblewrap", Access.Fence.CONTAINED),
        /** Nothing does, because nothing is to be had on this machine. */
        NONE("none", Access.Fence.UNCONTAINED),
        /** Nothing does, and the operator wanted it so. */
        OFF("off", Access.Fence.OPEN);

        private final String word;
        private final Access.Fence fence;

        Kind(String word, Access.Fence fence) {
            this.word = word;
            this.fence = fence;
        }

        /** As clients see it in the session object. */
        public String word() {
            return word;
        }

        /** As the permission rules see it. */
        Access.Fence fence() {
            return fence;
        }
    }

    Kind kind();
}
