package dev.agentws.server.chat;

import java.io.PrintWriter;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The person's end: a screen and, maybe, a keyboard. Confined to one thread, but for what {@link #onInterrupt} runs. */
public interface ChatTerminal extends AutoCloseable {
    /** What {@link #key} returns when no key was pressed in that time. */
    int NO_KEY = -2;
    /** What {@link #key} returns when there will be no key any more. */
    int CLOSED = -1;

    /** What {@link #line} returns for Ctrl-C. */
    String INTERRUPT = "\u0003";

    /** The screen. */
    PrintWriter out();

    /** Whether colours and other escapes are understood. */
    boolean styled();

    /** Whether somebody can answer. */
    boolean interactive();

    /** A line with its editing keys; null at the end of the input. */
    @Nullable
    String line(String prompt);

    /** One key, without waiting for Enter. */
    int key(Duration patience);

    /** What Ctrl-C does while no line is read. Called on another thread. */
    void onInterrupt(Runnable action);

    @Override
    void close();
}
