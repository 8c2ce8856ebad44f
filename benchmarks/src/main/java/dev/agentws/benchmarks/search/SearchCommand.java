package dev.agentws.benchmarks.search;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agentws.agent.tool.Tool;
import dev.agentws.agent.tool.ToolPlan;
import dev.agentws.agent.tool.ToolSetup;
import dev.agentws.benchmarks.report.Flags;
import dev.agentws.benchmarks.report.RunFacts;
import dev.agentws.benchmarks.report.Table;
import dev.agentws.tools.BuiltInTools;
import dev.agentws.tools.ToolsConfig;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** Times Grep over a large tree, with ripgrep beside it if there is one, each round one after the other. */
public final class SearchCommand {
    private static final String USAGE = """
            search flags:
              --files N    files in the tree (20000)
              --rounds N   timed rounds after two to warm up (5)
              --name NAME  the report is NAME-search.md (latest)
              --out DIR    where it goes (benchmarks/results)
              --full       100000 files
              --quick      2000 files, 2 rounds: shows that it works
            """;

    private static final int WARM_UP_ROUNDS = 2;

    /** What is looked for; ripgrep gets the same. The first five hold a text by which a line can be told from others, the rest do not. */
    private static final List<String> PATTERNS = List.of(
            "NeedleInHaystack",
            "Needle\\w+ found\\d+",
            "(?i)needleinhaystack",
            "stre[a-z]+ token",
            "NeedleIn|AbsentOther",
            "(?i)todo|fixme",
            "[A-Z][a-z]+In",
            "[A-Z]\\w+Exception\\b",
            "\\d{3}-\\d{4}",
            "^import .*;$",
            "\\b(get|set|is)[A-Z]\\w*\\(");

    private SearchCommand() {}

    /** Returns the code to end with: 0, or 2 for wrong flags. */
    public static int run(List<String> arguments, PrintStream out) {
        if (arguments.contains("--help")) {
            out.print(USAGE);
            return 0;
        }
        try {
            measure(
                    new Flags(
                            arguments, List.of("--files", "--rounds", "--name", "--out"), List.of("--quick", "--full")),
                    out);
            return 0;
        } catch (Flags.Misuse e) {
            System.err.println(e.getMessage());
            return 2;
        } catch (IOException | InterruptedException e) {
            System.err.println("search: " + e);
            return 1;
        }
    }

    private static void measure(Flags flags, PrintStream out) throws IOException, InterruptedException {
        boolean quick = flags.has("--quick");
        int files = flags.number("--files", quick ? 2_000 : flags.has("--full") ? 100_000 : 20_000, 1, 400_000);
        int rounds = flags.number("--rounds", quick ? 2 : 5, 1, 1_000);
        Path tree = Files.createTempDirectory("agentws-search-").toRealPath();
        try {
            SearchTree.write(tree, files);
            Table table = new Table("pattern", "ours ms", "rg -j1 ms", "rg ms", "ours / rg -j1", "ours / rg");
            for (String pattern : PATTERNS) {
                table.row(row(tree, pattern, rounds));
            }
            String report = "# Grep beside ripgrep\n\n" + RunFacts.here().asLines() + "\n" + files
                    + " files, the median of " + rounds
                    + " rounds; both list the files that match. Ours runs in a JVM that is warm,"
                    + " as a server's is; the times of ripgrep include the start of its process.\n\n" + table;
            Path directory = Files.createDirectories(flags.path("--out", "benchmarks/results"));
            Files.writeString(directory.resolve(flags.text("--name", "latest") + "-search.md"), report);
            out.print(report);
        } finally {
            delete(tree);
        }
    }

    private static List<String> row(Path tree, String pattern, int rounds) throws IOException, InterruptedException {
        boolean beside = works("rg");
        List<Double> ours = new ArrayList<>();
        List<Double> one = new ArrayList<>();
        List<Double> all = new ArrayList<>();
        for (int round = -WARM_UP_ROUNDS; round < rounds; round++) {
            double mine = ours(tree, pattern);
            double single = beside ? other("rg", "-j1", "-l", "--", pattern, tree.toString()) : Double.NaN;
            double parallel = beside ? other("rg", "-l", "--", pattern, tree.toString()) : Double.NaN;
            if (round >= 0) {
                ours.add(mine);
                one.add(single);
                all.add(parallel);
            }
        }
        double mine = median(ours);
        return List.of(
                "`" + pattern.replace("|", "\\|") + "`",
                Table.number(mine),
                Table.number(median(one)),
                Table.number(median(all)),
                Table.number(mine / median(one)),
                Table.number(mine / median(all)));
    }

    private static double ours(Path tree, String pattern) throws InterruptedException {
        BuiltInTools kit = new BuiltInTools(ToolsConfig.defaults(Map.of(), Path.of("/tmp")));
        try (var box = kit.open(new ToolSetup(Set.of("Grep"), tree, List.of(), Map.of()))) {
            Tool grep = Objects.requireNonNull(box.find("Grep"));
            ObjectNode input = new ObjectMapper().createObjectNode().put("pattern", pattern);
            long start = System.nanoTime();
            ToolPlan plan = grep.plan(input);
            if (!(plan instanceof ToolPlan.Ready ready)) {
                throw new IllegalStateException("Grep: refused " + pattern + " (expected: a plan)");
            }
            ready.body().run((stream, text) -> {});
            return (System.nanoTime() - start) / 1e6;
        }
    }

    private static double other(String... command) throws IOException, InterruptedException {
        long start = System.nanoTime();
        Process process = new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        process.waitFor();
        return (System.nanoTime() - start) / 1e6;
    }

    private static boolean works(String program) throws InterruptedException {
        try {
            return new ProcessBuilder(program, "--version")
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException absent) {
            return false;
        }
    }

    private static double median(List<Double> times) {
        double[] sorted = times.stream().mapToDouble(Double::doubleValue).toArray();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    private static void delete(Path root) throws IOException {
        try (var all = Files.walk(root)) {
            for (Path each : all.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        }
    }
}
