package dev.agentws.tools.shell;

import java.time.Duration;

/** Where commands stop. Immutable. */
public interface CommandLimits {
    /** Of a call that names none. */
    Duration defaultTimeout();

    /** The most a call may ask for. */
    Duration maxTimeout();

    /** The life of a command in the background for which none is named. */
    Duration backgroundTimeout();

    /** The longest life in the background. */
    Duration maxBackgroundTimeout();

    /** Between the polite signal and the one that cannot be refused. */
    Duration killGrace();

    /** The most output of a command that succeeded. */
    int inlineChars();

    /** The most output of a command that failed. */
    int failureChars();

    /** The most output that is shown live. */
    long liveChars();

    /** Output after which the command is killed. */
    long totalChars();
}
