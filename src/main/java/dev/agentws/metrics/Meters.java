package dev.agentws.metrics;

import io.netty.util.concurrent.EventExecutor;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.ToLongFunction;

/**
 * All that one server counts. Thread-safe. No label comes from a client or a model: what is not known from the start is counted as
 * {@link Labelled#OTHER}.
 */
public final class Meters {
    private static final List<String> STATUSES = List.of(
            "200", "400", "401", "402", "403", "404", "408", "413", "429", "500", "502", "503", "504", "529", "none");
    private static final List<String> OUTCOMES = List.of(
            "end_turn",
            "max_tokens",
            "stop_sequence",
            "refusal",
            "pause_turn",
            "model_context_window_exceeded",
            "max_turns",
            "max_budget_usd",
            "max_structured_output_retries",
            "interrupted",
            "server_restart",
            "error");
    private static final List<String> CLOSE_CODES =
            List.of("1000", "1001", "1002", "1003", "1005", "1006", "1007", "1008", "1009", "1011", "1013");
    private static final List<String> ANSWERS = List.of("executing", "denied", "timeout", "cancelled");

    private final Map<EventExecutor, LoopCounts> loops = new ConcurrentHashMap<>();

    public final LongAdder connectionsOpened = new LongAdder();
    /** By close code. */
    public final Labelled<LongAdder> connectionsClosed = new Labelled<>(CLOSE_CODES, LongAdder::new);

    public final LongAdder tokensRefused = new LongAdder();

    public final LongAdder sessionsOpened = new LongAdder();
    public final LongAdder sessionsProcessing = new LongAdder();
    public final LongAdder sessionsWaiting = new LongAdder();
    public final LongAdder promptsWaiting = new LongAdder();

    /** By why they ended. */
    public final Labelled<LongAdder> turns = new Labelled<>(OUTCOMES, LongAdder::new);

    public final Histogram turnTime = new Histogram(0.1, 0.5, 1, 2, 5, 10, 30, 60, 120, 300, 600, 1800);

    /** From the first frame of a loop's round to the end of the flush that sent it. */
    public final Histogram deltaLatency =
            new Histogram(0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5);
    /** How much later than asked for a timer of an event loop runs. */
    public final Histogram loopLag = new Histogram(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5);

    public final Histogram timeToFirstDelta =
            new Histogram(0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1, 1.5, 2, 3, 5, 10, 30, 60);
    public final Histogram modelCallTime = new Histogram(0.1, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600);
    /** By HTTP status; {@code none} where there was no answer. */
    public final Labelled<LongAdder> upstreamAnswers = new Labelled<>(STATUSES, LongAdder::new);

    public final LongAdder upstreamRetries = new LongAdder();

    public final Histogram permissionWait = new Histogram(0.1, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300);
    /** By how they were settled. */
    public final Labelled<LongAdder> permissions = new Labelled<>(ANSWERS, LongAdder::new);

    public final Labelled<ModelCounts> models;
    public final Labelled<ToolCounts> tools;

    /**
     * @param models those with a label of their own
     * @param tools likewise
     */
    public Meters(Collection<String> models, Collection<String> tools) {
        this.models = new Labelled<>(models, ModelCounts::new);
        this.tools = new Labelled<>(tools, ToolCounts::new);
    }

    /** What the loop counts; to be written on it alone. */
    public LoopCounts of(EventExecutor loop) {
        return loops.computeIfAbsent(loop, key -> new LoopCounts());
    }

    /** The sum over all loops. */
    public long sum(ToLongFunction<LoopCounts> count) {
        return loops.values().stream().mapToLong(count).sum();
    }
}
