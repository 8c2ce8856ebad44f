package dev.agentws.benchmarks.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The server of this project as a target: the program with everything on, only its caps lifted. */
final class OwnServer {
    static final String TOKEN = "benchmark-key-0123456789";
    private static final String CAP = "100000";

    private OwnServer() {}

    /** The program that runs the harness itself. */
    static List<String> java() {
        return List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    }

    /**
     * Makes the target: the launcher that users start, or the bare jar where there is none beside it.
     *
     * @param flags of the JVM, behind those of the launcher
     * @param settings that differ from the defaults
     * @param directory for its key file
     */
    static Target target(String name, Path jar, String flags, Map<String, String> settings, Path directory)
            throws IOException {
        Files.createDirectories(directory);
        Path key = directory.resolve("key");
        Files.writeString(key, TOKEN);
        Map<String, String> environment = new LinkedHashMap<>();
        environment.put("JAVA", java().get(0));
        environment.put("JAVA_OPTS", flags);
        environment.put("ANTHROPIC_API_KEY", "k");
        environment.put("AGENT_SERVER_API_KEY_PATH", key.toString());
        environment.put("AGENT_SERVER_MAX_CONCURRENT_SESSIONS", CAP);
        environment.put("AGENT_SERVER_MAX_CONNECTIONS", CAP);
        environment.putAll(settings);
        List<String> start = start(jar, flags);
        return new Target(
                name,
                port -> {
                    List<String> command = new ArrayList<>(start);
                    command.addAll(List.of("--port", Integer.toString(port)));
                    if (!settings.containsKey("AGENT_SERVER_DATA_DIR")
                            && !settings.containsKey("AGENT_SERVER_REDIS_URL")) {
                        // A fresh one for each start, not that of whoever measures.
                        command.addAll(List.of(
                                "--data-dir",
                                directory.resolve("sessions-" + port).toString()));
                    }
                    return command;
                },
                environment,
                TOKEN,
                true);
    }

    private static List<String> start(Path jar, String flags) {
        Path launcher = jar.resolveSibling("bin").resolve("agentws");
        if (Files.isExecutable(launcher)) {
            return List.of(launcher.toString());
        }
        List<String> command = new ArrayList<>(java());
        command.addAll(List.of("-XX:+UseSerialGC", "-Dio.netty.leakDetection.level=disabled"));
        Stream.of(flags.split(" ")).filter(flag -> !flag.isEmpty()).forEach(command::add);
        command.addAll(List.of("-jar", jar.toString()));
        return command;
    }
}
