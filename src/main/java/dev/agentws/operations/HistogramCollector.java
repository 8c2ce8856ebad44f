package dev.agentws.operations;

import dev.agentws.metrics.Histogram;
import dev.agentws.operations.MeterBinding.Timed;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Hands our own histograms to Prometheus, because Micrometer has no meter for those that others fill. */
final class HistogramCollector implements MultiCollector {
    private final List<Timed> times;

    HistogramCollector(List<Timed> times) {
        this.times = List.copyOf(times);
    }

    @Override
    public MetricSnapshots collect() {
        Map<String, HistogramSnapshot.Builder> byName = new LinkedHashMap<>();
        for (Timed timed : times) {
            byName.computeIfAbsent(timed.name(), name -> HistogramSnapshot.builder()
                            .name(name.replace('.', '_') + "_seconds")
                            .help(timed.meaning()))
                    .dataPoint(point(timed));
        }
        MetricSnapshots.Builder all = MetricSnapshots.builder();
        byName.values().forEach(each -> all.metricSnapshot(each.build()));
        return all.build();
    }

    private static HistogramDataPointSnapshot point(Timed timed) {
        Histogram histogram = timed.histogram();
        double[] bounds = histogram.boundsSeconds();
        long[] counts = histogram.counts();
        ClassicHistogramBuckets.Builder buckets = ClassicHistogramBuckets.builder();
        for (int i = 0; i < counts.length; i++) {
            buckets.bucket(i < bounds.length ? bounds[i] : Double.POSITIVE_INFINITY, counts[i]);
        }
        return HistogramDataPointSnapshot.builder()
                .classicHistogramBuckets(buckets.build())
                .sum(histogram.totalSeconds())
                .labels(timed.label().isEmpty() ? Labels.EMPTY : Labels.of(timed.label(), timed.value()))
                .build();
    }
}
