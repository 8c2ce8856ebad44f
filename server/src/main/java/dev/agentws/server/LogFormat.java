package dev.agentws.server;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Context;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.encoder.Encoder;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How log events are written: one line each, whatever is in them. */
public enum LogFormat {
    /** For people. */
    TEXT {
        @Override
        Encoder<ILoggingEvent> encoder(Context context) {
            PatternLayoutEncoder encoder = new PatternLayoutEncoder();
            encoder.setContext(context);
            encoder.setPattern(LINE);
            encoder.start();
            return encoder;
        }
    },
    /** One JSON object per event; ids and numbers are in its {@code kvpList}. */
    JSON {
        @Override
        Encoder<ILoggingEvent> encoder(Context context) {
            JsonEncoder encoder = new JsonEncoder();
            encoder.setContext(context);
            encoder.setWithFormattedMessage(true);
            encoder.setWithMessage(false);
            encoder.setWithArguments(false);
            encoder.setWithContext(false);
            encoder.setWithSequenceNumber(false);
            encoder.setWithNanoseconds(false);
            encoder.start();
            return encoder;
        }
    };

    static final String APPENDER = "STDERR";

    /**
     * No control character comes through, be it in a message, in a value or in a stack trace: what clients and models say can neither
     * begin a line of its own nor talk to a terminal.
     */
    private static final String LINE = "%d{\"yyyy-MM-dd'T'HH:mm:ss.SSSXXX\"} %-5level [%thread] %logger{0} -"
            + " %replace(%msg %kvp{NONE} %ex){'[\\p{Cntrl}\\u0085\\u2028\\u2029]+', ' | '}%nopex%n";

    abstract Encoder<ILoggingEvent> encoder(Context context);

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Changes the format of the process's log, if it is written by {@link Logging}. */
    void apply() {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context
                && context.getLogger(Logger.ROOT_LOGGER_NAME).getAppender(APPENDER)
                        instanceof OutputStreamAppender<ILoggingEvent> console) {
            console.setEncoder(encoder(context));
        }
    }
}
