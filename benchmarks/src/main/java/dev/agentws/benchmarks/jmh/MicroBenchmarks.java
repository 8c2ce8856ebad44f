package dev.agentws.benchmarks.jmh;

import com.fasterxml.jackson.databind.ObjectMapper;
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
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/** Runs the microbenchmarks in forked JVMs and writes one Markdown and one JSON report. */
public final class MicroBenchmarks {
    private static final String USAGE = """
            jmh [--quick] [--include REGEX] [--out DIRECTORY] [--name NAME]
              --quick    one size, one script, very short: does it run, is the path free of allocation
              --include  only benchmarks whose name matches, for example 'transcode_.*'
              --out      where the reports go (benchmarks/results)
              --name     their name (latest): NAME-jmh.md and NAME-jmh.json""";

    /** Kinds of delta that are no text differ little from it, so they are measured at one size; tool input becomes no frame. */
    private static final List<Part> FULL = List.of(
            new Part(".*", List.of("20", "200", "4096"), List.of("ascii", "escaped", "cjk")),
            new Part("DeltaBenchmark\\.(recognise|read|frame|transcode)_.*", List.of("200"), List.of("thinking")),
            new Part("DeltaBenchmark\\.(recognise|read)_.*", List.of("200"), List.of("tool_input")));

    private static final List<Part> QUICK = List.of(
            new Part(".*", List.of("200"), List.of("ascii")),
            new Part("DeltaBenchmark\\.read_ours$", List.of("200"), List.of("thinking", "tool_input")));

    private MicroBenchmarks() {}

    /** Returns the exit code: 0 all measured, 1 a benchmark failed or the steady path allocates, 2 misuse. */
    public static int run(List<String> arguments, PrintStream out) {
        try {
            Flags flags = new Flags(arguments, List.of("--include", "--out", "--name"), List.of("--quick", "--help"));
            if (flags.has("--help")) {
                out.println(USAGE);
                return 0;
            }
            return measure(flags, out);
        } catch (Flags.Misuse e) {
            out.println(e.getMessage());
            out.println(USAGE);
            return 2;
        } catch (IOException | RunnerException e) {
            out.println("jmh: " + e);
            return 1;
        }
    }

    private static int measure(Flags flags, PrintStream out) throws IOException, RunnerException {
        boolean quick = flags.has("--quick");
        RunFacts facts = RunFacts.here();
        String include = flags.text("--include", ".*");
        List<Measurement> measurements = new ArrayList<>();
        for (Part part : quick ? QUICK : FULL) {
            if (part.asked(include)) {
                new Runner(options(part, include, quick))
                        .run()
                        .forEach(result -> measurements.add(Measurement.of(result)));
            }
        }
        if (measurements.isEmpty()) {
            throw new Flags.Misuse("--include: " + include + " (expected: what the name of a benchmark has in it)");
        }
        Path directory = flags.path("--out", "benchmarks/results");
        String name = flags.text("--name", "latest");
        Files.createDirectories(directory);
        Path markdown = directory.resolve(name + "-jmh.md");
        Files.writeString(markdown, MicroReport.markdown(facts, measurements, quick));
        Files.writeString(directory.resolve(name + "-jmh.json"), json(facts, measurements, quick));
        out.println();
        out.print(MicroReport.table(measurements));
        out.println("written: " + markdown + " and " + name + "-jmh.json");
        // In a short run on a busy machine the run's own objects weigh more; the smallest object has 16 bytes.
        double most = quick ? 8 : 1;
        List<Measurement> wasteful =
                measurements.stream().filter(each -> each.wasteful(most)).toList();
        for (Measurement each : wasteful) {
            out.println("ALLOCATES: " + each.step() + "_" + each.by() + " at " + each.bytes() + " bytes of "
                    + each.text() + ": " + each.allocated() + " B (expected: 0)");
        }
        return wasteful.isEmpty() ? 0 : 1;
    }

    private static Options options(Part part, String include, boolean quick) {
        ChainedOptionsBuilder options = new OptionsBuilder()
                .include(part.pattern(include))
                .param("bytes", part.bytes().toArray(String[]::new))
                .param("text", part.texts().toArray(String[]::new))
                .forks(1)
                .shouldFailOnError(true)
                .addProfiler(GCProfiler.class)
                .jvmArgs(flags());
        if (quick) {
            return options.warmupIterations(2)
                    .warmupTime(TimeValue.milliseconds(200))
                    .measurementIterations(1)
                    .measurementTime(TimeValue.milliseconds(200))
                    .build();
        }
        return options.warmupIterations(3)
                .warmupTime(TimeValue.milliseconds(500))
                .measurementIterations(8)
                .measurementTime(TimeValue.milliseconds(200))
                .build();
    }

    /**
     * Those of the launcher that change what a delta costs, so that what is measured is what runs. Serial: no collector threads beside the
     * one that is measured. Leak detection samples buffers, which allocates.
     */
    private static String[] flags() {
        List<String> flags = new ArrayList<>(List.of(
                "-XX:+UseSerialGC",
                "-Xms256m",
                "-Xmx256m",
                "-Djmh.executor=CUSTOM",
                "-Djmh.executor.class=" + LoopThreads.class.getName(),
                "-Dio.netty.leakDetection.level=disabled"));
        if (Runtime.version().feature() >= 24) {
            flags.addAll(List.of("-Dio.netty.noUnsafe=false", "--sun-misc-unsafe-memory-access=allow"));
        }
        return flags.toArray(String[]::new);
    }

    private static String json(RunFacts facts, List<Measurement> measurements, boolean quick) throws IOException {
        Map<String, Object> root = new LinkedHashMap<>(facts.asMap());
        root.put("quick", quick);
        root.put("measurements", measurements.stream().map(Measurement::asMap).toList());
        return new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(root) + "\n";
    }

    /** Some benchmarks with the values of their parameters, for each of which there is a run. */
    private record Part(String benchmarks, List<String> bytes, List<String> texts) {
        private static final String PACKAGE = MicroBenchmarks.class.getPackageName() + ".";

        String pattern(String include) {
            return "^" + Pattern.quote(PACKAGE) + "(?=.*(?:" + include + "))" + benchmarks;
        }

        /** Whether there is any such; JMH takes it for a slip of the pen if there is none. */
        boolean asked(String include) {
            Pattern pattern = Pattern.compile(pattern(include));
            return Stream.of(DeltaBenchmark.class, ClientMessageBenchmark.class)
                    .flatMap(
                            type -> Stream.of(type.getMethods()).map(method -> type.getName() + "." + method.getName()))
                    .anyMatch(name -> pattern.matcher(name).find());
        }
    }
}
