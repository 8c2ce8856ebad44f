package dev.agentws.tools.shell;

/**
 * What keeps the commands of Bash inside their session's directories. Made once for a server by {@link Bubblewrap#find} or
 * {@link Uncontained}. Thread-safe.
 */
public sealed interface Sandbox permits Bubblewrap, Uncontained {
    /** How far commands are kept in. */
    enum Kind {
        /** The operating system keeps them in, whatever they try. */
        BUBBLEWRAP("bubblewrap"),
        /** Nothing does, because nothing is to be had on this machine. */
        NONE("none"),
        /** Nothing does, and the operator wanted it so. */
        OFF("off");

        private final String word;

        Kind(String word) {
            this.word = word;
        }

        /** As clients see it in the session object. */
        public String word() {
            return word;
        }
    }

    Kind kind();
}
