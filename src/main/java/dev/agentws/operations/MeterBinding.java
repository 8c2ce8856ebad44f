package dev.agentws.operations;

import dev.agentws.metrics.Gauges;
import dev.agentws.metrics.Histogram;
import dev.agentws.metrics.Labelled;
import dev.agentws.metrics.LoopCounts;
import dev.agentws.metrics.Meters;
import dev.agentws.metrics.ModelCounts;
import dev.agentws.metrics.ToolCounts;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.IntSupplier;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;

/**
 * Shows what a server counts to a registry of Micrometer. Times become histograms in a registry of Prometheus and plain timers (count
 * and total) in any other. To be bound before use; thread-safe.
 */
public final class MeterBinding implements MeterBinder {
    private final Meters meters;
    private final Gauges gauges;

    public MeterBinding(Meters meters, Gauges gauges) {
        this.meters = meters;
        this.gauges = gauges;
    }

    /** One time that is measured. */
    record Timed(String name, String meaning, String label, String value, Histogram histogram) {}

    @Override
    public void bindTo(MeterRegistry registry) {
        gauges(registry);
        connections(registry);
        sessions(registry);
        deltas(registry);
        upstream(registry);
        models(registry);
        tools(registry);
        times(registry);
    }

    private void gauges(MeterRegistry registry) {
        String connections = "agentws.connections";
        String meaning = "Connections open now";
        gauge(registry, connections, Tags.of("state", "open"), meaning, g -> g.open()
                .getAsInt());
        gauge(registry, connections, Tags.of("state", "unauthenticated"), meaning, g -> g.unauthenticated()
                .getAsInt());
        gauge(registry, connections, Tags.of("state", "http"), meaning, g -> g.notUpgraded()
                .getAsInt());
        String workers = "agentws.tool.workers";
        gauge(registry, workers, Tags.of("state", "running"), "Work on tool threads", g -> g.toolsRunning()
                .getAsInt());
        gauge(registry, workers, Tags.of("state", "waiting"), "Work on tool threads", g -> g.toolsWaiting()
                .getAsInt());
        gauge(registry, "agentws.event.loop.tasks", Tags.empty(), "Tasks that wait on event loops", g -> g.loopTasks()
                .getAsLong());
        gauge(
                registry,
                "agentws.direct.memory.bytes",
                Tags.empty(),
                "Direct memory held by the pool of buffers",
                g -> g.directBytes().getAsLong());
        gauge(
                registry,
                "agentws.journal.waiting.bytes",
                Tags.empty(),
                "What sessions have handed to the journal and is not written yet",
                g -> g.journalBytes().getAsLong());
        gauge(registry, "agentws.draining", Tags.empty(), "1 while the server takes no new work", g -> g.draining()
                .getAsInt());
    }

    private void gauge(MeterRegistry registry, String name, Tags tags, String meaning, ToDoubleFunction<Gauges> value) {
        Gauge.builder(name, gauges, value)
                .tags(tags)
                .description(meaning)
                .strongReference(true)
                .register(registry);
    }

    private void connections(MeterRegistry registry) {
        count(registry, "agentws.connections.opened", "Connections that were upgraded", meters.connectionsOpened);
        count(
                registry,
                "agentws.connections.closed",
                "code",
                "Upgraded connections that ended",
                meters.connectionsClosed);
        count(registry, "agentws.tokens.refused", "Wrong tokens that clients showed", meters.tokensRefused);
        sum(registry, "agentws.frames.received", "Frames of clients", LoopCounts::framesReceived);
        sum(registry, "agentws.frames.sent", "Text frames to clients", LoopCounts::framesSent);
        sum(registry, "agentws.sent.bytes", "Bytes of text frames to clients", LoopCounts::bytesSent);
    }

    private void sessions(MeterRegistry registry) {
        String sessions = "agentws.sessions";
        String meaning = "Sessions alive now";
        Gauge.builder(sessions, this, own -> own.idle())
                .tag("state", "idle")
                .description(meaning)
                .register(registry);
        Gauge.builder(sessions, this, own -> own.processing())
                .tag("state", "processing")
                .description(meaning)
                .register(registry);
        Gauge.builder(sessions, meters.sessionsWaiting, LongAdder::sum)
                .tag("state", "waiting")
                .description(meaning)
                .register(registry);
        Gauge.builder(sessions, gauges.asleep(), IntSupplier::getAsInt)
                .tag("state", "asleep")
                .description(meaning)
                .register(registry);
        count(registry, "agentws.sessions.opened", "Sessions that were opened", meters.sessionsOpened);
        count(registry, "agentws.turns", "outcome", "Turns that are over", meters.turns);
        count(registry, "agentws.permissions", "status", "Permission questions that are settled", meters.permissions);
        Gauge.builder("agentws.prompts.waiting", meters.promptsWaiting, LongAdder::sum)
                .description("Prompts queued behind a turn")
                .register(registry);
    }

