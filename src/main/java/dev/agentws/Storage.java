package dev.agentws;

import dev.agentws.agent.record.Ownership;
import dev.agentws.agent.record.Scribes;
import dev.agentws.agent.record.SessionRecords;
import dev.agentws.cluster.ClusterNode;
import dev.agentws.cluster.ClusterSettings;
import dev.agentws.journal.Journal;
import dev.agentws.journal.JournalException;
import dev.agentws.journal.files.FileJournal;
import dev.agentws.journal.files.FileJournalConfig;
import dev.agentws.journal.redis.RedisJournal;
import dev.agentws.journal.redis.RedisJournalConfig;
import dev.agentws.websocket.session.AgentSessions;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.FastThreadLocalThread;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** The journal that the settings ask for, with what it runs on: one event loop for Redis, and threads that may wait for it and for the disk. */
final class Storage implements AutoCloseable {
    private static final int WORKERS = 8;
    private static final int MOST_WAITING = 10_000;
    private static final long IDLE_SECONDS = 30;

    private final @Nullable Journal journal;
    private final @Nullable ClusterNode node;
    private final SessionRecords records;
    private final @Nullable EventLoopGroup loop;
    private final @Nullable ThreadPoolExecutor workers;

    private Storage(
            @Nullable Journal journal,
            @Nullable ClusterNode node,
            SessionRecords records,
            @Nullable EventLoopGroup loop,
            @Nullable ThreadPoolExecutor workers) {
        this.journal = journal;
        this.node = node;
        this.records = records;
        this.loop = loop;
        this.workers = workers;
    }

    /**
     * Blocks.
     *
     * @param maxSessions how many sessions there may be, on all nodes together
     */
    static Storage open(@Nullable JournalSettings settings, int maxSessions) throws StartException {
        if (settings == null) {
            return new Storage(null, null, SessionRecords.NONE, null, null);
        }
        try {
            RedisJournalConfig redis = settings.redis();
            return redis == null ? files(settings) : redis(settings, redis, maxSessions);
        } catch (JournalException e) {
            throw new StartException(e.getMessage(), e);
        }
    }

    private static Storage files(JournalSettings settings) throws JournalException {
        FileJournalConfig config = settings.files();
        if (config == null) {
            throw new IllegalArgumentException("files: none (expected: where the journal is)");
        }
        FileJournal journal = FileJournal.start(config);
        ThreadPoolExecutor workers = workers();
        return new Storage(journal, null, records(settings, journal, workers, Ownership.ALONE), null, workers);
    }

    private static Storage redis(JournalSettings settings, RedisJournalConfig redis, int maxSessions)
            throws JournalException {
        EventLoopGroup loop = redisLoop();
        ThreadPoolExecutor workers = workers();
        AtomicReference<@Nullable ClusterNode> known = new AtomicReference<>();
        try {
            RedisJournal journal = RedisJournal.start(
                    redis,
                    loop,
                    1,
                    System::currentTimeMillis,
                    () -> UUID.randomUUID().toString(),
                    lost -> {
                        ClusterNode node = known.get();
                        if (node != null) {
                            node.lost(lost);
                        }
                    });
            ClusterNode node = new ClusterNode(
                    journal.cluster(), journal, ClusterSettings.of(redis.lease(), maxSessions), workers, loop.next());
            known.set(node);
            return new Storage(journal, node, records(settings, journal, workers, node), loop, workers);
        } catch (JournalException e) {
            workers.shutdown();
            loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
            throw e;
        }
    }

    /** Lettuce picks epoll where it is, whatever the sockets of our clients are, so it has a loop of its own. */
    private static EventLoopGroup redisLoop() {
        IoHandlerFactory handlers = Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
        return new MultiThreadIoEventLoopGroup(
                1, (ThreadFactory) task -> new FastThreadLocalThread(task, "agentws-redis"), handlers);
    }

    private static ThreadPoolExecutor workers() {
        AtomicInteger threads = new AtomicInteger();
        ThreadPoolExecutor workers = new ThreadPoolExecutor(
                WORKERS, WORKERS, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(MOST_WAITING), task -> {
                    Thread thread = new Thread(task, "agentws-book-" + threads.getAndIncrement());
                    thread.setDaemon(true);
                    return thread;
                });
        workers.allowCoreThreadTimeOut(true);
        return workers;
    }

    private static SessionRecords records(
            JournalSettings settings, Journal journal, Executor desk, Ownership ownership) {
        return new SessionRecords(
                journal,
                AgentSessions.format(),
                new Scribes(settings.delay()),
                settings.ended(),
                settings.commitFirst(),
                desk,
                ownership);
    }

    @Nullable
    Journal journal() {
        return journal;
    }

    /** Null when this process is alone. */
    @Nullable
    ClusterNode node() {
        return node;
    }

    SessionRecords records() {
        return records;
    }

    /** Writes what waits. Blocks; not for event loops. */
    @Override
    public void close() {
        if (journal != null) {
            journal.close();
        }
        if (workers != null) {
            workers.shutdown();
        }
        if (loop != null) {
            loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
        }
    }
}
