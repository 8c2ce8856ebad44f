package dev.agentws.benchmarks.chaos;

import dev.agentws.benchmarks.chaos.Nemesis.Deed;
import dev.agentws.benchmarks.report.Flags;
import dev.agentws.benchmarks.report.RunFacts;
import dev.agentws.benchmarks.report.Table;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** Plays sessions while nodes die, and reports what clients saw. */
public final class ChaosCommand {
    private static final String USAGE = """
            chaos: clients with a checker each, nodes that die
              --seconds N    how long the cluster is attacked, 120; one node alone a quarter of it, with each level of its journal
              --frames N     at least so many frames, whatever the time; 0
              --clients N    16
              --nodes N      3
              --pieces N     of each answer, 400
              --seed N       of what happens when; a new one each time
              --deeds LIST   of kill, freeze, redis, off, cut, throttle, roll; all
              --quick        all of it, a few seconds each
              --jar PATH     the server, server/target/agentws-server.jar
              --results DIR  benchmarks/results
              --name NAME    of the report, latest
            """;
    private static final Duration PAUSE = Duration.ofMillis(10);
    private static final int QUICK_SECONDS = 6;

    private final Flags flags;
    private final PrintStream out;
    private final long seed;
    private final StringBuilder report = new StringBuilder(2048);
    private boolean clean = true;

    private ChaosCommand(Flags flags, PrintStream out) {
        this.flags = flags;
        this.out = out;
        String given = flags.text("--seed");
        this.seed = given == null ? System.nanoTime() : Long.parseLong(given);
    }

    /** @return the exit code: 0 if nothing was lost, doubled or reordered, 1 if anything was, 2 for wrong flags */
    public static int run(List<String> arguments, PrintStream out) {
        try {
            Flags flags = new Flags(
                    arguments,
                    List.of(
                            "--seconds",
                            "--frames",
                            "--clients",
                            "--nodes",
                            "--pieces",
                            "--seed",
                            "--deeds",
                            "--jar",
                            "--results",
                            "--name"),
                    List.of("--quick", "--help"));
            if (flags.has("--help")) {
                out.print(USAGE);
                return 0;
            }
            return new ChaosCommand(flags, out).run();
        } catch (Flags.Misuse | NumberFormatException e) {
            out.println(e.getMessage());
            return 2;
        } catch (IOException e) {
            out.println("chaos: " + e.getMessage());
            return 1;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 1;
        }
    }

    private int run() throws IOException, InterruptedException {
        Path jar = flags.path("--jar", "server/target/agentws-server.jar");
        report.append("# Sessions under attack\n\n")
                .append(RunFacts.here().asLines())
                .append("- seed: ")
                .append(seed)
                .append("\n");
        boolean quick = flags.has("--quick");
        int nodes = flags.number("--nodes", 3, 2, 20);
        PacedModel script = new PacedModel(5, PAUSE);
        int seconds = flags.number("--seconds", quick ? QUICK_SECONDS : 120, 1, 86_400);
        for (String level : List.of("strict", "fast")) {
            // A death takes back what fast has shown and not yet written, and clients are told.
            Verdicts verdicts = new Verdicts(level.equals("fast"));
            play("one node, files, " + level, Field.single(jar, level, script), verdicts, Math.max(2, seconds / 4));
        }
        if (quick && !RedisProcess.available()) {
            out.println("NOT TESTED: several nodes; there is no redis-server on the PATH");
        } else {
            play(nodes + " nodes, Redis", Field.cluster(jar, nodes, script), new Verdicts(false), seconds);
        }
        Path file = flags.path("--results", "benchmarks/results").resolve(flags.text("--name", "latest") + "-chaos.md");
        Files.createDirectories(file.toAbsolutePath().getParent());
        Files.writeString(file, report);
        out.println("report: " + file);
        return clean ? 0 : 1;
    }

