package dev.agentws.server.chat;

import java.io.PrintWriter;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Output into a pipe or a file, and nobody there to ask. */
public final class PipeTerminal implements ChatTerminal {
    private final PrintWriter out;

    /** Writes to {@code out}, which stays open. */
    public PipeTerminal(PrintWriter out) {
        this.out = out;
    }

    @Override
    public PrintWriter out() {
        return out;
    }

    @Override
    public boolean styled() {
        return false;
    }

    @Override
    public boolean interactive() {
        return false;
    }

    @Override
    public @Nullable String line(String prompt) {
        return null;
    }

    @Override
    public int key(Duration patience) {
        return CLOSED;
    }

    @Override
    public void onInterrupt(Runnable action) {
        // Without a keyboard Ctrl-C ends the process, as it does with every program of a pipe.
    }

    @Override
    public void close() {
        out.flush();
    }
}
