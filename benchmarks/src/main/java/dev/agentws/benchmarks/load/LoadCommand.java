package dev.agentws.benchmarks.load;

import dev.agentws.benchmarks.load.LoadRun.Server;
import dev.agentws.benchmarks.load.Suite.Plan;
import dev.agentws.benchmarks.report.Flags;
import dev.agentws.benchmarks.report.RunFacts;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The load harness from its flags to its reports. */
public final class LoadCommand {
    private static final String USAGE = """
            load [--scenarios S1,S1b,...] [--targets agentws,floor-c,...] [--rounds N] [--quick] ...
              --scenarios  S1 S1b TXT-escaped TXT-cjk THINK S2q S2h M1 S1-tls S1-h2 S3 S4 (all)
              --targets    agentws floor-c node-ws go vertx nginx (agentws, floor-c, node-ws); what cannot be built is skipped
              --rounds     how often each scenario of streams is played on each target (3)
              --quick      small loads, one round: shows that all of it works, not what it costs
              --java-flags JVM flags of agentws, behind those of its launcher
              --variants   agentws once more with other settings: 'LABEL:NAME=VALUE NAME=VALUE;LABEL:...'
              --command    another server: a shell command that gets PORT, TOKEN, UPSTREAM and execs it; --label names it
              --url        a server that runs already: ws://HOST:PORT/PATH (http://HOST:PORT: the API itself), with --token, and --pid to read its cost
              --upstream   a simulated upstream that runs already: http://127.0.0.1:PORT
              --jar        the program (server/target/agentws-server.jar)
              --peers      their sources (benchmarks/peers)
              --work       builds and logs (benchmarks/target/load)
              --threads    event loops of the clients (1)
              --out        where the reports go (benchmarks/results)
              --name       their name (latest): NAME-load.md and NAME-load.svg; raw/NAME-load.jsonl grows""";

    private static final List<String> VALUES = List.of(
            "--scenarios",
            "--targets",
            "--rounds",
            "--java-flags",
            "--variants",
            "--command",
            "--label",
            "--url",
            "--token",
            "--pid",
            "--upstream",
            "--jar",
            "--peers",
            "--work",
            "--threads",
            "--out",
            "--name");
    private final Flags flags;
    private final PrintStream out;
    private final Path work;

    private LoadCommand(Flags flags, PrintStream out) {
        this.flags = flags;
        this.out = out;
        this.work = flags.path("--work", "benchmarks/target/load").toAbsolutePath();
    }

    /** Returns the exit code: 0 nothing lost, 1 something lost or not measured, 2 misuse. */
    public static int run(List<String> arguments, PrintStream out) {
        try {
            Flags flags = new Flags(arguments, VALUES, List.of("--quick", "--help"));
            if (flags.has("--help")) {
                out.println(USAGE);
                return 0;
            }
            return new LoadCommand(flags, out).run();
        } catch (Flags.Misuse e) {
            out.println(e.getMessage());
            out.println(USAGE);
            return 2;
        } catch (IOException e) {
            out.println("load: " + e.getMessage());
            return 1;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            out.println("load: interrupted");
            return 1;
        }
    }

    private int run() throws IOException, InterruptedException {
        boolean quick = flags.has("--quick");
        Path results = flags.path("--out", "benchmarks/results");
        String name = flags.text("--name", "latest");
        Path raw = results.resolve("raw");
        Files.createDirectories(raw);
        Plan plan = new Plan(
                scenarios(),
                flags.number("--rounds", quick ? 1 : 3, 1, 100),
                quick,
                flags.number("--threads", 1, 1, 64),
                work,
                raw.resolve(name + "-load.jsonl"));
        RunFacts facts = RunFacts.here();
        out.print(facts.asLines());
        List<Result> played = play(plan, facts);
        LoadReport report = new LoadReport(facts, played, quick);
        Path markdown = results.resolve(name + "-load.md");
        Files.writeString(markdown, report.markdown(name + "-load.svg"));
        Files.writeString(results.resolve(name + "-load.svg"), report.chart());
        out.println();
        out.print(report.tables());
        out.println("written: " + markdown + " and " + name + "-load.svg; raw: " + plan.raw());
        return verdict(played);
    }

