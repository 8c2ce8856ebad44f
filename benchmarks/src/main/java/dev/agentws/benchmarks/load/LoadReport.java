package dev.agentws.benchmarks.load;

import dev.agentws.benchmarks.report.RunFacts;
import dev.agentws.benchmarks.report.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** All results of a run as tables and a chart: medians over the rounds, and what they are of the floor's. Immutable. */
final class LoadReport {
    private static final String CPU = "cpu_us_per_delta";

    private final RunFacts facts;
    private final List<Result> results;
    private final boolean quick;

    LoadReport(RunFacts facts, List<Result> results, boolean quick) {
        this.facts = facts;
        this.results = results;
        this.quick = quick;
    }

    String markdown(String chartFile) {
        String warning = quick ? "A smoke run: its numbers mean nothing.\n\n" : "";
        return "# Load\n\n" + facts.asLines() + "\n" + warning
                + "Medians over the rounds, least and most in brackets. CPU is the server's processor time for each delta, read from"
                + " outside. x floor: the median divided by that of `" + Target.FLOOR
                + "` in the same scenario of the same run.\n\n![CPU per delta](" + chartFile + ")\n\n" + tables();
    }

    String tables() {
        StringBuilder out = new StringBuilder(1024);
        section(out, "Streams", streams());
        section(out, "Idle connections, each with a session", idle());
        section(out, "A client that stops reading", stalled());
        section(out, "Start", starts());
        return out.toString();
    }

    private static void section(StringBuilder out, String title, List<List<String>> rows) {
        if (rows.size() > 1) {
            Table table = new Table(rows.get(0).toArray(String[]::new));
            rows.subList(1, rows.size()).forEach(table::row);
            out.append("## ").append(title).append("\n\n").append(table).append('\n');
        }
    }

    private List<List<String>> streams() {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of(
                "scenario",
                "target",
                "CPU us/delta",
                "x floor",
                "deltas/s",
                "% of pace",
                "deltas/read",
                "p50 us",
                "p99 us",
                "RSS MB",
                "x floor",
                "lost"));
        for (String scenario : names("deltas_per_s")) {
            for (String target : targets(scenario)) {
                rows.add(List.of(
                        scenario,
                        target,
                        spread(scenario, target, CPU),
                        ratio(scenario, target, CPU),
                        number(scenario, target, "deltas_per_s"),
                        number(scenario, target, "pace_percent"),
                        number(scenario, target, "deltas_per_read"),
                        number(scenario, target, "latency_p50_us"),
                        number(scenario, target, "latency_p99_us"),
                        number(scenario, target, "rss_mb"),
                        ratio(scenario, target, "rss_mb"),
                        lost(scenario, target)));
            }
        }
        return rows;
    }

    private List<List<String>> idle() {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of(
                "target",
                "base RSS MB",
                "KB each, first step",
                "KB each, second step",
                "PSS KB each",
                "RSS MB",
                "lost"));
        for (String scenario : names("kb_per_connection")) {
            for (String target : targets(scenario)) {
                rows.add(List.of(
                        target,
                        number(scenario, target, "base_rss_mb"),
                        number(scenario, target, "kb_per_connection_first"),
                        number(scenario, target, "kb_per_connection"),
                        number(scenario, target, "pss_kb_per_connection"),
                        number(scenario, target, "rss_mb"),
                        lost(scenario, target)));
            }
        }
        return rows;
    }

    private List<List<String>> stalled() {
        List<List<String>> rows = new ArrayList<>();
        rows.add(
                List.of("target", "RSS before MB", "RSS after MB", "PSS growth MB", "MB pulled from upstream", "lost"));
        for (String scenario : names("pulled_mb")) {
            for (String target : targets(scenario)) {
                rows.add(List.of(
                        target,
                        number(scenario, target, "rss_before_mb"),
                        number(scenario, target, "rss_mb"),
                        number(scenario, target, "pss_growth_mb"),
                        number(scenario, target, "pulled_mb"),
                        lost(scenario, target)));
            }
        }
        return rows;
    }

    private List<List<String>> starts() {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("target", "start to listening s"));
        for (String scenario : names("start_s")) {
            for (String target : targets(scenario)) {
                rows.add(List.of(target, number(scenario, target, "start_s")));
            }
        }
        return rows;
    }

    /** A group of bars for each scenario of streams. */
    String chart() {
        BarChart chart = new BarChart("Server CPU per delta, microseconds (less is better)");
        for (String scenario : names("deltas_per_s")) {
            chart.group(scenario);
            for (String target : targets(scenario)) {
                String ratio = ratio(scenario, target, CPU);
                String label = number(scenario, target, CPU) + (ratio.equals("-") ? "" : "  (" + ratio + ")");
                chart.bar(target, median(values(scenario, target, CPU)), label);
            }
        }
        return chart.toString();
    }

    /** Scenarios in which this was measured, in the order in which they were played. */
    private List<String> names(String measured) {
        return results.stream()
                .filter(each -> !Double.isNaN(each.number(measured)))
                .map(each -> each.scenario)
                .distinct()
                .toList();
    }

    private List<String> targets(String scenario) {
        return of(scenario).map(each -> each.target).distinct().toList();
    }

    private Stream<Result> of(String scenario) {
        return results.stream().filter(each -> each.scenario.equals(scenario));
    }

    private List<Double> values(String scenario, String target, String name) {
        return of(scenario)
                .filter(each -> each.target.equals(target))
                .map(each -> each.number(name))
                .filter(value -> !Double.isNaN(value))
                .sorted()
                .toList();
    }

    /** NaN of nothing. */
    static double median(List<Double> sorted) {
        int size = sorted.size();
        if (size == 0) {
            return Double.NaN;
        }
        return (sorted.get((size - 1) / 2) + sorted.get(size / 2)) / 2;
    }

    private String number(String scenario, String target, String name) {
        return Table.number(median(values(scenario, target, name)));
    }

    private String spread(String scenario, String target, String name) {
        List<Double> values = values(scenario, target, name);
        String middle = Table.number(median(values));
        return values.size() < 2
                ? middle
                : middle + " (" + Table.number(values.get(0)) + ".." + Table.number(values.get(values.size() - 1))
                        + ")";
    }

    private String ratio(String scenario, String target, String name) {
        double floor = median(values(scenario, Target.FLOOR, name));
        double own = median(values(scenario, target, name));
        return Double.isNaN(own) || Double.isNaN(floor) || floor == 0 ? "-" : Table.number(own / floor) + "x";
    }

    private String lost(String scenario, String target) {
        double lost = values(scenario, target, "lost").stream()
                .mapToDouble(Double::doubleValue)
                .sum();
        double errors = values(scenario, target, "errors").stream()
                .mapToDouble(Double::doubleValue)
                .sum();
        return lost + errors == 0 ? "0" : String.format("%.0f, %.0f errors", lost, errors);
    }
}
