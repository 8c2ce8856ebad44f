package dev.agentws.agent;

import org.jspecify.annotations.Nullable;

/** Why a turn is stopped from outside. */
enum Stop {
    /** A client wants it. */
    INTERRUPTED(
            "interrupted",
            null,
            "Interrupted by the user before it was run.",
            "Interrupted by the user before it was finished."),
    /** The process ends, or has ended. */
    RESTARTED(
            "server_restart",
            "The server was restarted before the turn was over",
            "The server was restarted before this was run.",
            "The server was restarted before or while this ran; it is not known whether it took effect.");

    private final String reason;
    private final @Nullable String error;
    private final String notRun;
    private final String notFinished;

    Stop(String reason, @Nullable String error, String notRun, String notFinished) {
        this.reason = reason;
        this.error = error;
        this.notRun = notRun;
        this.notFinished = notFinished;
    }

    /** As the turn's result says it. */
    String reason() {
        return reason;
    }

    /** One sentence, or null. */
    @Nullable
    String error() {
        return error;
    }

    /** What is said of a call that certainly did not run. */
    String notRun() {
        return notRun;
    }

    /** What the model is told of a call without a result. */
    String notFinished() {
        return notFinished;
    }
}
