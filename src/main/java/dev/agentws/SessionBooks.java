package dev.agentws;

import dev.agentws.agent.Hibernation;
import dev.agentws.agent.SessionPlaces;
import dev.agentws.agent.SessionRegistry;
import dev.agentws.agent.SessionServices;
import dev.agentws.agent.options.SessionOptionsReader;
import dev.agentws.agent.permission.PermissionUpdateReader;
import dev.agentws.agent.record.SessionRecords;
import dev.agentws.cluster.ClusterNode;
import dev.agentws.cluster.CommandRunner;
import dev.agentws.journal.Journal;
import dev.agentws.journal.JournalException;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.EventExecutor;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The journal of one server, and what it does with it besides writing; or nothing of it. Thread-safe. */
final class SessionBooks implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SessionBooks.class);

    private final @Nullable JournalSettings settings;
    private final Storage storage;

    private SessionBooks(@Nullable JournalSettings settings, Storage storage) {
        this.settings = settings;
        this.storage = storage;
    }

    /**
     * Blocks.
     *
     * @param maxSessions how many sessions there may be, on all nodes together
     */
    static SessionBooks open(@Nullable JournalSettings settings, int maxSessions) throws StartException {
        try {
            return new SessionBooks(settings, Storage.open(settings, maxSessions));
        } catch (StartException e) {
            if (settings == null || !settings.optional()) {
                throw e;
            }
            LOG.warn("sessions are kept in memory only and end with the process: {}", e.getMessage());
            return new SessionBooks(null, Storage.open(null, maxSessions));
        }
    }

    /** Whether sessions outlive the process. */
    boolean kept() {
        return storage.journal() != null;
    }

    /** What waits to be written. Any thread. */
    long waitingBytes() {
        Journal journal = storage.journal();
        return journal == null ? 0 : journal.pressure().pendingBytes();
    }

    /** Null when this process is alone. */
    @Nullable
    ClusterNode node() {
        return storage.node();
    }

    /** Whether the store that other nodes share does not answer. Any thread. */
    boolean cutOff() {
        ClusterNode node = node();
        return node != null && node.cutOff();
    }

    /** This process is about to go: other nodes take up what it would have taken up. */
    void leave() {
        ClusterNode node = node();
        if (node != null) {
            node.leave();
        }
    }

    /** Lets other nodes have the sessions in which no turn is at work. Called now and then once it is to {@link #leave}. */
    void handOver(SessionRegistry registry) {
        if (node() != null) {
            Hibernation.handOver(registry);
        }
    }

    SessionRecords records() {
        return storage.records();
    }

    private @Nullable SessionRecovery recovery(SessionRegistry registry, SessionServices services) {
        Journal journal = storage.journal();
        if (settings == null || journal == null) {
            return null;
        }
        SessionOptionsReader options = new SessionOptionsReader(services.tools().names());
        PermissionUpdateReader updates = new SessionPlaces(services.settings(), options).updates();
        return new SessionRecovery(settings, journal, registry, options, updates);
    }

    /** Puts sessions to sleep and wakes them; null where they stay awake. */
    @Nullable
    Hibernation hibernation(SessionRegistry registry, SessionServices services) {
        SessionRecovery recovery = recovery(registry, services);
        Duration after = settings == null ? null : settings.hibernateAfter();
        return recovery == null || after == null
                ? null
                : new Hibernation(registry, recovery::take, records().desk(), after, services.clock());
    }

    /** Before anybody is let in, so that nobody is told that a session is not there; where others may have it, once it is asked for. Blocks. */
    void recover(SessionRegistry registry, SessionServices services, EventLoopGroup loops) throws StartException {
        SessionRecovery recovery = recovery(registry, services);
        if (recovery == null || node() != null) {
            return;
        }
        try {
            int back = recovery.run(loops, records().desk());
            LOG.info("{} sessions of earlier are back, {} of them asleep", back, back - registry.awake());
        } catch (JournalException e) {
            throw new StartException(e.getMessage(), e);
        }
    }

    /** Lets the other nodes know, if there may be any. */
    void join(
            SessionRegistry registry,
            SessionServices services,
            EventLoopGroup loops,
            CommandRunner commands,
            String address) {
        ClusterNode node = node();
        SessionRecovery recovery = recovery(registry, services);
        if (node != null && recovery != null) {
            node.start(registry, id -> recovery.take(id, loops.next()), commands, address);
        }
    }

    /** Looks through the archive now and then. */
    void sweepArchive(EventExecutor loop, InstantSource clock) {
        Journal journal = storage.journal();
        if (settings != null && journal != null) {
            ArchiveSweep sweep = new ArchiveSweep(journal, settings.keepArchived(), clock);
            loop.scheduleWithFixedDelay(() -> records().desk().execute(sweep), 1, 60, TimeUnit.MINUTES);
        }
    }

    /** Writes what waits. Blocks. */
    @Override
    public void close() {
        storage.close();
    }
}
