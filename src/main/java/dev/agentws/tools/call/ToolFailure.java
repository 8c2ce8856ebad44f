package dev.agentws.tools.call;

/** Why a call cannot go on, in words for the model. Before the call runs it refuses it, while it runs it is its result. */
public final class ToolFailure extends Exception {
    public ToolFailure(String message) {
        super(message, null, false, false);
    }

    public String text() {
        String message = getMessage();
        return message == null ? "the tool failed" : message;
    }
}
