package dev.agentws.benchmarks;

import dev.agentws.benchmarks.chaos.ChaosCommand;
import dev.agentws.benchmarks.chaos.ClusterShow;
import dev.agentws.benchmarks.commits.CommitsCommand;
import dev.agentws.benchmarks.jmh.MicroBenchmarks;
import dev.agentws.benchmarks.load.LoadCommand;
import dev.agentws.benchmarks.load.SleepersCommand;
import dev.agentws.benchmarks.search.SearchCommand;
import dev.agentws.benchmarks.shell.ShellCost;
import java.util.List;

/**
 * {@code jmh} runs the microbenchmarks, {@code load} the load harness, {@code search} times Grep, {@code sleepers} wakes sessions that sleep, which explain their flags with
 * {@code --help}; {@code shell} measures what a command costs, {@code commits} how fast the journals commit, {@code chaos} kills nodes under the eyes of clients, {@code cluster} shows
 * that to people.
 */
public final class Main {
    private static final int MISUSE = 2;

    private Main() {}

    /** Ends the process with 0 if all was measured and nothing was lost, 1 if not, 2 for wrong flags. */
    public static void main(String[] args) {
        String verb = args.length == 0 ? "" : args[0];
        List<String> rest = args.length == 0 ? List.of() : List.of(args).subList(1, args.length);
        int code =
                switch (verb) {
                    case "jmh" -> MicroBenchmarks.run(rest, System.out);
                    case "search" -> SearchCommand.run(rest, System.out);
                    case "load" -> LoadCommand.run(rest, System.out);
                    case "chaos" -> ChaosCommand.run(rest, System.out);
                    case "cluster" -> ClusterShow.run(rest, System.out);
                    case "sleepers" -> SleepersCommand.run(rest, System.out);
                    case "commits" -> CommitsCommand.run(rest, System.out);
                    case "shell" -> ShellCost.run(System.out);
                    default -> {
                        System.err.println("verb: " + verb
                                + " (expected: jmh, load, search, sleepers, commits, shell, chaos or cluster)");
                        yield MISUSE;
                    }
                };
        System.exit(code);
    }
}
