package dev.agentws.benchmarks.chaos;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A redis-server of our own that writes every change to its file. For one thread. The library's tests have one much like it
 * ({@code RedisServer}), which skips a test where this one installs what is missing: to share it, this program would have to carry the
 * library's tests, or the library a starter of Redis.
 */
public final class RedisProcess implements AutoCloseable {
    private final Path program;
    private final Path directory;
    private final int port;
    private @Nullable Process process;

    private RedisProcess(Path program, Path directory, int port) {
        this.program = program;
        this.directory = directory;
        this.port = port;
    }

    /**
     * Starts one.
     *
     * @throws IOException when there is none and none can be installed
     */
    public static RedisProcess start(Path directory) throws IOException, InterruptedException {
        available();
        Optional<Path> program = find();
        if (program.isEmpty()) {
            throw new IOException(
                    "redis-server: not on the PATH (expected: install it, as with apt-get install redis-server)");
        }
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        RedisProcess redis = new RedisProcess(program.orElseThrow(), Files.createDirectories(directory), port);
        redis.start();
        return redis;
    }

    /** Whether there is one; where there is none, and we may, it is installed by its name first. */
    static boolean available() throws IOException, InterruptedException {
        if (find().isEmpty() && Files.isExecutable(Path.of("/usr/bin/apt-get"))) {
            new ProcessBuilder("apt-get", "install", "-y", "-q", "--no-install-recommends", "redis-server")
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
        }
        return find().isPresent();
    }

    /** Whether there is one already. */
    public static boolean present() {
        return find().isPresent();
    }

    private static Optional<Path> find() {
        return Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .map(folder -> Path.of(folder, "redis-server"))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** With what it had written. */
    void start() throws IOException {
        List<String> command = List.of(
                program.toString(),
                "--port",
                Integer.toString(port),
                "--bind",
                "127.0.0.1",
                "--dir",
                directory.toString(),
                "--appendonly",
                "yes",
                "--appendfsync",
                "always",
                "--save",
                "");
        Process started = new ProcessBuilder(command).redirectErrorStream(true).start();
        process = started;
        BufferedReader said =
                new BufferedReader(new InputStreamReader(started.getInputStream(), StandardCharsets.UTF_8));
        String line = said.readLine();
        while (line != null && !line.contains("Ready to accept connections")) {
            line = said.readLine();
        }
        if (line == null) {
            throw new IOException("redis-server did not start in " + directory);
        }
    }

    /** As a power cut would, without a goodbye. */
    void kill() {
        Process running = process;
        if (running != null) {
            running.destroyForcibly().onExit().join();
        }
    }

    int port() {
        return port;
    }

    public String url() {
        return "redis://127.0.0.1:" + port;
    }

    @Override
    public void close() {
        kill();
    }
}
