package dev.agentws.server.chat;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.UserInterruptException;
import org.jline.terminal.Attributes;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jline.utils.NonBlockingReader;
import org.jspecify.annotations.Nullable;

/** A terminal by JLine: line editing and history, single keys, Ctrl-C as an event. The only class that knows JLine. */
public final class JLineTerminal implements ChatTerminal {
    private final Terminal terminal;
    private final LineReader lines;
    private final boolean styled;

    /**
     * Takes over a terminal and closes it in the end.
     *
     * @param colours false to use no escapes although the terminal knows them
     * @param history where the lines are kept from run to run
     */
    JLineTerminal(Terminal terminal, boolean colours, Path history) {
        this.terminal = terminal;
        this.styled = colours && !terminal.getType().startsWith(Terminal.TYPE_DUMB);
        this.lines = LineReaderBuilder.builder()
                .terminal(terminal)
                .appName("agentws")
                .variable(LineReader.HISTORY_FILE, history)
                // A pasted text is one prompt, whatever lines it has; an exclamation mark is no history command.
                .option(LineReader.Option.BRACKETED_PASTE, true)
                .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true)
                .build();
    }

    /**
     * The terminal of this process.
     *
     * @return null if its input or its output is none
     */
    public static @Nullable ChatTerminal open(boolean colours, Path history) {
        try {
            Terminal terminal = TerminalBuilder.builder()
                    .system(true)
                    .systemOutput(TerminalBuilder.SystemOutput.SysOut)
                    .dumb(false)
                    .build();
            return new JLineTerminal(terminal, colours, history);
        } catch (IOException | IllegalStateException e) {
            return null;
        }
    }

    @Override
    public PrintWriter out() {
        return terminal.writer();
    }

    @Override
    public boolean styled() {
        return styled;
    }

    @Override
    public boolean interactive() {
        return true;
    }

    @Override
    public @Nullable String line(String prompt) {
        try {
            StringBuilder text = new StringBuilder(lines.readLine(prompt));
            while (text.length() > 0 && text.charAt(text.length() - 1) == '\\') {
                text.setLength(text.length() - 1);
                text.append('\n').append(lines.readLine("… "));
            }
            return text.toString();
        } catch (UserInterruptException e) {
            return INTERRUPT;
        } catch (EndOfFileException e) {
            return null;
        }
    }

    @Override
    public int key(Duration patience) {
        Attributes before = terminal.enterRawMode();
        try {
            int key = terminal.reader().read(Math.max(1, patience.toMillis()));
            return key == NonBlockingReader.READ_EXPIRED ? NO_KEY : key < 0 ? CLOSED : key;
        } catch (InterruptedIOException e) {
            return NO_KEY;
        } catch (IOException e) {
            return CLOSED;
        } finally {
            terminal.setAttributes(before);
        }
    }

    @Override
    public void onInterrupt(Runnable action) {
        terminal.handle(Terminal.Signal.INT, signal -> action.run());
    }

    @Override
    public void close() {
        try {
            terminal.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
