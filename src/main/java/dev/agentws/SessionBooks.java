package dev.agentws;

import dev.agentws.agent.SessionPlaces;
import dev.agentws.agent.SessionRegistry;
import dev.agentws.agent.SessionServices;
import dev.agentws.agent.options.SessionOptionsReader;
import dev.agentws.agent.permission.PermissionUpdateReader;
import dev.agentws.agent.record.SessionRecords;
import dev.agentws.journal.Journal;
import dev.agentws.journal.JournalException;
import dev.agentws.journal.files.FileJournal;
import dev.agentws.websocket.session.AgentSessions;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.EventExecutor;
import java.time.InstantSource;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The journal of one server and the threads that open its books; or nothing of it. Thread-safe. */
final class SessionBooks implements AutoCloseable {
    /** Opening a book is short work; tools must not keep it waiting. */
    private static final int THREADS = 2;

    private static final Logger LOG = LoggerFactory.getLogger(SessionBooks.class);

    private final @Nullable JournalSettings settings;
    private final @Nullable Journal journal;
    private final ExecutorService desk;

    private SessionBooks(@Nullable JournalSettings settings, @Nullable Journal journal) {
        this.settings = settings;
        this.journal = journal;
        AtomicInteger threads = new AtomicInteger();
        desk = Executors.newFixedThreadPool(THREADS, task -> {
            Thread thread = new Thread(task, "agentws-book-" + threads.getAndIncrement());
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Blocks. */
    static SessionBooks open(@Nullable JournalSettings settings) throws StartException {
        if (settings == null) {
            return new SessionBooks(null, null);
        }
        try {
            return new SessionBooks(settings, FileJournal.start(settings.files()));
        } catch (JournalException e) {
            if (!settings.optional()) {
                throw new StartException(e.getMessage(), e);
            }
            LOG.warn("sessions are kept in memory only and end with the process: {}", e.getMessage());
            return new SessionBooks(null, null);
        }
    }

    /** Whether sessions outlive the process. */
    boolean kept() {
        return journal != null;
    }

    SessionRecords records() {
        return settings == null || journal == null
                ? SessionRecords.NONE
                : new SessionRecords(
                        journal,
                        AgentSessions.format(),
                        settings.delay(),
                        settings.ended(),
                        settings.commitFirst(),
                        desk);
    }

    /** Before anybody is let in, so that nobody is told that a session is not there. Blocks. */
    void recover(SessionRegistry registry, SessionServices services, EventLoopGroup loops) throws StartException {
        if (settings == null || journal == null) {
            return;
        }
        SessionOptionsReader options = new SessionOptionsReader(services.tools().names());
        PermissionUpdateReader updates = new SessionPlaces(services.settings(), options).updates();
        try {
            int count = new SessionRecovery(settings, journal, registry, options, updates).run(loops);
            LOG.info("{} sessions of earlier are back", count);
        } catch (JournalException e) {
            throw new StartException(e.getMessage(), e);
        }
    }

    /** Looks through the archive now and then. */
    void sweepArchive(EventExecutor loop, InstantSource clock) {
        if (settings != null && journal != null) {
            ArchiveSweep sweep = new ArchiveSweep(journal, settings.keepArchived(), clock);
            loop.scheduleWithFixedDelay(() -> desk.execute(sweep), 1, 60, TimeUnit.MINUTES);
        }
    }

    /** Writes what waits. Blocks. */
    @Override
    public void close() {
        desk.shutdown();
        if (journal != null) {
            journal.close();
        }
    }
}
