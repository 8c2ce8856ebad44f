package dev.agentws.server;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ConfiguratorRank;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.spi.ContextAwareBase;
import ch.qos.logback.core.status.NopStatusListener;
import org.slf4j.Logger;

/**
 * One event, one line, on standard error: standard output belongs to the program's own words. The level is set later, by
 * {@link LogLevel}, the format by {@link LogFormat}. Found by Logback as a service; a configuration in code, because reading one from XML takes a fifth of the start. A
 * file named by {@code -Dlogback.configurationFile} is read in its place.
 */
@ConfiguratorRank(ConfiguratorRank.CUSTOM_HIGH_PRIORITY)
public final class Logging extends ContextAwareBase implements Configurator {
    private static final String FILE_PROPERTY = "logback.configurationFile";

    @Override
    public ExecutionStatus configure(LoggerContext context) {
        if (System.getProperty(FILE_PROPERTY) != null) {
            return ExecutionStatus.INVOKE_NEXT_IF_ANY;
        }
        context.getStatusManager().add(new NopStatusListener());
        ConsoleAppender<ILoggingEvent> console = new ConsoleAppender<>();
        console.setContext(context);
        console.setName(LogFormat.APPENDER);
        console.setTarget("System.err");
        console.setEncoder(LogFormat.TEXT.encoder(context));
        console.start();
        ch.qos.logback.classic.Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
        root.addAppender(console);
        // Logback's own default is DEBUG, and some ways through the program end before a level is set.
        root.setLevel(Level.INFO);
        // It only says at each connection that there are two ways to wait for sockets.
        context.getLogger("io.lettuce.core.resource.Transports").setLevel(Level.ERROR);
        // That a connection was closed already when it is closed is no news.
        context.getLogger("io.lettuce.core.RedisChannelHandler").setLevel(Level.ERROR);
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }
}
