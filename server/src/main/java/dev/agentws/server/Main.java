package dev.agentws.server;

import dev.agentws.server.chat.ChatTerminal;
import dev.agentws.server.chat.JLineTerminal;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;

/** The door: joins the process to {@link Program}. */
public final class Main {
    private Main() {}

    /** Runs the program and ends the process with its exit code. */
    public static void main(String[] args) {
        Place place = new Place(
                Place.home(System.getenv("HOME"), System.getProperty("user.home")),
                Path.of("").toAbsolutePath());
        Surroundings surroundings = new Surroundings(
                System.getenv(),
                place,
                Runtime.getRuntime().availableProcessors(),
                System.out,
                System.err,
                task -> Runtime.getRuntime().addShutdownHook(new Thread(task, "agentws-shutdown")),
                Signals::onEachEnd);
        SecretEnvironment.blotOut();
        Path tempDirectory = Path.of(System.getProperty("java.io.tmpdir")).toAbsolutePath();
        Launcher launcher = new AgentLauncher(surroundings, tempDirectory, platform(), System.getProperty("os.arch"));
        Supplier<List<CommandSpec>> subcommands = () -> List.of(
                SimulatorCommand.spec(surroundings, new SimulatorRunner()),
                ChatCommand.spec(surroundings, System.in, () -> terminal(place)),
                DemoCommand.spec(surroundings, launcher, tempDirectory),
                TrainingCommand.spec(surroundings, launcher, tempDirectory));
        System.exit(new Program(surroundings, launcher, subcommands).run(args));
    }

    private static @Nullable ChatTerminal terminal(Place place) {
        boolean colours = System.getenv("NO_COLOR") == null;
        return JLineTerminal.open(colours, place.home().resolve(".agentws_history"));
    }

    private static String platform() {
        return System.getProperty("os.name") + " " + System.getProperty("os.version") + " ("
                + System.getProperty("os.arch") + ")";
    }
}
