package dev.agentws.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Test;

final class CountsTest {
    @Test
    void aTimeIsCountedInTheFirstBucketThatItFits() {
        Histogram histogram = new Histogram(0.001, 0.01);

        histogram.record(0);
        histogram.record(1_000_000);
        histogram.record(1_000_001);
        histogram.record(10_000_001);
        histogram.record(-5);

        assertThat(histogram.counts()).containsExactly(3, 1, 1);
        assertThat(histogram.count()).isEqualTo(5);
        assertThat(histogram.totalSeconds()).isEqualTo(0.012000002);
    }

    @Test
    void whatHasNoLabelOfItsOwnIsCountedTogether() {
        Labelled<LongAdder> counts = new Labelled<>(List.of("a", "b"), LongAdder::new);

        counts.of("a").increment();
        counts.of("made up").increment();
        counts.of("made up too").increment();

        assertThat(counts.all().keySet()).containsExactly("a", "b", "other");
        assertThat(counts.of("other").sum()).isEqualTo(2);
        assertThat(counts.of("b").sum()).isZero();
    }

    @Test
    void moneyIsAddedUpToTheBillionth() {
        ModelCounts counts = new ModelCounts();

        counts.cost(0.0000001);
        counts.cost(1.5);

        assertThat(counts.costUsd()).isEqualTo(1.5000001);
    }
}
