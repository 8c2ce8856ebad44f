package dev.agentws.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.agentws.benchmarks.report.RunFacts;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReportTest {
    private static final RunFacts FACTS = new RunFacts("machine", "date", "commit", "jdk");

    @Test
    void ratiosAreMediansOfOneRunDividedByTheFloors() {
        String tables = report().tables();
        assertThat(tables).contains("| S1 | agentws | 6.00 (5.00..9.00) | 1.50x |");
        assertThat(tables).contains("| S1 | floor-c | 4.00 | 1.00x |");
    }

    @Test
    void aLossShowsInTheTable() {
        Result bad = result("agentws", 5).with("lost", 3).with("errors", 1);
        assertThat(bad.sound()).isFalse();
        assertThat(new LoadReport(FACTS, List.of(bad), false).tables()).contains("| 3, 1 errors |");
    }

    @Test
    void theChartHasABarForEachTarget() {
        String chart = report().chart();
        assertThat(chart).startsWith("<svg ").endsWith("</svg>\n");
        assertThat(chart.split("<rect", -1)).hasSize(3);
        assertThat(chart).contains("6.00  (1.50x)");
    }

    @Test
    void processorTimeAndMemoryOfThisProcessAreRead() {
        ProcessTree.Sample sample = new ProcessTree(ProcessHandle.current().pid()).sample(true);
        double own =
                ProcessHandle.current().info().totalCpuDuration().orElseThrow().toMillis() / 1000.0;
        assertThat(sample.cpuSeconds()).isCloseTo(own, within(2.0)).isPositive();
        assertThat(sample.rssKb()).isGreaterThan(10_000);
        assertThat(sample.pssKb()).isGreaterThan(10_000).isLessThan(2 * sample.rssKb());
    }

    private static LoadReport report() {
        return new LoadReport(
                FACTS,
                List.of(result("agentws", 9), result("agentws", 5), result("agentws", 6), result("floor-c", 4)),
                false);
    }

    private static Result result(String target, double cpu) {
        return new Result(target, "S1", 1)
                .with("deltas_per_s", 1)
                .with("cpu_us_per_delta", cpu)
                .with("lost", 0)
                .with("errors", 0);
    }
}
