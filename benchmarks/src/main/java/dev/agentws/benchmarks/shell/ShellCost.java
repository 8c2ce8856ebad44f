package dev.agentws.benchmarks.shell;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agentws.agent.tool.Tool;
import dev.agentws.agent.tool.ToolPlan;
import dev.agentws.agent.tool.ToolResult;
import dev.agentws.agent.tool.ToolSetup;
import dev.agentws.agent.tool.Toolbox;
import dev.agentws.tools.BuiltInTools;
import dev.agentws.tools.ToolsConfig;
import dev.agentws.tools.shell.Bubblewrap;
import dev.agentws.tools.shell.Sandbox;
import dev.agentws.tools.shell.SandboxLimits;
import dev.agentws.tools.shell.Uncontained;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** Measures a plain {@code bash -c true}, the tool Bash without a sandbox and with it, in turn within one run. */
public final class ShellCost {
    private static final int WARM_UP = 50;
    private static final int ROUNDS = 300;
    private static final String COMMAND = "true";

    /** One way to run the command once. */
    private interface Way {
        void run() throws IOException, InterruptedException;
    }

    private ShellCost() {}

    /** Prints the table; 1 if something did not run. */
    public static int run(PrintStream out) {
        try {
            return measure(out);
        } catch (IOException failure) {
            out.println("shell: " + failure);
            return 1;
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return 1;
        }
    }

    private static int measure(PrintStream out) throws IOException, InterruptedException {
        Path temp = Path.of(System.getProperty("java.io.tmpdir")).toRealPath();
        Path place = Files.createTempDirectory(temp, "agentws-shell-cost-").toRealPath();
        Bubblewrap.Found found = Bubblewrap.find(new Bubblewrap.Search(
                System.getenv(),
                temp,
                System.getProperty("os.arch"),
                Path.of("/sys/fs/cgroup"),
                SandboxLimits.defaults()));
        List<Toolbox> open = new ArrayList<>();
        Map<String, Way> ways = new LinkedHashMap<>();
        ways.put("plain bash", ShellCost::plain);
        BuiltInTools bare = kit(temp, Uncontained.OFF);
        ways.put("Bash without sandbox", tool(bare, place, open));
        Bubblewrap bubblewrap = found.sandbox();
        if (bubblewrap == null) {
            out.println("no sandbox: " + found.remark());
        } else {
            ways.put("Bash with sandbox", tool(kit(temp, bubblewrap), place, open));
        }
        try {
            report(measure(ways), out);
        } finally {
            open.forEach(Toolbox::close);
            bare.awaitEnd(Duration.ofSeconds(5));
            Files.deleteIfExists(place);
        }
        return 0;
    }

    private static BuiltInTools kit(Path temp, Sandbox sandbox) {
        return new BuiltInTools(ToolsConfig.defaults(System.getenv(), temp).withSandbox(sandbox));
    }

    private static Way tool(BuiltInTools kit, Path place, List<Toolbox> open) {
        Toolbox toolbox = kit.open(new ToolSetup(Set.of("Bash"), place, List.of(), Map.of()));
        open.add(toolbox);
        Tool bash = Objects.requireNonNull(toolbox.find("Bash"));
        ObjectNode input = JsonNodeFactory.instance.objectNode().put("command", COMMAND);
        return () -> {
            ToolPlan plan = bash.plan(input);
            if (!(plan instanceof ToolPlan.Ready ready)) {
                throw new IOException("the command was refused");
            }
            ToolResult result = ready.body().run((stream, text) -> {});
            if (result.isError()) {
                throw new IOException(result.text());
            }
        };
    }

    private static void plain() throws IOException, InterruptedException {
        Process process = new ProcessBuilder("bash", "-c", COMMAND).start();
        process.getOutputStream().close();
        process.getInputStream().readAllBytes();
        process.getErrorStream().readAllBytes();
        if (process.waitFor() != 0) {
            throw new IOException("plain bash failed");
        }
    }

    /** In turn, so that whatever else the machine does meets all of them. */
    private static Map<String, long[]> measure(Map<String, Way> ways) throws IOException, InterruptedException {
        Map<String, long[]> times = new LinkedHashMap<>();
        ways.keySet().forEach(name -> times.put(name, new long[ROUNDS]));
        for (int round = -WARM_UP; round < ROUNDS; round++) {
            for (Map.Entry<String, Way> way : ways.entrySet()) {
                long start = System.nanoTime();
                way.getValue().run();
                long took = System.nanoTime() - start;
                if (round >= 0) {
                    Objects.requireNonNull(times.get(way.getKey()))[round] = took;
                }
            }
        }
        times.values().forEach(Arrays::sort);
        return times;
    }

    private static void report(Map<String, long[]> times, PrintStream out) {
        double floor = millis(times.values().iterator().next(), 0.5);
        out.printf("%-22s %10s %10s %10s   (%d runs each, ms)%n", "", "median", "p95", "over plain", ROUNDS);
        times.forEach((name, sorted) -> out.printf(
                "%-22s %10.2f %10.2f %10.2f%n",
                name, millis(sorted, 0.5), millis(sorted, 0.95), millis(sorted, 0.5) - floor));
    }

    private static double millis(long[] sorted, double share) {
        return sorted[(int) (share * (sorted.length - 1))] / 1e6;
    }
}
