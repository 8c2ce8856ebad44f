package dev.agentws.server;

import static ch.qos.logback.classic.Level.convertAnSLF4JLevel;

import ch.qos.logback.classic.LoggerContext;
import dev.agentws.metrics.LogLevels;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.slf4j.ILoggerFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** How much is logged. */
public enum LogLevel {
    TRACE(Level.TRACE),
    DEBUG(Level.DEBUG),
    INFO(Level.INFO),
    WARN(Level.WARN),
    /** The same as {@link #WARN}, as other servers of this protocol spell it. */
    WARNING(Level.WARN),
    ERROR(Level.ERROR);

    private static final Logger LOG = LoggerFactory.getLogger(LogLevel.class);

    private final Level level;

    LogLevel(Level level) {
        this.level = level;
    }

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The level of the process, changeable while it runs. */
    static final class Live implements LogLevels {
        @Override
        public @Nullable String current() {
            return LoggerFactory.getILoggerFactory() instanceof LoggerContext context
                    ? context.getLogger(Logger.ROOT_LOGGER_NAME)
                            .getLevel()
                            .toString()
                            .toLowerCase(Locale.ROOT)
                    : null;
        }

        @Override
        public boolean change(String level) {
            for (LogLevel each : values()) {
                if (each.name().equalsIgnoreCase(level)) {
                    each.apply();
                    LOG.info("the log level is {} from now on", each.word());
                    return true;
                }
            }
            return false;
        }
    }

    /** Sets the level of the whole process, if Logback does the logging. Netty's own debugging stays off: it drowns ours. */
    void apply() {
        ILoggerFactory factory = LoggerFactory.getILoggerFactory();
        if (factory instanceof LoggerContext context) {
            Level netty = level.toInt() < Level.INFO.toInt() ? Level.INFO : level;
            context.getLogger(Logger.ROOT_LOGGER_NAME).setLevel(convertAnSLF4JLevel(level));
            context.getLogger("io.netty").setLevel(convertAnSLF4JLevel(netty));
        }
    }
}
