package dev.agentws.benchmarks.load;

import dev.agentws.benchmarks.load.ProcessTree.Sample;
import dev.agentws.benchmarks.report.Table;
import java.io.PrintStream;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** Plays one scenario against one server. Blocks; used by one thread. */
final class LoadRun {
    private static final int SETTLE_MILLIS = 500;
    private static final int IDLE_SECONDS = 3;
    private static final int FIRST_IDLE = 50;

    private final Server server;
    private final Upstream upstream;
    private final int threads;
    private final PrintStream out;

    /** What is measured: where it listens, its key, its process. */
    record Server(String name, Address address, String token, ProcessTree process) {}

    /** @param threads of the clients */
    LoadRun(Server server, Upstream upstream, int threads, PrintStream out) {
        this.server = server;
        this.upstream = upstream;
        this.threads = threads;
        this.out = out;
    }

    Result play(Scenario scenario, int round) throws InterruptedException {
        Result result = new Result(server.name(), scenario.name(), round);
        return switch (scenario.mode()) {
            case STREAM -> stream(scenario, result);
            case IDLE -> idle(scenario, result);
            case STALL -> stall(scenario, result);
        };
    }

    private Result stream(Scenario scenario, Result result) throws InterruptedException {
        int streams = scenario.connections() * scenario.sessions() * scenario.prompts();
        Tally tally = new Tally(streams);
        try (Swarm swarm = new Swarm(threads)) {
            int ready = swarm.open(scenario.connections(), scenario, tally, server.address(), server.token());
            TimeUnit.MILLISECONDS.sleep(SETTLE_MILLIS);
            Sample before = server.process().sample(false);
            long began = System.nanoTime();
            if (ready == scenario.connections()) {
                swarm.start();
                waitForStreams(scenario, tally, swarm, result, began);
            } else {
                tally.error("connections: " + ready + " ready (expected: " + scenario.connections() + ")");
            }
            double seconds = (System.nanoTime() - began) / 1e9;
            Sample after = server.process().sample(false);
            long deltas = tally.deltas.sum();
            result.with("deltas", deltas)
                    .with("frames", tally.frames.sum())
                    .with("deltas_per_read", deltas / (double) Math.max(1, tally.reads.sum()))
                    .with("seconds", seconds)
                    .with("deltas_per_s", deltas / seconds)
                    .with("pace_percent", pacePercent(scenario, deltas / seconds))
                    .with("cpu_us_per_delta", cpuPerDelta(before, after, deltas))
                    .with("latency_p50_us", tally.latency.getValueAtPercentile(50) / 1e3)
                    .with("latency_p99_us", tally.latency.getValueAtPercentile(99) / 1e3)
                    .with("latency_p999_us", tally.latency.getValueAtPercentile(99.9) / 1e3)
                    .with("first_delta_p50_us", tally.firstDelta.getValueAtPercentile(50) / 1e3)
                    .with("rss_before_mb", before.rssKb() / 1024.0)
                    .with("rss_mb", Math.max(after.rssKb() / 1024.0, orZero(result.number("rss_peak_mb"))));
            return losses(result, tally, scenario.expected());
        }
    }

    private double cpuPerDelta(Sample before, Sample after, long deltas) {
        return server.process().known() && deltas > 0
                ? (after.cpuSeconds() - before.cpuSeconds()) * 1e6 / deltas
                : Double.NaN;
    }

    /** How much of the asked rate was reached; a server that falls behind reads several deltas at once and looks cheap. */
    private static double pacePercent(Scenario scenario, double deltasPerSecond) {
        int pace = scenario.stream().paceMicros();
        double asked = scenario.connections() * scenario.sessions() * 1e6 / pace;
        return pace == 0 ? Double.NaN : 100 * deltasPerSecond / asked;
    }

    private static double orZero(double value) {
        return Double.isNaN(value) ? 0 : value;
    }

