package dev.agentws.server;

/** Why the program could not start, in one line that says what to do. */
public final class StartFailure extends Exception {
    private static final long serialVersionUID = 1L;

    public StartFailure(String message) {
        super(message);
    }
}
