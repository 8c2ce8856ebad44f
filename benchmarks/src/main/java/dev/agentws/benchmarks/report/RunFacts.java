package dev.agentws.benchmarks.report;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * Where and when something was measured. Immutable.
 *
 * @param machine processor, number of processors, kernel
 * @param date UTC, to the second
 * @param commit of the source, with a mark if it has changes that are not in it
 * @param jdk of this process
 */
public record RunFacts(String machine, String date, String commit, String jdk) {

    /** What can be found out here; what cannot is "unknown". Blocks for some milliseconds. */
    public static RunFacts here() {
        String date = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
        String jdk = System.getProperty("java.vm.name") + " " + System.getProperty("java.runtime.version");
        return new RunFacts(findMachine(), date, findCommit(), jdk);
    }

    private static String findMachine() {
        String processor = System.getProperty("os.arch");
        try (var lines = Files.lines(Path.of("/proc/cpuinfo"))) {
            processor = lines.filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse(processor);
        } catch (IOException e) {
            // no such file outside of Linux: the architecture has to do
        }
        return processor + ", " + Runtime.getRuntime().availableProcessors() + " processors, "
                + System.getProperty("os.name") + " " + System.getProperty("os.version");
    }

    private static String findCommit() {
        String head = output("git", "rev-parse", "--short=10", "HEAD");
        if (head.isEmpty()) {
            return "unknown";
        }
        boolean changed =
                !output("git", "status", "--porcelain", "--untracked-files=no").isEmpty();
        return changed ? head + " with changes" : head;
    }

    private static String output(String... command) {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0 ? text.strip() : "";
        } catch (IOException e) {
            return "";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "";
        }
    }

    /** For JSON. */
    public Map<String, Object> asMap() {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("machine", machine);
        facts.put("date", date);
        facts.put("commit", commit);
        facts.put("jdk", jdk);
        return facts;
    }

    /** For Markdown. */
    public String asLines() {
        return List.of("machine: " + machine, "date: " + date, "commit: " + commit, "JDK: " + jdk).stream()
                .map(line -> "- " + line + "\n")
                .collect(Collectors.joining());
    }
}
