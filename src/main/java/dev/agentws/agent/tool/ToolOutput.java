package dev.agentws.agent.tool;

/** Where a running tool shows what it prints, live. Called on the tool's worker. */
@FunctionalInterface
public interface ToolOutput {
    /**
     * Hands on one piece; waits while the reader is slow.
     *
     * @param stream {@code stdout} or {@code stderr}
     * @param text not empty
     */
    void write(String stream, String text) throws InterruptedException;
}
