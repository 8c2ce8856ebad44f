package dev.agentws.server.chat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** A person who does what the test says: lines and keys in their order, Ctrl-C at a word, and the end of the input after that. */
public final class ScriptedTerminal implements ChatTerminal {
    private final StringWriter screen = new StringWriter();
    private final Deque<String> lines = new ArrayDeque<>();
    private final Deque<Integer> keys = new ArrayDeque<>();
    private Runnable interrupt = () -> {};
    private @Nullable String moment;

    /** A line that is typed when one is read. */
    public ScriptedTerminal types(String line) {
        lines.add(line);
        return this;
    }

    /** A key that is pressed when one is read. */
    public ScriptedTerminal presses(int key) {
        keys.add(key);
        return this;
    }

    /** Presses Ctrl-C when the text stands on the screen. */
    public ScriptedTerminal interruptWhenShown(String text) {
        moment = text;
        return this;
    }

    /** All that was written. */
    public String shown() {
        return screen.toString();
    }

    /** Lines that were never read. */
    public int linesLeft() {
        return lines.size();
    }

    @Override
    public PrintWriter out() {
        return new PrintWriter(new Writer() {
            @Override
            public void write(char[] text, int from, int length) {
                screen.write(text, from, length);
            }

            @Override
            public void flush() {
                String awaited = moment;
                if (awaited != null && screen.toString().contains(awaited)) {
                    moment = null;
                    interrupt.run();
                }
            }

            @Override
            public void close() {
                // nothing to give back
            }
        });
    }

    @Override
    public boolean styled() {
        return false;
    }

    @Override
    public boolean interactive() {
        return true;
    }

    @Override
    public @Nullable String line(String prompt) {
        screen.write(prompt + "\n");
        return lines.poll();
    }

    @Override
    public int key(Duration patience) {
        Integer key = keys.poll();
        return key == null ? CLOSED : key;
    }

    @Override
    public void onInterrupt(Runnable action) {
        interrupt = action;
    }

    @Override
    public void close() {
        // nothing to give back
    }
}
