package dev.agentws.benchmarks.jmh;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;

/**
 * One benchmark at one size and script. Immutable.
 *
 * @param step what is done: recognise, sse, read, frame, transcode, decode
 * @param by who does it
 * @param bytes of text
 * @param text the script of the text, or the kind of a delta that is no text
 * @param nanos mean time of one operation
 * @param bestNanos the fastest iteration, which a shared machine disturbs least
 * @param allocated bytes of heap per operation
 */
record Measurement(
        String step, String by, String bytes, String text, double nanos, double bestNanos, double allocated) {
    private static final String ALLOCATED = "gc.alloc.rate.norm";

    static Measurement of(RunResult result) {
        BenchmarkParams params = result.getParams();
        String name = params.getBenchmark().substring(params.getBenchmark().lastIndexOf('.') + 1);
        List<String> parts = List.of(name.split("_"));
        double best = Double.POSITIVE_INFINITY;
        for (BenchmarkResult fork : result.getBenchmarkResults()) {
            for (IterationResult iteration : fork.getIterationResults()) {
                best = Math.min(best, iteration.getPrimaryResult().getScore());
            }
        }
        Result<?> allocated = result.getSecondaryResults().get(ALLOCATED);
        return new Measurement(
                parts.get(0),
                parts.get(1),
                params.getParam("bytes"),
                params.getParam("text"),
                result.getPrimaryResult().getScore(),
                best,
                allocated == null ? Double.NaN : allocated.getScore());
    }

    /**
     * Whether a step of ours allocates for each delta, which none does: not the parser that is the fallback, and not a client's message,
     * which becomes an object. What is less than {@code most} is what the run allocated besides.
     */
    boolean wasteful(double most) {
        return by.equals("ours") && !step.equals("decode") && allocated > most;
    }

    Map<String, Object> asMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("step", step);
        map.put("by", by);
        map.put("bytes", Integer.parseInt(bytes));
        map.put("text", text);
        map.put("ns_per_op", nanos);
        map.put("ns_per_op_best", bestNanos);
        map.put("bytes_per_op", allocated);
        return map;
    }
}
