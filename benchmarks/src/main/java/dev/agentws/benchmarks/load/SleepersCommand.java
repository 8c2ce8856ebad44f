package dev.agentws.benchmarks.load;

import dev.agentws.benchmarks.report.Flags;
import dev.agentws.benchmarks.report.RunFacts;
import dev.agentws.benchmarks.report.Table;
import dev.agentws.simulator.Scripts;
import dev.agentws.simulator.Simulator;
import dev.agentws.simulator.SimulatorConfig;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;

/** Makes many sessions that sleep, starts the server anew among them, and wakes some: what they cost, and how long waking takes. */
public final class SleepersCommand {
    private static final String USAGE = """
            sleepers flags:
              --sessions N  that sleep (10000)
              --wakes N     of them that are woken, one by one (500)
              --jar FILE    the server (server/target/agentws-server.jar)
              --name NAME   the report is NAME-sleepers.md (latest)
              --out DIR     where it goes (benchmarks/results)
              --quick       500 sessions, 50 wakes: shows that it works
            """;

    private static final long SEED = 20_261;

    private SleepersCommand() {}

    /** Returns the code to end with: 0, 1 if something failed, 2 for wrong flags. */
    public static int run(List<String> arguments, PrintStream out) {
        if (arguments.contains("--help")) {
            out.print(USAGE);
            return 0;
        }
        try {
            measure(
                    new Flags(
                            arguments,
                            List.of("--sessions", "--wakes", "--jar", "--name", "--out"),
                            List.of("--quick")),
                    out);
            return 0;
        } catch (Flags.Misuse e) {
            System.err.println(e.getMessage());
            return 2;
        } catch (IOException | ExecutionException | InterruptedException e) {
            System.err.println("sleepers: " + e);
            return 1;
        }
    }

    private static void measure(Flags flags, PrintStream out)
            throws IOException, ExecutionException, InterruptedException {
        int count = flags.number("--sessions", flags.has("--quick") ? 500 : 10_000, 1, 200_000);
        int wakes = flags.number("--wakes", flags.has("--quick") ? 50 : 500, 1, count);
        Path jar = flags.path("--jar", "server/target/agentws-server.jar").toAbsolutePath();
        Path directory = Files.createTempDirectory("agentws-sleepers-").toRealPath();
        try (Simulator model = Simulator.start(SimulatorConfig.defaults().withScript(Scripts.agent(Duration.ZERO)))) {
            Dormitory empty = new Dormitory(jar, directory.resolve("empty"), model.baseUrl());
            Dormitory full = new Dormitory(jar, directory.resolve("full"), model.baseUrl());
            String report = report(empty, full, count, wakes);
            Path results = Files.createDirectories(flags.path("--out", "benchmarks/results"));
            Files.writeString(results.resolve(flags.text("--name", "latest") + "-sleepers.md"), report);
            out.print(report);
        } finally {
            try (Stream<Path> all = Files.walk(directory)) {
                for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(path);
                }
            }
        }
    }

    private static String report(Dormitory empty, Dormitory full, int count, int wakes)
            throws IOException, ExecutionException, InterruptedException {
        Table table = new Table("what", "without", "with " + count + " asleep");
        double emptyStart = empty.start();
        long emptyHeap = empty.heapBytes();
        empty.stop();
        full.start();
        List<String> ids = full.fill(count);
        full.stop();
        double start = full.start();
        full.awaitAsleep(count);
        long heap = full.heapBytes();
        List<String> chosen = new ArrayList<>(ids);
        Collections.shuffle(chosen, new Random(SEED));
        List<Dormitory.Wake> woken = full.wake(chosen.subList(0, wakes));
        full.stop();
        table.row("start to first connection, s", text("%.2f", emptyStart), text("%.2f", start));
        table.row("heap after a full collection, KB", text("%d", emptyHeap / 1024), text("%d", heap / 1024));
        table.row("heap per sleeping session, bytes", "", text("%d", (heap - emptyHeap) / count));
        Table times = new Table("a prompt to its first frame, ms", "p50", "p99", "most");
        times.row(row("the session sleeps", woken.stream().map(Dormitory.Wake::asleepMs)));
        times.row(row("the same sessions awake", woken.stream().map(Dormitory.Wake::awakeMs)));
        return "# Sessions that sleep\n\n" + RunFacts.here().asLines() + "\n" + count
                + " sessions with one turn each in the journal of files, one process started among them; "
                + wakes + " of them, chosen at random, get a prompt one by one.\n\n" + table + "\n" + times;
    }

    private static List<String> row(String what, Stream<Double> millis) {
        List<Double> sorted = millis.sorted().toList();
        return List.of(
                what,
                text("%.1f", sorted.get(sorted.size() / 2)),
                text("%.1f", sorted.get((int) Math.ceil(sorted.size() * 0.99) - 1)),
                text("%.1f", sorted.get(sorted.size() - 1)));
    }

    private static String text(String format, Object value) {
        return String.format(Locale.ROOT, format, value);
    }

    /** Settings of the server: everything sleeps as soon as nobody watches. */
    static Map<String, String> settings(Path directory, String model) {
        return Map.of(
                "AGENT_SERVER_DATA_DIR", directory.resolve("books").toString(),
                "AGENT_SERVER_WORKING_DIRECTORY", directory.toString(),
                "AGENT_SERVER_HIBERNATE_AFTER_SECONDS", "0",
                "AGENT_SERVER_AUTH_ENABLED", "false",
                "AGENT_SERVER_PROMPTS_PER_MINUTE", "1000000",
                "AGENT_SERVER_MESSAGES_PER_SECOND", "1000000",
                "ANTHROPIC_BASE_URL", model);
    }
}
