package dev.agentws.server;

import static ch.qos.logback.classic.Level.convertAnSLF4JLevel;

import ch.qos.logback.classic.LoggerContext;
import java.util.Locale;
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

    private final Level level;

    LogLevel(Level level) {
        this.level = level;
    }

    String word() {
        return name().toLowerCase(Locale.ROOT);
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
