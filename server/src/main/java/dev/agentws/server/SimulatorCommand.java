package dev.agentws.server;

import dev.agentws.TlsFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

/** {@code agentws simulator}: the stand-in for the Messages API on a port of its own. */
final class SimulatorCommand {
    private static final String HOST = "127.0.0.1";
    private static final ValueType<Integer> PORT = Values.integer(0, 65_535);
    private static final ValueType<Path> FILE = Values.readableFile();
    private static final ValueType<Integer> PACE = Values.integer(0, 60_000);

    private final Surroundings surroundings;
    private final SimulatorStarter starter;
    private final CommandSpec spec = CommandSpec.wrapWithoutInspection((Callable<Integer>) this::run);

    private SimulatorCommand(Surroundings surroundings, SimulatorStarter starter) {
        this.surroundings = surroundings;
        this.starter = starter;
    }

    static CommandSpec spec(Surroundings surroundings, SimulatorStarter starter) {
        CommandSpec spec = new SimulatorCommand(surroundings, starter).spec;
        spec.name("simulator").mixinStandardHelpOptions(true);
        spec.addOption(option("--port", "PORT", "port to listen on; 0 = any free one. Default: 0"));
        spec.addOption(option("--pace", "MS", "milliseconds between two pieces of an answer. Default: built in"));
        spec.addOption(option("--tls-cert", "FILE", "PEM file with a certificate, to speak https. Default: none"));
        spec.addOption(option("--tls-key", "FILE", "PEM file with its private key (PKCS #8, no password)"));
        spec.usageMessage().description("Only the simulated Messages API, for clients of the API itself.%n");
        return spec;
    }

    private static OptionSpec option(String name, String label, String description) {
        return OptionSpec.builder(name)
                .type(String.class)
                .arity("1")
                .paramLabel(label)
                .description(description)
                .build();
    }

    private int run() throws StartFailure {
        Integer asked = value("--port", PORT);
        int port = asked == null ? 0 : asked;
        Integer pace = value("--pace", PACE);
        TlsFiles identity = identity();
        Running running;
        try {
            running = starter.start(port, pace == null ? null : Duration.ofMillis(pace), identity);
        } catch (IOException e) {
            throw new StartFailure(BindFailure.describe(HOST, port, e));
        }
        String address = (identity == null ? "http://" : "https://")
                + WebAddress.authority(HOST, running.address().getPort());
        Lifetime.await(
                running,
                surroundings,
                List.of(
                        "listening on " + address,
                        "to use it: ANTHROPIC_BASE_URL=" + address + " ANTHROPIC_API_KEY=any"));
        return Program.OK;
    }

    private @Nullable TlsFiles identity() {
        Path certificate = value("--tls-cert", FILE);
        Path key = value("--tls-key", FILE);
        if (certificate == null && key == null) {
            return null;
        }
        if (certificate == null || key == null) {
            throw new ParameterException(
                    spec.commandLine(),
                    (certificate == null ? "--tls-cert" : "--tls-key")
                            + ": not set (expected: a file, because a certificate and its key go together)");
        }
        return new TlsFiles(certificate, key);
    }

    private <T> @Nullable T value(String flag, ValueType<T> type) {
        String text = spec.commandLine().getParseResult().matchedOptionValue(flag, "");
        if (text.isEmpty()) {
            return null;
        }
        try {
            return Values.parse(type, text, surroundings.place());
        } catch (IllegalArgumentException e) {
            throw new ParameterException(
                    spec.commandLine(),
                    flag + ": " + BadSetting.printable(text) + " (expected: " + type.expected() + ")",
                    e);
        }
    }
}
