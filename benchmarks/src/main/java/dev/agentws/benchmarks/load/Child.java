package dev.agentws.benchmarks.load;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** A server that the harness started and ends again, at the latest when it ends itself. Used by one thread. */
final class Child implements AutoCloseable {
    private static final int START_SECONDS = 30;
    private static final int STOP_SECONDS = 8;
    private static final Set<Child> RUNNING = ConcurrentHashMap.newKeySet();
    /** Settings of the one who runs the harness must not reach what it measures. */
    private static final List<String> FOREIGN = List.of(
            "HTTPS_PROXY",
            "https_proxy",
            "HTTP_PROXY",
            "http_proxy",
            "ANTHROPIC_",
            "AGENT_SERVER_",
            "JAVA_TOOL_OPTIONS",
            "JAVA_OPTS");

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> RUNNING.forEach(Child::close), "stop-children"));
    }

    private final Process process;
    private final Path log;
    private final double startSeconds;

    private Child(Process process, Path log, int port, long began) throws IOException, InterruptedException {
        this.process = process;
        this.log = log;
        RUNNING.add(this);
        try {
            await(port);
        } catch (IOException | InterruptedException e) {
            close();
            throw e;
        }
        startSeconds = (System.nanoTime() - began) / 1e9;
    }

    /**
     * Starts a command and waits until it listens.
     *
     * @param directory where it runs; its output goes into {@code name.log} there
     * @throws IOException if it does not listen within half a minute; the message ends with its last words
     */
    static Child start(String name, List<String> command, Map<String, String> environment, Path directory, int port)
            throws IOException, InterruptedException {
        Files.createDirectories(directory);
        Path log = directory.resolve(name + ".log");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectInput(new File("/dev/null"))
                .redirectOutput(log.toFile());
        builder.environment().keySet().removeIf(key -> FOREIGN.stream().anyMatch(key::startsWith));
        builder.environment().putAll(environment);
        long began = System.nanoTime();
        return new Child(builder.start(), log, port, began);
    }

    /** A port that is free just now. */
    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private void await(int port) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
        while (System.nanoTime() < deadline && process.isAlive()) {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 500);
                return;
            } catch (IOException e) {
                TimeUnit.MILLISECONDS.sleep(5);
            }
        }
        throw new IOException("it does not listen on port " + port + "; " + log + " ends with: " + lastWords());
    }

    private String lastWords() throws IOException {
        List<String> lines = Files.readAllLines(log);
        return String.join(" / ", lines.subList(Math.max(0, lines.size() - 5), lines.size()));
    }

    long pid() {
        return process.pid();
    }

    boolean alive() {
        return process.isAlive();
    }

    /** From the start of the process to the first connection it took. */
    double startSeconds() {
        return startSeconds;
    }

    /** Ends it and what it started: politely first. */
    @Override
    public void close() {
        RUNNING.remove(this);
        List<ProcessHandle> all = process.descendants().toList();
        process.destroy();
        try {
            if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor(STOP_SECONDS, TimeUnit.SECONDS);
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        all.forEach(ProcessHandle::destroyForcibly);
    }
}
