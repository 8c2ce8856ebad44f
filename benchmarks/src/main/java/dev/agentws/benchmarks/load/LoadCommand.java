package dev.agentws.benchmarks.load;

import java.io.PrintStream;
import java.util.List;

public final class LoadCommand {
    private LoadCommand() {}

    public static int run(List<String> arguments, PrintStream out) {
        return 1;
    }
}
