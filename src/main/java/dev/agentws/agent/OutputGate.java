package dev.agentws.agent;

import dev.agentws.agent.tool.ToolOutput;
import java.util.concurrent.Semaphore;
import java.util.function.BiConsumer;

/**
 * Carries what a running tool prints from its worker to the session's loop. A worker that prints faster than the client reads waits
 * here, so that at most {@link #CREDIT} characters are on their way.
 */
final class OutputGate implements ToolOutput {
    static final int CREDIT = 64 * 1024;

    private final Session session;
    private final BiConsumer<String, String> show;
    private final Semaphore credit = new Semaphore(CREDIT);
    /** Shown but not yet given back, because the client does not read. Confined to the loop. */
    private int held;

    /** @param show called on the session's loop with the stream's name and the text */
    OutputGate(Session session, BiConsumer<String, String> show) {
        this.session = session;
        this.show = show;
    }

    @Override
    public void write(String stream, String text) throws InterruptedException {
        int cost = Math.min(text.length(), CREDIT);
        credit.acquire(cost);
        session.execute(() -> {
            show.accept(stream, text);
            if (session.story().paused()) {
                held += cost;
            } else {
                credit.release(cost);
            }
        });
    }

    /** The client reads again, or nobody waits for it any more. On the session's loop. */
    void open() {
        credit.release(held);
        held = 0;
    }
}