    private void waitForStreams(Scenario scenario, Tally tally, Swarm swarm, Result result, long began)
            throws InterruptedException {
        long before = 0;
        double peak = 0;
        for (int second = 1; !tally.streams.await(1, TimeUnit.SECONDS); second++) {
            long deltas = tally.deltas.sum();
            double rss = server.process().sample(false).rssKb() / 1024.0;
            peak = Math.max(peak, rss);
            out.printf(
                    Locale.ROOT,
                    "  %-12s %-11s %3d s  %9d of %d deltas  %7d/s  %d streams open  p99 %s ms  rss %s MB  errors %d%n",
                    server.name(),
                    scenario.name(),
                    TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - began),
                    deltas,
                    scenario.expected(),
                    deltas - before,
                    tally.streams.getCount(),
                    Table.number(tally.latency.getValueAtPercentile(99) / 1e6),
                    Table.number(rss),
                    tally.errors.sum());
            before = deltas;
            if (!swarm.anyLeft()) {
                tally.error("connections: none left (expected: " + scenario.connections() + ")");
                break;
            }
            if (second >= scenario.limitSeconds()) {
                tally.error("time: " + tally.streams.getCount() + " streams open after " + scenario.limitSeconds()
                        + " s (expected: none)");
                break;
            }
        }
        result.with("rss_peak_mb", peak);
    }

    private static Result losses(Result result, Tally tally, long expected) {
        long missing = Math.abs(expected - tally.deltas.sum());
        // One that is missing shows a second time, in the number of the one that follows it.
        return result.with("lost", Math.max(missing, tally.wrong.sum() + tally.gaps.sum()))
                .with("errors", tally.errors.sum())
                .with("first_error", tally.firstError());
    }

    /** A few that come and go, a quarter of all, then all the others more, while the first quarter stays. */
    private Result idle(Scenario scenario, Result result) throws InterruptedException {
        Tally tally = new Tally(0);
        try (Swarm first = new Swarm(threads)) {
            first.open(FIRST_IDLE, scenario, tally, server.address(), server.token());
        }
        int some = Math.max(1, scenario.connections() / 4);
        try (Swarm swarm = new Swarm(threads)) {
            TimeUnit.MILLISECONDS.sleep(SETTLE_MILLIS);
            Sample base = server.process().sample(true);
            int ready = swarm.open(some, scenario, tally, server.address(), server.token());
            Sample few = rest("idle, " + ready + " connections");
            int all = swarm.open(scenario.connections(), scenario, tally, server.address(), server.token());
            Sample many = rest("idle, " + all + " connections");
            result.with("base_rss_mb", base.rssKb() / 1024.0)
                    .with("connections", all)
                    .with("kb_per_connection_first", (few.rssKb() - base.rssKb()) / (double) Math.max(1, ready))
                    .with("kb_per_connection", (many.rssKb() - few.rssKb()) / (double) Math.max(1, all - ready))
                    .with("pss_kb_per_connection", (many.pssKb() - few.pssKb()) / (double) Math.max(1, all - ready))
                    .with("rss_mb", many.rssKb() / 1024.0);
            int wanted = some + scenario.connections();
            return result.with("lost", wanted - all)
                    .with("errors", tally.errors.sum())
                    .with("first_error", tally.firstError());
        }
    }

    private Sample rest(String doing) throws InterruptedException {
        Sample sample = Sample.NONE;
        for (int second = 1; second <= IDLE_SECONDS; second++) {
            TimeUnit.SECONDS.sleep(1);
            sample = server.process().sample(second == IDLE_SECONDS);
            progress(doing, second, sample);
        }
        return sample;
    }

    private void progress(String doing, int second, Sample sample) {
        out.printf(
                Locale.ROOT,
                "  %-12s %-11s %3d s  rss %s MB%n",
                server.name(),
                doing,
                second,
                Table.number(sample.rssKb() / 1024.0));
    }

    /** What a server keeps for a client that has stopped reading, and how much it takes from upstream all the same. */
    private Result stall(Scenario scenario, Result result) throws InterruptedException {
        stream(Scenarios.fewDeltas(), new Result(server.name(), "before " + scenario.name(), 0));
        Tally tally = new Tally(1);
        try (Swarm swarm = new Swarm(threads)) {
            int ready = swarm.open(1, scenario, tally, server.address(), server.token());
            TimeUnit.MILLISECONDS.sleep(SETTLE_MILLIS);
            long sentBefore = upstream.deltas();
            Sample before = server.process().sample(true);
            swarm.start();
            Sample after = before;
            for (int second = 1; second <= scenario.limitSeconds(); second++) {
                TimeUnit.SECONDS.sleep(1);
                after = server.process().sample(second == scenario.limitSeconds());
                progress("stalled", second, after);
            }
            long pulled = upstream.deltas() - sentBefore;
            int unit = new DeltaCheck(scenario.stream()).unit();
            result.with("rss_before_mb", before.rssKb() / 1024.0)
                    .with("rss_mb", after.rssKb() / 1024.0)
                    .with("pss_growth_mb", (after.pssKb() - before.pssKb()) / 1024.0)
                    .with("pulled_mb", sentBefore < 0 ? Double.NaN : pulled * (double) unit / 1e6)
                    .with("deltas", tally.deltas.sum());
            // The stream cannot end, so what counts is that the client was served up to where it stopped reading.
            boolean served = ready == 1 && tally.deltas.sum() > 0;
            return result.with("lost", (served ? 0 : 1) + tally.wrong.sum() + tally.gaps.sum())
                    .with("errors", tally.errors.sum())
                    .with("first_error", tally.firstError());
        }
    }
}