    private List<Result> play(Plan plan, RunFacts facts) throws IOException, InterruptedException {
        String given = flags.text("--upstream");
        Path jar = flags.path("--jar", "server/target/agentws-server.jar").toAbsolutePath();
        if (given == null && !Files.exists(jar)) {
            throw new Flags.Misuse("--jar: " + jar + " (expected: the built program; run make)");
        }
        boolean tls = plan.scenarios().stream().anyMatch(each -> each.link() != Scenario.Link.PLAIN);
        try (Upstream upstream = given == null ? Upstream.start(jar, work) : Upstream.at(given);
                Upstream tlsUpstream = given == null && tls ? Upstream.startWithTls(jar, work) : null) {
            Suite suite = new Suite(plan, upstream, tlsUpstream, facts, out);
            String url = flags.text("--url");
            if (url != null) {
                onlyThatServer();
                ProcessTree process = new ProcessTree(flags.number("--pid", 0, 0, Integer.MAX_VALUE));
                suite.play(new Server(
                        flags.text("--label", "other"), Address.of(url), flags.text("--token", ""), process));
            } else {
                suite.play(targets(jar));
            }
            return suite.results();
        }
    }

    /** With a server that runs already nothing is started, so who asks for more has misunderstood something. */
    private void onlyThatServer() {
        for (String other : List.of("--targets", "--variants", "--command", "--java-flags")) {
            String value = flags.text(other);
            if (value != null) {
                throw new Flags.Misuse(other + ": " + value + " (expected: not together with --url)");
            }
        }
    }

    private List<Scenario> scenarios() {
        List<String> all = Scenarios.ALL.stream().map(Scenario::name).toList();
        List<String> asked = flags.list("--scenarios", String.join(",", all));
        for (String each : asked) {
            if (!all.contains(each)) {
                throw new Flags.Misuse("--scenarios: " + each + " (expected: some of " + all + ")");
            }
        }
        return Scenarios.ALL.stream()
                .filter(each -> asked.contains(each.name()))
                .toList();
    }

    private List<Target> targets(Path jar) throws IOException, InterruptedException {
        List<Target> targets = new ArrayList<>();
        Peers peers = new Peers(flags.path("--peers", "benchmarks/peers"), work, out);
        for (String each : flags.list("--targets", "agentws,floor-c,node-ws")) {
            Target target = target(each, jar, peers);
            if (target != null) {
                targets.add(target);
            }
        }
        targets.addAll(variants(jar));
        String command = flags.text("--command");
        if (command != null) {
            targets.add(new Target(
                    flags.text("--label", "other"),
                    port -> List.of("sh", "-c", command),
                    Map.of(),
                    flags.text("--token", OwnServer.TOKEN),
                    true));
        }
        return targets;
    }

    private @Nullable Target target(String name, Path jar, Peers peers) throws IOException, InterruptedException {
        if (name.equals(Target.OURS)) {
            return OwnServer.target(Target.OURS, jar, flags.text("--java-flags", ""), Map.of(), work);
        }
        if (!Peers.NAMES.contains(name)) {
            throw new Flags.Misuse(
                    "--targets: " + name + " (expected: " + Target.OURS + " or some of " + Peers.NAMES + ")");
        }
        return peers.prepare(name);
    }

    /** agentws once more with other settings: {@code LABEL:NAME=VALUE NAME=VALUE;LABEL:...}. */
    private List<Target> variants(Path jar) throws IOException {
        List<Target> variants = new ArrayList<>();
        for (String each : flags.text("--variants", "").split(";")) {
            if (each.isBlank()) {
                continue;
            }
            Map<String, String> settings = new LinkedHashMap<>();
            int colon = each.indexOf(':');
            for (String setting : each.substring(colon + 1).strip().split(" +")) {
                int equals = setting.indexOf('=');
                if (colon < 1 || equals < 1) {
                    throw new Flags.Misuse("--variants: " + each + " (expected: LABEL:NAME=VALUE)");
                }
                settings.put(setting.substring(0, equals), setting.substring(equals + 1));
            }
            String name = Target.OURS + "-" + each.substring(0, colon).strip();
            variants.add(OwnServer.target(name, jar, flags.text("--java-flags", ""), settings, work));
        }
        return variants;
    }

    private int verdict(List<Result> played) {
        List<Result> bad = played.stream().filter(each -> !each.sound()).toList();
        for (Result each : bad) {
            out.println("NOT SOUND: " + each.target + " " + each.scenario + " round " + each.round + ": lost "
                    + each.text("lost") + ", errors " + each.text("errors") + ", first: " + each.text("first_error"));
        }
        if (bad.isEmpty() && !played.isEmpty()) {
            out.println("every delta came, once and in order");
        }
        return bad.isEmpty() && !played.isEmpty() ? 0 : 1;
    }
}
