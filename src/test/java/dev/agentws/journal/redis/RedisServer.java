package dev.agentws.journal.redis;

import static org.assertj.core.api.Assumptions.assumeThat;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.nio.NioIoHandler;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A redis-server on a port of its own, if this machine has one; ended by {@link #close}. */
public final class RedisServer implements AutoCloseable {
    private final Path program;
    private final Path directory;
    private final int port;
    private final String fsync;
    private final @Nullable RedisServer primary;
    private @Nullable Process process;

    private RedisServer(Path program, Path directory, int port, String fsync, @Nullable RedisServer primary) {
        this.primary = primary;
        this.program = program;
        this.directory = directory;
        this.port = port;
        this.fsync = fsync;
    }

    /** One that keeps what it confirms. Skips the test where there is no redis-server. */
    public static RedisServer start(Path directory) throws IOException {
        return start(directory, "always");
    }

    /** @param fsync as Redis calls it: {@code always}, or {@code no} for one that may lose what it confirmed */
    public static RedisServer start(Path directory, String fsync) throws IOException {
        return start(directory, fsync, null);
    }

    /** One that copies another. */
    static RedisServer replica(Path directory, RedisServer primary) throws IOException {
        primary.say("CONFIG SET repl-diskless-sync-delay 0");
        return start(directory, "no", primary);
    }

    private static RedisServer start(Path directory, String fsync, @Nullable RedisServer primary) throws IOException {
        Optional<Path> program = Arrays.stream(
                        System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .map(folder -> Path.of(folder, "redis-server"))
                .filter(Files::isExecutable)
                .findFirst();
        assumeThat(program).as("redis-server on the PATH").isPresent();
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        RedisServer server = new RedisServer(program.orElseThrow(), directory, port, fsync, primary);
        server.start();
        return server;
    }

    /** With what it had written to its file. */
    public void start() throws IOException {
        List<String> command = new ArrayList<>(List.of(
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
                fsync,
                "--save",
                ""));
        if (primary != null) {
            command.addAll(List.of("--replicaof", "127.0.0.1", Integer.toString(primary.port)));
        }
        Process started = new ProcessBuilder(command).redirectErrorStream(true).start();
        process = started;
        BufferedReader said =
                new BufferedReader(new InputStreamReader(started.getInputStream(), StandardCharsets.UTF_8));
        StringBuilder all = new StringBuilder();
        String line = said.readLine();
        while (line != null && !line.contains("Ready to accept connections")) {
            all.append(line).append('\n');
            line = said.readLine();
        }
        if (line == null) {
            throw new IOException("redis-server did not start:\n" + all);
        }
    }

    /** As a power cut would, without a goodbye. */
    public void kill() {
        Process running = process;
        if (running != null) {
            running.destroyForcibly().onExit().join();
        }
    }

    /** Kills it and starts it again without what it wrote since then: as if none of that had reached the disk. */
    public void forget(Written since) throws IOException {
        kill();
        delete(files());
        copy(since.copy, files());
        start();
    }

    /** What is in its file. */
    public static final class Written {
        private final Path copy;

        private Written(Path copy) {
            this.copy = copy;
        }
    }

    /** Kills it and starts it again, with all that it had written. */
    public Written restart() throws IOException {
        kill();
        Path copy = Files.createTempDirectory(directory, "copy");
        copy(files(), copy);
        start();
        return new Written(copy);
    }

    private Path files() {
        return directory.resolve("appendonlydir");
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.createDirectories(to);
        for (Path file : list(from)) {
            Files.copy(file, to.resolve(file.getFileName()));
        }
    }

    private static void delete(Path folder) throws IOException {
        for (Path file : list(folder)) {
            Files.delete(file);
        }
    }

    private static List<Path> list(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        }
    }

    /** One command whose answer is a word or a number, for what no journal does. */
    public void say(String command) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.getOutputStream().write((command + "\r\n").getBytes(StandardCharsets.US_ASCII));
            int answer = socket.getInputStream().read();
            if (answer != '+' && answer != ':') {
                throw new IOException(command + " was refused");
            }
        }
    }

    /** One command whose answer is a text. */
    public String ask(String command) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.getOutputStream().write((command + "\r\n").getBytes(StandardCharsets.US_ASCII));
            BufferedReader answer =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
            int length = Integer.parseInt(answer.readLine().substring(1));
            char[] text = new char[Math.max(0, length)];
            for (int read = 0; read < text.length; ) {
                read += answer.read(text, read, text.length - read);
            }
            return new String(text);
        }
    }

    public String url() {
        return "redis://127.0.0.1:" + port;
    }

    public InetSocketAddress address() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    static EventLoopGroup loops() {
        IoHandlerFactory handlers = Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
        return new MultiThreadIoEventLoopGroup(1, handlers);
    }

    static void end(EventLoopGroup loops) {
        loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
    }

    @Override
    public void close() {
        kill();
    }
}
