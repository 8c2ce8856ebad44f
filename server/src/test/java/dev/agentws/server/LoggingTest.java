package dev.agentws.server;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.encoder.Encoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.slf4j.event.KeyValuePair;

final class LoggingTest {
    private final LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();

    @Test
    void aTextLineIsOneLineWhateverIsInIt() {
        String line = written(LogFormat.TEXT, event("bad\r\nINFO forged", "a\u001b[31mb\u2028c"));

        assertThat(line)
                .endsWith(System.lineSeparator())
                .contains("bad | INFO forged session=a | [31mb | c")
                .contains("IllegalStateException: broken | here");
        assertThat(line.strip()).doesNotContainPattern("[\\p{Cntrl}\\u2028]");
    }

    @Test
    void aJsonEventIsOneObjectOnOneLine() {
        String line = written(LogFormat.JSON, event("bad\r\nINFO forged", "a\u001b[31mb"));

        assertThat(line.strip())
                .startsWith("{")
                .endsWith("}")
                .doesNotContainPattern("\\p{Cntrl}")
                .contains("\"level\":\"INFO\"")
                .contains("\"formattedMessage\":\"bad\\r\\nINFO forged\"")
                .contains("{\"session\":\"a\\u001B[31mb\"}");
    }

    @Test
    void theLevelChangesWhileTheProcessRuns() {
        LogLevel.Live levels = new LogLevel.Live();
        String before = String.valueOf(levels.current());
        try {
            assertThat(levels.change("Debug")).isTrue();
            assertThat(levels.current()).isEqualTo("debug");
            assertThat(LoggerFactory.getLogger("dev.agentws.any").isDebugEnabled())
                    .isTrue();
            assertThat(LoggerFactory.getLogger("io.netty.any").isDebugEnabled()).isFalse();
            assertThat(levels.change("loud")).isFalse();
            assertThat(levels.current()).isEqualTo("debug");
        } finally {
            levels.change(before);
        }
    }

    private LoggingEvent event(String message, String session) {
        LoggingEvent event = new LoggingEvent(
                LoggingTest.class.getName(),
                context.getLogger("dev.agentws.sessions"),
                ch.qos.logback.classic.Level.INFO,
                message,
                new IllegalStateException("broken\nhere"),
                null);
        event.setKeyValuePairs(List.of(new KeyValuePair("session", session)));
        return event;
    }

    private String written(LogFormat format, ILoggingEvent event) {
        Encoder<ILoggingEvent> encoder = format.encoder(context);
        return new String(encoder.encode(event), StandardCharsets.UTF_8);
    }
}
