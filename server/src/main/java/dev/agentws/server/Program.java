package dev.agentws.server;

import io.netty.util.Version;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;

/**
 * One run of the program: reads the command line and the settings, starts what they ask for, and says what happened. All that goes
 * wrong is one line on standard error. Confined to one thread.
 */
final class Program {
    static final int OK = 0;
    static final int FAILED = 1;
    static final int MISUSED = 2;

    private static final Logger log = LoggerFactory.getLogger(Program.class);
    /** As many key checks as connections can wait for one. */
    private static final int KEY_QUEUE = 10_000;

    private final Surroundings surroundings;
    private final Launcher launcher;
    private final Supplier<List<CommandSpec>> subcommands;

    /** @param subcommands what can be run instead of the server; their user objects return the exit code */
    Program(Surroundings surroundings, Launcher launcher, List<CommandSpec> subcommands) {
        this(surroundings, launcher, () -> subcommands);
    }

    /** The same with subcommands that are only made when the command line may name one. */
    Program(Surroundings surroundings, Launcher launcher, Supplier<List<CommandSpec>> subcommands) {
        this.surroundings = surroundings;
        this.launcher = launcher;
        this.subcommands = subcommands;
    }

    /** Runs until the end; the exit code. */
    int run(String... args) {
        Map<String, String> plain = PlainFlags.read(args);
        if (plain == null) {
            return new Arguments().run(args);
        }
        try {
            return serve(plain);
        } catch (BadSetting | StartFailure | RuntimeException e) {
            return complain(e);
        }
    }

    /** The command line by picocli. A class of its own, so that the others can be loaded without it. */
    private final class Arguments {
        private final CommandLine commandLine;

        Arguments() {
            CommandSpec root = Flags.command(this::serveParsed, () -> new String[] {version()});
            subcommands.get().forEach(command -> root.addSubcommand(command.name(), command));
            commandLine = new CommandLine(root)
                    .setOut(new PrintWriter(surroundings.out(), true, StandardCharsets.UTF_8))
                    .setErr(new PrintWriter(surroundings.err(), true, StandardCharsets.UTF_8))
                    .setExecutionStrategy(this::execute)
                    .setParameterExceptionHandler((misuse, args) -> complain(Misuse.describe(misuse), MISUSED))
                    .setExecutionExceptionHandler((failure, command, parsed) -> complain(failure));
        }

        int run(String... args) {
            return commandLine.execute(args);
        }

        private int serveParsed() throws BadSetting, StartFailure {
            return serve(Flags.values(commandLine.getParseResult()));
        }

        private int execute(ParseResult parsed) {
            if (parsed.hasSubcommand() && !parsed.matchedOptions().isEmpty()) {
                String flag = parsed.matchedOptions().get(0).longestName();
                String command = parsed.subcommand().commandSpec().name();
                return complain(
                        flag + ": has no meaning before " + command + " (see agentws " + command + " --help)", MISUSED);
            }
            return new RunLast().execute(parsed);
        }
    }

    static String version() {
        return "agentws " + programVersion() + " (Java " + System.getProperty("java.version") + ", Netty "
                + nettyVersion() + ")";
    }

    static String programVersion() {
        String version = Program.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }

    private static String nettyVersion() {
        Version version = Version.identify().get("netty-common");
        return version == null ? "of unknown version" : version.artifactVersion();
    }

    private int serve(Map<String, String> flags) throws BadSetting, StartFailure {
        Settings settings = settings(flags);
        KeyFile keyFile = keyFile(settings);
        KeyFile.Status key = settings.access().authEnabled() ? keyFile.prepare() : null;
        if (key != null && key.advice() != null) {
            warn(key.advice());
        }
        Running running = start(settings, keyFile);
        Lifetime.await(running, surroundings, new Banner(settings, running.address()).lines(key));
        return OK;
    }

    private Settings settings(Map<String, String> flags) throws BadSetting {
        SettingsReader reader = new SettingsReader(
                flags, surroundings, DotEnvFile.read(surroundings.place().directory()));
        Settings settings = reader.read();
        settings.logLevel().apply();
        settings.operations().logFormat().apply();
        reader.warnings().forEach(this::warn);
        return settings;
    }

    private KeyFile keyFile(Settings settings) {
        return new KeyFile(
                KeyFile.placesFor(
                        settings.access().keyPath(), surroundings.place().home()),
                keyReader(),
                new SecureRandom());
    }

    /** One thread is enough for a small file, and it does not keep the process alive. */
    private static Executor keyReader() {
        ThreadPoolExecutor reader =
                new ThreadPoolExecutor(1, 1, 30, TimeUnit.SECONDS, new LinkedBlockingQueue<>(KEY_QUEUE), task -> {
                    Thread thread = new Thread(task, "agentws-key");
                    thread.setDaemon(true);
                    return thread;
                });
        reader.allowCoreThreadTimeOut(true);
        return reader;
    }

    private Running start(Settings settings, KeyFile keyFile) throws StartFailure {
        try {
            return launcher.start(settings, keyFile);
        } catch (IOException e) {
            log.debug("start failed", e);
            throw new StartFailure(BindFailure.describe(
                    settings.listen().host(), settings.listen().port(), e));
        }
    }

    private int complain(Exception failure) {
        if (failure instanceof BadSetting) {
            return complain(String.valueOf(failure.getMessage()), MISUSED);
        }
        if (failure instanceof StartFailure) {
            return complain(String.valueOf(failure.getMessage()), FAILED);
        }
        log.debug("failed", failure);
        return complain(
                "failed: " + BadSetting.printable(failure.toString()) + " (more with --log-level=debug)", FAILED);
    }

    private int complain(String line, int exitCode) {
        surroundings.err().println("agentws: " + line);
        return exitCode;
    }

    private void warn(String line) {
        surroundings.err().println("agentws: warning: " + line);
    }
}
