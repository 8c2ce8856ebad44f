package dev.agentws.anthropic.http;

import java.net.UnknownHostException;

/** Puts what broke a connection into words. Stateless. */
public final class Reason {
    private static final int MAX_CAUSES = 16;

    private Reason() {}

    /** The innermost reason that says anything, on one line. */
    public static String of(Throwable cause) {
        Throwable at = cause;
        Throwable told = cause;
        for (int i = 0; at != null && i < MAX_CAUSES; i++) {
            told = at.getMessage() != null ? at : told;
            at = at.getCause();
        }
        String message = told.getMessage();
        if (told instanceof UnknownHostException) {
            return "unknown host";
        }
        return message == null ? told.getClass().getSimpleName() : HttpText.printable(message);
    }
}
