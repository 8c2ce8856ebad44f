package dev.agentws.benchmarks.chaos;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One server, started again on the same port however often it is killed. For one thread. */
final class NodeProcess implements AutoCloseable {
    private static final int START_SECONDS = 40;
    private static final int STOP_SECONDS = 30;

    private final String name;
    private final Path jar;
    private final Path directory;
    private final Map<String, String> settings;
    private final int port;
    private @Nullable Process process;

    /** @param settings as environment variables */
    NodeProcess(String name, Path jar, Path directory, Map<String, String> settings) throws IOException {
        this.name = name;
        this.jar = jar.toAbsolutePath();
        this.directory = directory;
        this.settings = Map.copyOf(settings);
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
    }

    String name() {
        return name;
    }

    int port() {
        return port;
    }

    Path log() {
        return directory.resolve(name + ".log");
    }

    /** Returns at once. */
    void start() throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1",
                "-jar",
                jar.toString(),
                "--port",
                Integer.toString(port)));
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectInput(new File("/dev/null"))
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()));
        builder.environment()
                .keySet()
                .removeIf(key -> key.startsWith("AGENT_SERVER_")
                        || key.startsWith("ANTHROPIC_")
                        || key.startsWith("JAVA_")
                        || key.toLowerCase(java.util.Locale.ROOT).endsWith("_proxy"));
        builder.environment().putAll(settings);
        process = builder.start();
    }

    /** Blocks until it listens. */
    void await() throws IOException, InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
        while (System.nanoTime() < deadline && alive()) {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 500);
                return;
            } catch (IOException e) {
                TimeUnit.MILLISECONDS.sleep(10);
            }
        }
        throw new IOException("node " + name + ": does not listen, see " + log());
    }

    boolean alive() {
        Process running = process;
        return running != null && running.isAlive();
    }

    /** As {@code kill -9} does. */
    void kill() {
        Process running = process;
        if (running != null) {
            running.destroyForcibly().onExit().join();
        }
    }

    /** Asks it to go, and waits until it is gone. */
    void end() throws InterruptedException {
        Process running = process;
        if (running != null) {
            running.destroy();
            if (!running.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                throw new IllegalStateException("node " + name + ": did not end within " + STOP_SECONDS + " s");
            }
        }
    }

    /** Stops it in its tracks, or lets it go on. */
    void freeze(boolean now) throws IOException, InterruptedException {
        Process running = process;
        if (running != null) {
            new ProcessBuilder("kill", now ? "-STOP" : "-CONT", Long.toString(running.pid()))
                    .start()
                    .waitFor();
        }
    }

    @Override
    public void close() {
        kill();
    }
}
