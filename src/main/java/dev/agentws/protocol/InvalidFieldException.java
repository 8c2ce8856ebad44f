package dev.agentws.protocol;

/** A field of a client message that is not what it should be; stays inside this package. */
final class InvalidFieldException extends Exception {
    private static final long serialVersionUID = 1L;

    private final String what;

    /** Without a stack trace, because a client's mistake is no fault of the code and must be cheap. */
    InvalidFieldException(String message) {
        super(message, null, false, false);
        this.what = message;
    }

    /** Which field, its value (cut), and what was expected. */
    String what() {
        return what;
    }
}
