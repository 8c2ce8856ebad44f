package dev.agentws.agent.tool;

/** A quick word with a small model beside the conversation, such as a question about a page. Called on tool workers; blocks. */
@FunctionalInterface
public interface SmallModel {
    /** Why there is no answer, in words. */
    final class Unavailable extends Exception {
        private static final long serialVersionUID = 1L;

        public Unavailable(String reason) {
            super(reason);
        }
    }

    /** Nobody to ask. */
    SmallModel NONE = (instructions, text) -> {
        throw new Unavailable("there is no small model");
    };

    /**
     * Asks once.
     *
     * @param instructions what the model is, and what it is to do
     * @param text what it is to look at
     * @return its answer, not blank
     * @throws InterruptedException when the call was cancelled; the model is no longer asked then
     */
    String answer(String instructions, String text) throws Unavailable, InterruptedException;
}
