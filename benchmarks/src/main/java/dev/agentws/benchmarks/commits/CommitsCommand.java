package dev.agentws.benchmarks.commits;

import dev.agentws.benchmarks.chaos.RedisProcess;
import dev.agentws.benchmarks.report.Flags;
import dev.agentws.benchmarks.report.RunFacts;
import dev.agentws.benchmarks.report.Table;
import dev.agentws.journal.Journal;
import dev.agentws.journal.JournalException;
import dev.agentws.journal.files.Durability;
import dev.agentws.journal.files.FileJournal;
import dev.agentws.journal.files.FileJournalConfig;
import dev.agentws.journal.redis.RedisJournal;
import dev.agentws.journal.redis.RedisJournalConfig;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.nio.NioIoHandler;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Measures how fast the journals commit what one thread hands over, in files at both levels and in Redis, in turn within one run. */
public final class CommitsCommand {
    private static final String USAGE = """
            commits flags:
              --books LIST    how many sessions write side by side (1,64,500)
              --seconds N     for each number, after a second of warming up (3)
              --directory DIR on the disk to measure (a new one where temporary files go)
              --quick         a tenth of a second each: shows that it works
            """;

    /** Enough that no journal ever waits for more, and well below what may wait. */
    private static final int MANY = 2_048;

    private CommitsCommand() {}

    /** Returns the code to end with: 0, 1 if something failed, 2 for wrong flags. */
    public static int run(List<String> arguments, PrintStream out) {
        if (arguments.contains("--help")) {
            out.print(USAGE);
            return 0;
        }
        try {
            Flags flags = new Flags(arguments, List.of("--books", "--seconds", "--directory"), List.of("--quick"));
            measure(flags, out);
            return 0;
        } catch (Flags.Misuse e) {
            System.err.println(e.getMessage());
            return 2;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 1;
        } catch (IOException | JournalException e) {
            System.err.println("commits: " + e);
            return 1;
        }
    }

    private static void measure(Flags flags, PrintStream out)
            throws IOException, InterruptedException, JournalException {
        long nanos = flags.has("--quick")
                ? 100_000_000
                : Duration.ofSeconds(flags.number("--seconds", 3, 1, 60)).toNanos();
        List<Integer> counts =
                flags.list("--books", "1,64,500").stream().map(Integer::valueOf).toList();
        String below = flags.text("--directory");
        Path directory = below == null
                ? Files.createTempDirectory("agentws-commits-")
                : Files.createTempDirectory(Path.of(below), "agentws-commits-");
        EventLoopGroup loops = new MultiThreadIoEventLoopGroup(
                1, Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
        List<AutoCloseable> open = new ArrayList<>();
        try {
            Map<String, Journal> journals = new LinkedHashMap<>();
            for (Durability level : Durability.values()) {
                Path place = directory.resolve(level.name());
                journals.put(
                        "files, " + level.name().toLowerCase(Locale.ROOT),
                        FileJournal.start(FileJournalConfig.defaults(place, level)));
            }
            if (RedisProcess.present()) {
                RedisProcess redis = RedisProcess.start(directory.resolve("redis"));
                open.add(redis);
                RedisJournalConfig config = RedisJournalConfig.defaults(redis.url(), "commits");
                journals.put(
                        "Redis",
                        RedisJournal.start(
                                config,
                                loops,
                                1,
                                System::currentTimeMillis,
                                () -> UUID.randomUUID().toString(),
                                id -> {}));
            } else {
                out.println("no Redis: redis-server is not on the PATH");
            }
            try {
                out.print("# Commits\n\n" + RunFacts.here().asLines() + "\n" + table(journals, counts, nanos));
            } finally {
                journals.values().forEach(Journal::close);
            }
        } finally {
            close(open);
            loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
            remove(directory);
        }
    }

    private static Table table(Map<String, Journal> journals, List<Integer> counts, long nanos)
            throws InterruptedException, JournalException {
        Table table = new Table(
                "journal", "sessions", "records/s", "records/s, a batch of each at a time", "median ms", "p99 ms");
        for (Map.Entry<String, Journal> each : journals.entrySet()) {
            measure(each.getValue(), "warm", 64, MANY, Math.min(nanos, 1_000_000_000));
        }
        for (int count : counts) {
            for (Map.Entry<String, Journal> each : journals.entrySet()) {
                Load.Outcome most = measure(each.getValue(), "most-" + count, count, MANY, nanos);
                Load.Outcome calm = measure(each.getValue(), "calm-" + count, count, count, nanos);
                table.row(
                        each.getKey(),
                        Integer.toString(count),
                        Table.number(most.recordsPerSecond()),
                        Table.number(calm.recordsPerSecond()),
                        Table.number(calm.medianMs()),
                        Table.number(calm.p99Ms()));
            }
        }
        return table;
    }

    private static Load.Outcome measure(Journal journal, String name, int count, int underway, long nanos)
            throws InterruptedException, JournalException {
        Load load = new Load(journal, name, count, underway);
        try {
            return load.run(nanos);
        } finally {
            load.close();
        }
    }

    private static void close(List<AutoCloseable> open) throws IOException {
        for (AutoCloseable each : open) {
            try {
                each.close();
            } catch (Exception e) {
                throw new IOException(e);
            }
        }
    }

    private static void remove(Path directory) throws IOException {
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