    private double processing() {
        return Math.max(0, meters.sessionsProcessing.sum() - meters.sessionsWaiting.sum());
    }

    private double idle() {
        return Math.max(0, gauges.sessions().getAsInt() - gauges.asleep().getAsInt() - meters.sessionsProcessing.sum());
    }

    private void deltas(MeterRegistry registry) {
        sum(registry, "agentws.deltas", "Deltas of the model", LoopCounts::deltas);
        sum(registry, "agentws.delta.bytes", "Bytes in deltas of the model", LoopCounts::deltaBytes);
        sum(
                registry,
                "agentws.backpressure.pauses",
                "Streams of the model that stood still for a slow client",
                LoopCounts::pauses);
    }

    private void upstream(MeterRegistry registry) {
        count(registry, "agentws.upstream.answers", "status", "Answers of the model's API", meters.upstreamAnswers);
        count(registry, "agentws.upstream.retries", "Model calls that were tried again", meters.upstreamRetries);
    }

    private void models(MeterRegistry registry) {
        meters.models.all().forEach((model, counts) -> {
            tokens(registry, model, "input", counts.input);
            tokens(registry, model, "output", counts.output);
            tokens(registry, model, "cache_write", counts.cacheWrite);
            tokens(registry, model, "cache_read", counts.cacheRead);
            FunctionCounter.builder("agentws.cost.usd", counts, ModelCounts::costUsd)
                    .tag("model", model)
                    .description("What model calls cost, where the price is known")
                    .register(registry);
        });
    }

    private static void tokens(MeterRegistry registry, String model, String kind, LongAdder count) {
        FunctionCounter.builder("agentws.tokens", count, LongAdder::sum)
                .tag("model", model)
                .tag("kind", kind)
                .description("Tokens that model calls took")
                .register(registry);
    }

    private void tools(MeterRegistry registry) {
        meters.tools.all().forEach((tool, counts) -> {
            runs(registry, tool, "ok", counts.succeeded);
            runs(registry, tool, "error", counts.failed);
        });
    }

    private static void runs(MeterRegistry registry, String tool, String outcome, LongAdder count) {
        FunctionCounter.builder("agentws.tool.runs", count, LongAdder::sum)
                .tag("tool", tool)
                .tag("outcome", outcome)
                .description("Tool calls that are over")
                .register(registry);
    }

    private void times(MeterRegistry registry) {
        List<Timed> times = new ArrayList<>(List.of(
                timed("agentws.turn", "From a turn's beginning to its result", meters.turnTime),
                timed("agentws.time.to.first.delta", "From a model call to its first delta", meters.timeToFirstDelta),
                timed("agentws.model.call", "Model calls, with all their attempts", meters.modelCallTime),
                timed(
                        "agentws.delta.latency",
                        "From the first frame of an event loop's round to the end of its flush",
                        meters.deltaLatency),
                timed("agentws.permission.wait", "From a question to its answer", meters.permissionWait),
                timed("agentws.event.loop.lag", "How late a timer of an event loop comes", meters.loopLag)));
        meters.tools.all().forEach((tool, counts) -> times.add(timed(tool, counts)));
        if (registry instanceof PrometheusMeterRegistry prometheus) {
            prometheus.getPrometheusRegistry().register(new HistogramCollector(times));
        } else {
            times.forEach(each -> timer(registry, each));
        }
    }

    private static Timed timed(String name, String meaning, Histogram histogram) {
        return new Timed(name, meaning, "", "", histogram);
    }

    private static Timed timed(String tool, ToolCounts counts) {
        return new Timed("agentws.tool.run", "Tool calls", "tool", tool, counts.time);
    }

    private static void timer(MeterRegistry registry, Timed timed) {
        FunctionTimer.builder(
                        timed.name(), timed.histogram(), Histogram::count, Histogram::totalSeconds, TimeUnit.SECONDS)
                .tags(timed.label().isEmpty() ? Tags.empty() : Tags.of(timed.label(), timed.value()))
                .description(timed.meaning())
                .register(registry);
    }

    private static void count(MeterRegistry registry, String name, String meaning, LongAdder count) {
        FunctionCounter.builder(name, count, LongAdder::sum)
                .description(meaning)
                .register(registry);
    }

    private static void count(
            MeterRegistry registry, String name, String label, String meaning, Labelled<LongAdder> counts) {
        counts.all().forEach((value, count) -> FunctionCounter.builder(name, count, LongAdder::sum)
                .tag(label, value)
                .description(meaning)
                .register(registry));
    }

    private void sum(MeterRegistry registry, String name, String meaning, ToLongFunction<LoopCounts> count) {
        FunctionCounter.builder(name, meters, own -> own.sum(count))
                .description(meaning)
                .register(registry);
    }
}
