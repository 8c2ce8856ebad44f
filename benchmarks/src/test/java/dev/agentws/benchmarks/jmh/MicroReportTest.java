package dev.agentws.benchmarks.jmh;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class MicroReportTest {
    @Test
    void oursStandsBesideJacksonAndWhatJacksonDoesNotKnowBesidePlainLines() {
        String table = MicroReport.table(List.of(
                measured("read", "ours", "thinking", 100),
                measured("read", "jacksonStreaming", "thinking", 250),
                measured("sse", "ours", "ascii", 100),
                measured("sse", "plainLines", "ascii", 300)));
        assertThat(table.lines().skip(2))
                .containsExactly(
                        "| read | 200 | thinking | 100 (100) | 0.00 |  |  | 250 (250) | 0.00 |  |  |  |  | 2.50x |",
                        "| sse | 200 | ascii | 100 (100) | 0.00 |  |  |  |  |  |  | 300 (300) | 0.00 | 3.00x |");
    }

    private static Measurement measured(String step, String by, String text, double nanos) {
        return new Measurement(step, by, "200", text, nanos, nanos, 0);
    }
}