    private void play(String title, Field field, Verdicts verdicts, int seconds)
            throws IOException, InterruptedException {
        Recovery recovery = new Recovery();
        List<ChaosClient> clients = new ArrayList<>();
        List<Thread> threads = new ArrayList<>();
        out.println(title + ", seed " + seed + ", logs in " + field.directory());
        long began = System.nanoTime();
        try {
            for (int i = 0; i < flags.number("--clients", 16, 1, 1_000); i++) {
                ChaosClient client = new ChaosClient(
                        "c" + i, field, verdicts, recovery, flags.number("--pieces", 400, 1, 100_000), seed + i);
                clients.add(client);
                if (i % 2 == 0) {
                    ChaosObserver observer = new ChaosObserver(client, field, verdicts, seed - i);
                    client.observedBy(observer);
                    threads.add(start(observer, "observer-" + i));
                }
                threads.add(start(client, "client-" + i));
            }
            Nemesis nemesis = new Nemesis(field, clients, recovery, deeds(), seed, out);
            int frames = flags.number("--frames", 0, 0, Integer.MAX_VALUE);
            long end = began + TimeUnit.SECONDS.toNanos(seconds);
            TimeUnit.SECONDS.sleep(1);
            while (System.nanoTime() < end || verdicts.frames.sum() < frames) {
                nemesis.strike();
                TimeUnit.MILLISECONDS.sleep(200);
            }
            recovery.begins("the end");
            clients.forEach(ChaosClient::stop);
            long latest = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
            for (Thread thread : threads) {
                thread.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(latest - System.nanoTime())));
            }
            long unfinished = clients.stream().filter(client -> !client.done()).count();
            verdicts.stalls.add(unfinished);
            field.close();
            field.errands().check(verdicts);
            write(title, verdicts, recovery, nemesis, (System.nanoTime() - began) / 1e9);
        } finally {
            if (verdicts.clean()) {
                field.remove();
            } else {
                clean = false;
                field.close();
                out.println("logs are kept in " + field.directory());
            }
        }
    }

    private static Thread start(Runnable each, String name) {
        Thread thread = new Thread(each, name);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private Set<Deed> deeds() {
        Set<Deed> deeds = EnumSet.noneOf(Deed.class);
        for (String word : flags.list("--deeds", "")) {
            try {
                deeds.add(Deed.valueOf(word.toUpperCase(Locale.ROOT)));
            } catch (IllegalArgumentException e) {
                throw new Flags.Misuse("--deeds: " + word + " (expected: some of " + List.of(Deed.values()) + ")");
            }
        }
        return deeds;
    }

    private void write(String title, Verdicts verdicts, Recovery recovery, Nemesis nemesis, double seconds) {
        StringBuilder text = new StringBuilder(1024);
        text.append("\n## ").append(title).append(String.format(Locale.ROOT, ", %.0f s%n%n", seconds));
        Table seen = new Table("what clients saw", "count");
        seen.row("frames checked", Long.toString(verdicts.frames.sum()));
        seen.row("checked once more, by observers or from the start", Long.toString(verdicts.framesAgain.sum()));
        seen.row("lost", Long.toString(verdicts.lost.sum()));
        seen.row("doubled", Long.toString(verdicts.doubled.sum()));
        seen.row("reordered", Long.toString(verdicts.reordered.sum()));
        seen.row("numbers that stood for two things", Long.toString(verdicts.reused.sum()));
        seen.row("text that the model did not say", Long.toString(verdicts.wrongText.sum()));
        seen.row("gaps told", Long.toString(verdicts.gaps.sum()));
        seen.row("turns", Long.toString(verdicts.turns.sum()));
        seen.row("of these cut by a death", Long.toString(verdicts.cutTurns.sum()));
        seen.row("turns that ended twice", Long.toString(verdicts.turnsEndedTwice.sum()));
        seen.row("tools started", Long.toString(verdicts.toolsStarted.sum()));
        seen.row("tools cut by a death", Long.toString(verdicts.toolsCut.sum()));
        seen.row("tools run twice", Long.toString(verdicts.toolsTwice.sum()));
        seen.row("tools told to be done that never ran", Long.toString(verdicts.toolsNever.sum()));
        seen.row("sessions", Long.toString(verdicts.sessions.sum()));
        seen.row("sessions lost", Long.toString(verdicts.sessionsLost.sum()));
        seen.row("clients that waited in vain", Long.toString(verdicts.stalls.sum()));
        seen.row("connections that broke or were left", Long.toString(verdicts.reconnects.sum()));
        text.append(seen).append('\n');
        Table deeds =
                new Table("what was done", "times", "clients that saw nothing for 0.3 s", "p50 s", "p99 s", "most s");
        for (Deed deed : Deed.values()) {
            row(deeds, deed.words(), nemesis.count(deed), recovery);
            if (deed == Deed.OFF) {
                row(deeds, Nemesis.BACK, nemesis.count(deed), recovery);
            }
        }
        text.append(deeds);
        verdicts.stories().forEach(story -> text.append("\n    ").append(story));
        out.println(text);
        report.append(text);
    }

    private static void row(Table deeds, String words, int times, Recovery recovery) {
        deeds.row(
                words,
                Integer.toString(times),
                Integer.toString(recovery.count(words)),
                Table.number(recovery.quantile(words, 0.5)),
                Table.number(recovery.quantile(words, 0.99)),
                Table.number(recovery.quantile(words, 1)));
    }
}
