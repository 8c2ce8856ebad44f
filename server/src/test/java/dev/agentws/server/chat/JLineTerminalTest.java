package dev.agentws.server.chat;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jline.terminal.TerminalBuilder;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The terminal by JLine with a keyboard and a screen in memory. */
final class JLineTerminalTest {
    private final PipedOutputStream keyboard = new PipedOutputStream();
    private final Screen screen = new Screen();
    private final List<ChatTerminal> opened = new ArrayList<>();
    private Path directory;

    @BeforeEach
    void start(@TempDir Path temp) {
        directory = temp;
    }

    private JLineTerminal open(String type) throws IOException {
        JLineTerminal terminal = new JLineTerminal(
                TerminalBuilder.builder()
                        .system(false)
                        .streams(new PipedInputStream(keyboard, 4096), screen)
                        .encoding(StandardCharsets.UTF_8)
                        .type(type)
                        .build(),
                true,
                directory.resolve("history"));
        opened.add(terminal);
        return terminal;
    }

    @AfterEach
    void close() {
        opened.forEach(ChatTerminal::close);
    }

    private void type(String keys) throws IOException {
        keyboard.write(keys.getBytes(StandardCharsets.UTF_8));
        keyboard.flush();
    }

    @Test
    void aLineIsReadWithItsEditing() throws IOException {
        JLineTerminal terminal = open("ansi");
        type("helo\blo\r");

        assertThat(terminal.line("> ")).isEqualTo("hello");
    }

    @Test
    void aLineThatEndsWithABackslashGoesOn() throws IOException {
        JLineTerminal terminal = open("dumb");
        type("one\\\rtwo\r");

        assertThat(terminal.line("> ")).isEqualTo("one\ntwo");
    }

    @Test
    void ctrlDIsTheEnd() throws IOException {
        JLineTerminal terminal = open("ansi");
        type("\u0004");

        assertThat(terminal.line("> ")).isNull();
    }

    @Test
    void ctrlCAtALineIsTold() throws IOException {
        JLineTerminal terminal = open("ansi");
        // Before the prompt it would interrupt what goes on between two lines.
        screen.onceItShows("> ", () -> type("abc\u0003"));

        assertThat(terminal.line("> ")).isEqualTo(ChatTerminal.INTERRUPT);
    }

    @Test
    void aKeyNeedsNoEnter() throws IOException {
        JLineTerminal terminal = open("ansi");
        type("y");

        assertThat(terminal.key(Duration.ofSeconds(10))).isEqualTo('y');
        assertThat(terminal.key(Duration.ofMillis(1))).isEqualTo(ChatTerminal.NO_KEY);
    }

    @Test
    void ctrlCBetweenLinesRunsWhatWasAskedFor() throws Exception {
        JLineTerminal terminal = open("ansi");
        CountDownLatch interrupted = new CountDownLatch(1);
        terminal.onInterrupt(interrupted::countDown);
        type("\u0003");

        assertThat(interrupted.await(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void aDumbTerminalGetsNoEscapes() throws IOException {
        assertThat(open("dumb").styled()).isFalse();
    }

    /** What the terminal has shown. */
    private static final class Screen extends ByteArrayOutputStream {
        private String awaited = "";
        private @Nullable Keys then;

        synchronized void onceItShows(String text, Keys keys) {
            awaited = text;
            then = keys;
        }

        @Override
        public synchronized void write(int shown) {
            super.write(shown);
            look();
        }

        @Override
        public synchronized void write(byte[] bytes, int from, int length) {
            super.write(bytes, from, length);
            look();
        }

        private void look() {
            Keys keys = then;
            if (keys == null || !toString(StandardCharsets.UTF_8).contains(awaited)) {
                return;
            }
            then = null;
            try {
                keys.type();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** Somebody at the keyboard. */
    private interface Keys {
        void type() throws IOException;
    }
}
