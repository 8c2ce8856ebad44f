package dev.agentws.server;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Model.CommandSpec;

/**
 * {@code agentws demo}: a whole server with the simulated Claude behind it, a client of it over a real WebSocket, and one
 * conversation between the two, printed as it happens. Everything of it lives in a temporary directory and is gone afterwards.
 */
final class DemoCommand {
    private static final Logger log = LoggerFactory.getLogger(DemoCommand.class);
    /** Longer than any pause of the simulated Claude; who waits longer waits for nothing. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final long CLOSE_SECONDS = 8;

    private final Surroundings surroundings;
    private final Launcher launcher;
    private final Path tempDirectory;
    private final Duration patience;

    private DemoCommand(Surroundings surroundings, Launcher launcher, Path tempDirectory, Duration patience) {
        this.surroundings = surroundings;
        this.launcher = launcher;
        this.tempDirectory = tempDirectory;
        this.patience = patience;
    }

    /** @param tempDirectory where the demo makes its own directory */
    static CommandSpec spec(Surroundings surroundings, Launcher launcher, Path tempDirectory) {
        return spec(surroundings, launcher, tempDirectory, PATIENCE);
    }

    /** @param patience the longest silence that is waited through */
    static CommandSpec spec(Surroundings surroundings, Launcher launcher, Path tempDirectory, Duration patience) {
        DemoCommand demo = new DemoCommand(surroundings, launcher, tempDirectory, patience);
        CommandSpec spec = CommandSpec.wrapWithoutInspection((Callable<Integer>) demo::run);
        spec.name("demo").mixinStandardHelpOptions(true);
        spec.usageMessage()
                .description("Plays one conversation with the simulated Claude over a real WebSocket and prints it.%n");
        return spec;
    }

    private int run() throws StartFailure {
        Path home = directory();
        // The same deletion on both ways out; the second one finds nothing.
        surroundings.onShutdown().accept(() -> delete(home));
        try {
            play(home);
            return Program.OK;
        } catch (IOException e) {
            throw new StartFailure("demo: " + BadSetting.printable(String.valueOf(e.getMessage())));
        } finally {
            delete(home);
        }
    }

    private Path directory() throws StartFailure {
        try {
            Path home =
                    Files.createTempDirectory(tempDirectory, "agentws-demo-").toRealPath();
            Path work = Files.createDirectory(home.resolve("files"));
            Files.writeString(work.resolve("notes.txt"), "Buy milk.\nCall Ada.\nWrite the report.\n");
            Files.writeString(work.resolve("prices.csv"), "item,price\nmilk,1.20\n");
            return home;
        } catch (IOException e) {
            throw new StartFailure("demo: no directory to work in below " + tempDirectory + " ("
                    + BadSetting.printable(String.valueOf(e.getMessage())) + ")");
        }
    }

    private void play(Path home) throws IOException, StartFailure {
        ExecutorService keyReader = Executors.newSingleThreadExecutor(task -> {
            Thread thread = new Thread(task, "agentws-demo-key");
            thread.setDaemon(true);
            return thread;
        });
        Path keyPath = home.resolve("key");
        KeyFile key = new KeyFile(List.of(keyPath), keyReader, new SecureRandom());
        key.prepare();
        Settings settings = settings(home, keyPath);
        Running server = launcher.start(settings, key);
        try {
            String authority = WebAddress.authority(
                    settings.listen().host(), server.address().getPort());
            talk(
                    URI.create("ws://" + authority + "/ws"),
                    Files.readString(keyPath).strip());
        } finally {
            close(server);
            keyReader.shutdownNow();
        }
    }

    private void talk(URI address, String key) throws StartFailure {
        DemoCommandScreen screen = new DemoCommandScreen(surroundings.out(), System::nanoTime);
        screen.title(address);
        try (DemoCommandClient client = DemoCommandClient.connect(address, patience)) {
            new DemoCommandTalk(client, key, screen).run();
        }
    }

    /** Nothing of the user's environment, so that the demo is the same for everybody and touches nothing of theirs. */
    private Settings settings(Path home, Path key) throws StartFailure {
        Surroundings bare = new Surroundings(
                Map.of(),
                new Place(home, home.resolve("files")),
                1,
                surroundings.out(),
                surroundings.err(),
                surroundings.onShutdown(),
                surroundings.onSignal());
        Map<String, String> values = Map.of(
                SettingsTable.PORT.name(), "0",
                SettingsTable.API_KEY_PATH.name(), key.toString(),
                SettingsTable.SIMULATE.name(), "true",
                SettingsTable.WARM_UP.name(), "false",
                SettingsTable.LOG_LEVEL.name(), "warn");
        try {
            Settings settings = new SettingsReader(values, bare, Map.of()).read();
            settings.logLevel().apply();
            return settings;
        } catch (BadSetting e) {
            throw new StartFailure("demo: " + e.getMessage());
        }
    }

    private static void close(Running server) {
        try {
            server.close();
            server.closed().toCompletableFuture().get(CLOSE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            log.warn("demo: the server did not close in good order", e);
        }
    }

    private static void delete(Path home) {
        if (!Files.exists(home)) {
            return;
        }
        try (Stream<Path> all = Files.walk(home)) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(each);
            }
        } catch (IOException e) {
            log.warn("demo: {} could not be removed", home, e);
        }
    }
}
