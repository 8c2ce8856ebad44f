package dev.agentws.benchmarks.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The server of this project as a target: the program's jar with everything on, only its caps lifted. */
final class OwnServer {
    static final String TOKEN = "benchmark-key-0123456789";
    private static final String CAP = "100000";

    private OwnServer() {}

    /** The program that runs the harness itself. */
    static List<String> java() {
        return List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    }

    /**
     * Makes the target.
     *
     * @param flags of the JVM
     * @param directory for its key file
     */
    static Target target(Path jar, List<String> flags, Path directory, String upstream) throws IOException {
        Files.createDirectories(directory);
        Path key = directory.resolve("key");
        Files.writeString(key, TOKEN);
        Map<String, String> environment = new LinkedHashMap<>();
        environment.put("ANTHROPIC_BASE_URL", upstream);
        environment.put("ANTHROPIC_API_KEY", "k");
        environment.put("AGENT_SERVER_API_KEY_PATH", key.toString());
        environment.put("AGENT_SERVER_MAX_CONCURRENT_SESSIONS", CAP);
        environment.put("AGENT_SERVER_MAX_CONNECTIONS", CAP);
        environment.put("AGENT_SERVER_LOG_LEVEL", "WARN");
        return new Target(
                Target.OURS,
                port -> {
                    List<String> command = new ArrayList<>(java());
                    command.addAll(flags);
                    command.addAll(List.of("-jar", jar.toString(), "--port", Integer.toString(port)));
                    return command;
                },
                environment,
                TOKEN,
                true);
    }
}
