package dev.agentws.tools;

/** Why a call cannot go on, in words for the model. Before the call runs it refuses it, while it runs it is its result. */
final class ToolFailure extends Exception {
    ToolFailure(String message) {
        super(message, null, false, false);
    }

    String text() {
        String message = getMessage();
        return message == null ? "the tool failed" : message;
    }
}
