package dev.agentws.server;

import dev.agentws.server.rehearsal.PlayedClient;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;

/**
 * {@code agentws train}: goes once through all that a start and a first turn load, so that the JVM can write it into an archive when the
 * process ends. Called by the launcher script, hence not in the help. Everything of it lives in a temporary directory.
 */
final class TrainingCommand {
    /** The archive is of what a start loads; a rehearsal would only be cut short. */
    private static final String WARM_UP = SettingsTable.WARM_UP.name();

    private final Surroundings surroundings;
    private final Launcher launcher;
    private final Path tempDirectory;

    private TrainingCommand(Surroundings surroundings, Launcher launcher, Path tempDirectory) {
        this.surroundings = surroundings;
        this.launcher = launcher;
        this.tempDirectory = tempDirectory;
    }

    /** @param tempDirectory where the command makes its own directory */
    static CommandSpec spec(Surroundings surroundings, Launcher launcher, Path tempDirectory) {
        TrainingCommand training = new TrainingCommand(surroundings, launcher, tempDirectory);
        CommandSpec spec = CommandSpec.wrapWithoutInspection((Callable<Integer>) training::run);
        spec.name("train").mixinStandardHelpOptions(true);
        spec.usageMessage().hidden(true).description("Loads what a start needs, and ends.%n");
        return spec;
    }

    private int run() throws StartFailure, IOException {
        Path home = Files.createTempDirectory(tempDirectory, "agentws-train-").toRealPath();
        try {
            serve(home, Map.of(WARM_UP, "false"), address -> talk(address, key(home)));
            // The way to the real API: its TLS, without a connection.
            serve(home, Map.of("ANTHROPIC_API_KEY", "none", WARM_UP, "false"), address -> {});
            return Program.OK;
        } finally {
            delete(home);
        }
    }

    /** One whole run of the program; {@code visit} while it listens. */
    private void serve(Path home, Map<String, String> environment, Visit visit) throws StartFailure {
        PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
        Surroundings inner = new Surroundings(
                environment,
                new Place(home, home),
                surroundings.processors(),
                nowhere,
                surroundings.err(),
                surroundings.onShutdown(),
                surroundings.onSignal());
        Visitor visitor = new Visitor(visit);
        int exitCode = new Program(inner, visitor.around(launcher), List.of()).run("--port=0");
        IOException fault = visitor.fault;
        if (exitCode != Program.OK || fault != null) {
            throw new StartFailure("train: " + (fault == null ? "exit code " + exitCode : fault.toString()));
        }
    }

    private static void talk(InetSocketAddress address, String key) throws IOException {
        try (PlayedClient client = new PlayedClient(address, key)) {
            client.prompt();
            client.awaitResult();
        }
    }

    private static String key(Path home) throws IOException {
        return Files.readString(KeyFile.placesFor(null, home).get(0)).strip();
    }

    private static void delete(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What is done with a server that listens. */
    private interface Visit {
        void to(InetSocketAddress address) throws IOException;
    }

    /** Visits the server on a thread of its own, as a client would, and closes it. */
    private static final class Visitor {
        private final Visit visit;
        volatile @Nullable IOException fault;

        Visitor(Visit visit) {
            this.visit = visit;
        }

        Launcher around(Launcher launcher) {
            return (settings, key) -> {
                Running running = launcher.start(settings, key);
                CompletableFuture.runAsync(() -> visit(running));
                return running;
            };
        }

        private void visit(Running running) {
            try {
                visit.to(running.address());
            } catch (IOException e) {
                fault = e;
            } finally {
                running.close();
            }
        }
    }
}
