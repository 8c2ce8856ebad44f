package dev.agentws.benchmarks.load;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.agentws.benchmarks.load.LoadRun.Server;
import dev.agentws.benchmarks.load.Scenario.Link;
import dev.agentws.benchmarks.report.RunFacts;
import dev.agentws.benchmarks.report.Table;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Plays the scenarios against the targets in turn, so that all of them see the same minutes of a machine that others use too. Scenarios
 * that only look at memory get a fresh process each. Used by one thread.
 */
final class Suite {
    private static final int WARM_UPS = 3;
    private static final int WARM_UP_DELTAS = 2000;

    /**
     * How it is done.
     *
     * @param rounds how often each scenario of streams is played
     * @param quick small loads and one warm-up
     * @param threads of the clients
     * @param work for logs and builds
     * @param raw one JSON line for each result
     */
    record Plan(List<Scenario> scenarios, int rounds, boolean quick, int threads, Path work, Path raw) {}

    private final Plan plan;
    private final Upstream upstream;
    private final @Nullable Upstream tlsUpstream;
    private final RunFacts facts;
    private final PrintStream out;
    private final List<Result> results = new ArrayList<>();

    /** @param tlsUpstream for the scenarios with TLS, which are left out without it */
    Suite(Plan plan, Upstream upstream, @Nullable Upstream tlsUpstream, RunFacts facts, PrintStream out) {
        this.plan = plan;
        this.upstream = upstream;
        this.tlsUpstream = tlsUpstream;
        this.facts = facts;
        this.out = out;
    }

    List<Result> results() {
        return List.copyOf(results);
    }

    /** Measures servers that it starts itself. */
    void play(List<Target> targets) throws IOException, InterruptedException {
        List<Scenario> streams = of(true);
        Map<Target, Child> running = new LinkedHashMap<>();
        Map<Target, Server> servers = new LinkedHashMap<>();
        try {
            for (Target target : streams.isEmpty() ? List.<Target>of() : targets) {
                start(target, running, servers);
            }
            for (Scenario scenario : streams) {
                for (int round = 1; round <= plan.rounds; round++) {
                    for (Server server : servers.values()) {
                        play(scenario, round, server);
                    }
                }
            }
        } finally {
            running.values().forEach(Child::close);
        }
        for (Scenario scenario : of(false)) {
            for (Target target : targets) {
                playFresh(scenario, target);
            }
        }
    }

    private List<Scenario> of(boolean streams) {
        return plan.scenarios.stream().filter(each -> each.fresh() != streams).toList();
    }

    /** Measures a server that runs already. */
    void play(Server server) throws IOException, InterruptedException {
        if (!of(true).isEmpty()) {
            warmUp(server);
        }
        for (Scenario scenario : plan.scenarios) {
            if (scenario.link() != Link.PLAIN) {
                continue;
            }
            int rounds = scenario.mode() == Scenario.Mode.STREAM ? plan.rounds : 1;
            for (int round = 1; round <= rounds; round++) {
                play(scenario, round, server);
            }
        }
    }

    private void start(Target target, Map<Target, Child> running, Map<Target, Server> servers)
            throws IOException, InterruptedException {
        int port = Child.freePort();
        Child child;
        try {
            child = child(target, port, upstream, Link.PLAIN);
        } catch (IOException e) {
            keep(notStarted(target, e));
            return;
        }
        running.put(target, child);
        keep(new Result(target.name(), "start", 1)
                .with("start_s", child.startSeconds())
                .with("lost", 0)
                .with("errors", 0));
        Server server = new Server(
                target.name(), Address.local(port, target.webSocket()), target.token(), new ProcessTree(child.pid()));
        warmUp(server);
        servers.put(target, server);
    }

    private Child child(Target target, int port, Upstream behind, Link link) throws IOException, InterruptedException {
        Map<String, String> environment = new LinkedHashMap<>(target.environment());
        environment.put("PORT", Integer.toString(port));
        environment.put("TOKEN", target.token());
        environment.put("UPSTREAM", behind.url());
        environment.putAll(behind.settings(link));
        return Child.start(target.name(), target.command().apply(port), environment, plan.work, port);
    }

    private static Result notStarted(Target target, IOException why) {
        return new Result(target.name(), "start", 1)
                .with("lost", 0)
                .with("errors", 1)
                .with("first_error", String.valueOf(why.getMessage()));
    }

    private void warmUp(Server server) throws IOException, InterruptedException {
        Scenario scenario = Scenarios.warmUp(WARM_UP_DELTAS);
        for (int i = 0; i < (plan.quick ? 1 : WARM_UPS); i++) {
            Result result = new LoadRun(server, upstream, plan.threads, out)
                    .play(plan.quick ? scenario.quick() : scenario, i + 1);
            if (!result.sound()) {
                keep(result);
            }
        }
    }

    private void playFresh(Scenario scenario, Target target) throws IOException, InterruptedException {
        boolean plain = scenario.link() == Link.PLAIN;
        Upstream behind = plain ? upstream : tlsUpstream;
        if (behind == null || !(plain || target.name().startsWith(Target.OURS))) {
            return;
        }
        int port = Child.freePort();
        try (Child child = child(target, port, behind, scenario.link())) {
            Server server = new Server(
                    target.name(),
                    Address.local(port, target.webSocket()),
                    target.token(),
                    new ProcessTree(child.pid()));
            boolean streams = scenario.mode() == Scenario.Mode.STREAM;
            if (streams) {
                warmUp(server);
            }
            for (int round = 1; round <= (streams ? plan.rounds : 1); round++) {
                play(scenario, round, server);
            }
        } catch (IOException e) {
            keep(notStarted(target, e));
        }
    }

    private void play(Scenario scenario, int round, Server server) throws IOException, InterruptedException {
        if (!server.address().takes(scenario)) {
            return;
        }
        Scenario played = plan.quick ? scenario.quick() : scenario;
        keep(new LoadRun(server, upstream, plan.threads, out).play(played, round));
    }

    private void keep(Result result) throws IOException {
        results.add(result);
        Map<String, Object> line = new LinkedHashMap<>(facts.asMap());
        line.put("quick", plan.quick);
        line.putAll(result.asMap());
        Files.writeString(
                plan.raw,
                new ObjectMapper().writeValueAsString(line) + "\n",
                StandardOpenOption.CREATE,
                StandardOpenOption.APPEND);
        out.println(summary(result));
    }

    private static String summary(Result result) {
        StringBuilder line = new StringBuilder(128)
                .append(String.format("%-12s %-11s round %d:", result.target, result.scenario, result.round));
        for (String name : List.of(
                "start_s",
                "deltas",
                "deltas_per_s",
                "cpu_us_per_delta",
                "latency_p50_us",
                "latency_p99_us",
                "rss_mb",
                "kb_per_connection",
                "pulled_mb")) {
            double value = result.number(name);
            if (!Double.isNaN(value)) {
                line.append(' ').append(name).append(' ').append(Table.number(value));
            }
        }
        if (!result.sound()) {
            line.append(" LOST ").append(result.text("lost")).append(" ERRORS ").append(result.text("errors"));
            line.append(": ").append(result.text("first_error"));
        }
        return line.toString();
    }
}
