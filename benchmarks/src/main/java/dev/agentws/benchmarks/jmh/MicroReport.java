package dev.agentws.benchmarks.jmh;

import dev.agentws.benchmarks.report.RunFacts;
import dev.agentws.benchmarks.report.Table;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One line for each step, size and script, with ours and others side by side. */
final class MicroReport {
    private static final List<String> BY =
            List.of("ours", "oursFallback", "jacksonStreaming", "jacksonTree", "plainLines");

    private MicroReport() {}

    static String markdown(RunFacts facts, List<Measurement> measurements, boolean quick) {
        String warning = quick ? "A smoke run, far too short for its times to mean anything.\n\n" : "";
        return "# Microbenchmarks\n\n" + facts.asLines() + "\n" + warning
                + "ns: the mean of one operation, in brackets its fastest iteration. B: heap bytes allocated per operation. The last"
                + " column is the mean of Jackson's streaming API, or of plain lines, divided by ours.\n\n"
                + table(measurements);
    }

    static String table(List<Measurement> measurements) {
        Map<String, Map<String, Measurement>> lines = new LinkedHashMap<>();
        for (Measurement each : measurements) {
            String key = each.step() + "|" + each.bytes() + "|" + each.text();
            lines.computeIfAbsent(key, unused -> new LinkedHashMap<>()).put(each.by(), each);
        }
        Table table = new Table(
                "step",
                "bytes",
                "text",
                "ours ns",
                "B",
                "ours, parsed ns",
                "B",
                "Jackson streaming ns",
                "B",
                "Jackson tree ns",
                "B",
                "plain lines ns",
                "B",
                "gain");
        lines.forEach((key, line) -> {
            List<String> cells = new ArrayList<>(List.of(key.split("\\|")));
            for (String by : BY) {
                cells.addAll(cells(line.get(by)));
            }
            cells.add(gain(line.get("ours"), line.getOrDefault("jacksonStreaming", line.get("plainLines"))));
            table.row(cells);
        });
        return table.toString();
    }

    private static List<String> cells(@Nullable Measurement found) {
        return found == null
                ? List.of("", "")
                : List.of(
                        Table.number(found.nanos()) + " (" + Table.number(found.bestNanos()) + ")",
                        Table.number(found.allocated()));
    }

    private static String gain(@Nullable Measurement ours, @Nullable Measurement other) {
        return ours == null || other == null ? "" : Table.number(other.nanos() / ours.nanos()) + "x";
    }
}
