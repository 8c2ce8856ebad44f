package dev.agentws.server;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;

/** The program in this process: an environment, a home, and what was printed. The server it starts ends at once. */
final class TestRun {
    final Map<String, String> environment = new HashMap<>();
    final List<Runnable> shutdownTasks = new ArrayList<>();
    /** What happened, for the test. */
    final List<String> seen = new ArrayList<>();
    /** Gets what the program wants to run before it ends. */
    Consumer<Runnable> onShutdownTask = shutdownTasks::add;
    /** Gets what the program wants to run at each signal. */
    Consumer<Runnable> onSignalTask = task -> {};

    final FakeServer server = new FakeServer();
    final Place place;
    Launcher launcher;

    @Nullable
    Settings started;

    @Nullable
    KeyFile key;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    TestRun(Path home) {
        this.place = new Place(home, home);
        this.launcher = (settings, keyFile) -> {
            started = settings;
            key = keyFile;
            return server;
        };
    }

    Surroundings surroundings() {
        return new Surroundings(
                environment,
                place,
                6,
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                task -> onShutdownTask.accept(task),
                task -> onSignalTask.accept(task));
    }

    int run(String... args) {
        return run(List.of(), args);
    }

    int run(List<CommandSpec> subcommands, String... args) {
        return new Program(surroundings(), (settings, keyFile) -> launcher.start(settings, keyFile), subcommands)
                .run(args);
    }

    /** The settings of a run that starts. */
    Settings settings(String... args) {
        int exitCode = run(args);
        if (exitCode != Program.OK || started == null) {
            throw new AssertionError("exit code " + exitCode + ": " + err());
        }
        return started;
    }

    String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    String err() {
        return err.toString(StandardCharsets.UTF_8);
    }

    /** A server that has ended already, so that a run comes back. */
    static final class FakeServer implements Running {
        CompletableFuture<Void> end = CompletableFuture.completedFuture(null);
        int closes;
        int drains;

        @Override
        public InetSocketAddress address() {
            return InetSocketAddress.createUnresolved("127.0.0.1", 45_678);
        }

        @Override
        public CompletionStage<Void> close() {
            closes++;
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public CompletionStage<Void> drain() {
            drains++;
            return end;
        }

        @Override
        public CompletionStage<Void> closed() {
            return end;
        }
    }
}
