package dev.agentws.benchmarks.load;

import dev.agentws.benchmarks.chaos.ChaosSocket;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A server with a directory of sessions, started and stopped as often as wanted. For one thread. */
final class Dormitory {
    private static final int PATIENCE_MS = 30_000;
    private static final int MAKERS = 4;
    /** Sessions of one connection; they fall asleep when it is closed. */
    private static final int BATCH = 100;

    private static final Pattern USED = Pattern.compile("(?:generation|heap)\\s+total \\d+K, used (\\d+)K");
    private static final Pattern ASLEEP = Pattern.compile("agentws_sessions\\{state=\"asleep\"} ([0-9.E]+)");

    private final Path jar;
    private final Path directory;
    private final URI model;
    private int port;
    private @Nullable Child child;

    /** How long a prompt took to its first frame, while the session slept and again while it was awake. */
    record Wake(double asleepMs, double awakeMs) {}

    Dormitory(Path jar, Path directory, URI model) {
        this.jar = jar;
        this.directory = directory;
        this.model = model;
    }

    /** Returns the seconds from the start of the process to its first connection. */
    double start() throws IOException, InterruptedException {
        Files.createDirectories(directory);
        port = Child.freePort();
        Map<String, String> settings = SleepersCommand.settings(directory, model.toString());
        Target target = OwnServer.target("sleepers", jar, "", settings, directory);
        Child started = Child.start("sleepers", target.command().apply(port), target.environment(), directory, port);
        child = started;
        return started.startSeconds();
    }

    void stop() {
        Objects.requireNonNull(child).close();
    }

    /** Makes sessions with one turn each; returns their ids once all are asleep. */
    List<String> fill(int count) throws IOException, ExecutionException, InterruptedException {
        List<String> ids = new ArrayList<>();
        ExecutorService makers = Executors.newFixedThreadPool(MAKERS);
        try {
            List<Future<List<String>>> all = new ArrayList<>();
            for (int from = 0; from < count; from += BATCH) {
                int first = from;
                all.add(makers.submit(() -> make(first, Math.min(BATCH, count - first))));
            }
            for (Future<List<String>> each : all) {
                ids.addAll(each.get());
            }
        } finally {
            makers.shutdown();
        }
        awaitAsleep(count);
        return ids;
    }

    private List<String> make(int first, int count) throws IOException {
        List<String> ids = new ArrayList<>();
        try (ChaosSocket socket = new ChaosSocket(port, PATIENCE_MS)) {
            for (int i = first; i < first + count; i++) {
                String id = String.format("2c9b5a10-7f3e-4d62-9a41-%012d", i);
                socket.send("{\"type\":\"create_session\",\"session_id\":\"" + id + "\"}");
                await(socket, id, "session_created");
                socket.send(prompt(id, "Say hello to number " + i + ", please, and nothing else."));
                await(socket, id, "agent_result");
                ids.add(id);
            }
        }
        return ids;
    }

    /** Prompts each twice. */
    List<Wake> wake(List<String> ids) throws IOException {
        List<Wake> wakes = new ArrayList<>();
        try (ChaosSocket socket = new ChaosSocket(port, PATIENCE_MS)) {
            for (String id : ids) {
                double asleep = time(socket, id);
                wakes.add(new Wake(asleep, time(socket, id)));
            }
        }
        return wakes;
    }

    private static double time(ChaosSocket socket, String id) throws IOException {
        long began = System.nanoTime();
        socket.send(prompt(id, "Say hello again."));
        await(socket, id, "agent_thinking");
        double millis = (System.nanoTime() - began) / 1e6;
        await(socket, id, "agent_result");
        return millis;
    }

    private static String prompt(String id, String text) {
        return "{\"type\":\"send_prompt\",\"session_id\":\"" + id + "\",\"prompt\":\"" + text + "\"}";
    }

    private static void await(ChaosSocket socket, String id, String type) throws IOException {
        String frame;
        do {
            frame = socket.read();
            if (frame == null || frame.startsWith("{\"type\":\"error\"")) {
                throw new IOException("session " + id + ": " + frame + " (expected: " + type + ")");
            }
        } while (!frame.startsWith("{\"type\":\"" + type + "\"") || !frame.contains(id));
    }

    void awaitAsleep(int count) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MS);
        while (asleep() != count) {
            if (System.nanoTime() > deadline) {
                throw new IOException("asleep: " + asleep() + " (expected: " + count + ")");
            }
            TimeUnit.MILLISECONDS.sleep(50);
        }
    }

    private int asleep() throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/metrics"))
                .build();
        String page = HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.ofString())
                .body();
        Matcher found = ASLEEP.matcher(page);
        return found.find() ? (int) Double.parseDouble(found.group(1)) : -1;
    }

    /** What is left on the heap after full collections. */
    long heapBytes() throws IOException, InterruptedException {
        asleep();
        jcmd("GC.run");
        jcmd("GC.run");
        Matcher used = USED.matcher(jcmd("GC.heap_info"));
        long bytes = 0;
        while (used.find()) {
            bytes += Long.parseLong(used.group(1)) * 1024;
        }
        return bytes;
    }

    private String jcmd(String what) throws IOException, InterruptedException {
        String tool = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
        String pid = Long.toString(Objects.requireNonNull(child).pid());
        Process process =
                new ProcessBuilder(tool, pid, what).redirectErrorStream(true).start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException("jcmd " + what + ": " + text);
        }
        return text;
    }
}
