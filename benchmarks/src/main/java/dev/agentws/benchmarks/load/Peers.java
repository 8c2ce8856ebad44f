package dev.agentws.benchmarks.load;

import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Builds the floor and the peers where their tools are there, and says what is missing where they are not. */
final class Peers {
    static final List<String> NAMES = List.of(Target.FLOOR, "node-ws", "go", "vertx", "nginx");
    private static final String TOKEN = "peer-token";
    private static final int BUILD_SECONDS = 300;
    // Filled by: apt install golang-github-gorilla-websocket-dev
    private static final Path GO_PACKAGES = Path.of("/usr/share/gocode");

    private final Path sources;
    private final Path work;
    private final PrintStream out;

    Peers(Path sources, Path work, PrintStream out) {
        this.sources = sources.toAbsolutePath();
        this.work = work.toAbsolutePath();
        this.out = out;
    }

    /** Makes a peer ready; null, after a line that says why, if it cannot be. */
    @Nullable
    Target prepare(String name) throws IOException, InterruptedException {
        return switch (name) {
            case Target.FLOOR -> floor();
            case "node-ws" -> node();
            case "go" -> go();
            case "vertx" -> vertx();
            case "nginx" -> nginx();
            default -> throw new IllegalArgumentException("peer: " + name + " (expected: one of " + NAMES + ")");
        };
    }

    private @Nullable Target floor() throws IOException, InterruptedException {
        Path folder = copy(Target.FLOOR);
        if (lacks(Target.FLOOR, "gcc", "apt install gcc")
                || fails(Target.FLOOR, folder, "gcc", "-O2", "-o", "relay", "relay.c")) {
            return null;
        }
        return target(Target.FLOOR, folder, folder.resolve("relay").toString());
    }

    private @Nullable Target node() throws IOException, InterruptedException {
        Path folder = copy("node-ws");
        if (lacks("node-ws", "node", "apt install nodejs npm") || lacks("node-ws", "npm", "apt install npm")) {
            return null;
        }
        boolean installed = Files.isDirectory(folder.resolve("node_modules/ws"));
        if (!installed && fails("node-ws", folder, "npm", "install", "--no-audit", "--no-fund")) {
            return null;
        }
        return target("node-ws", folder, "node", folder.resolve("server.mjs").toString());
    }

    private @Nullable Target go() throws IOException, InterruptedException {
        Path folder = copy("go");
        if (lacks("go", "go", "apt install golang-go")) {
            return null;
        }
        // With Debian's package of the library no proxy of modules has to be reached.
        boolean packaged = Files.isDirectory(GO_PACKAGES.resolve("src/github.com/gorilla/websocket"));
        String[] build = packaged
                ? new String[] {
                    "env", "GO111MODULE=off", "GOPATH=" + GO_PACKAGES, "go", "build", "-o", "relay", "main.go"
                }
                : new String[] {"go", "build", "-o", "relay", "."};
        if (fails("go", folder, build)) {
            return null;
        }
        return target("go", folder, folder.resolve("relay").toString());
    }

    private @Nullable Target vertx() throws IOException, InterruptedException {
        Path folder = copy("vertx");
        if (lacks("vertx", "mvn", "apt install maven") || fails("vertx", folder, "mvn", "-B", "-q", "package")) {
            return null;
        }
        String java = OwnServer.java().get(0);
        return target(
                "vertx",
                folder,
                java,
                "-XX:+UseSerialGC",
                "-Xmx128m",
                "-jar",
                folder.resolve("target/relay.jar").toString());
    }

    private @Nullable Target nginx() throws IOException {
        Path folder = copy("nginx");
        if (lacks("nginx", "nginx", "apt install nginx-light")) {
            return null;
        }
        Files.createDirectories(folder.resolve("tmp"));
        String start =
                "cd \"$PEER_HOME\" && sed -e \"s|@PORT@|$PORT|; s|@UPSTREAM@|${UPSTREAM#http://}|\" nginx.conf > run.conf"
                        + " && exec nginx -p \"$PEER_HOME\" -c run.conf";
        List<String> command = List.of("sh", "-c", start);
        return new Target("nginx", port -> command, Map.of("PEER_HOME", folder.toString()), TOKEN, false);
    }

    private static Target target(String name, Path folder, String... command) {
        return new Target(name, port -> List.of(command), Map.of("PEER_HOME", folder.toString()), TOKEN, true);
    }

    /** Builds happen in a copy, so that nothing is left among the sources. */
    private Path copy(String name) throws IOException {
        Path from = sources.resolve(name);
        Path to = work.resolve("peer-" + name);
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Path target = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(file, target, StandardCopyOption.REPLACE_EXISTING);
                }
            }
        }
        return to;
    }

    private boolean lacks(String peer, String program, String hint) {
        boolean found = Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
        if (!found) {
            out.println("skipped " + peer + ": there is no " + program + " (" + hint + ")");
        }
        return !found;
    }

    private boolean fails(String peer, Path folder, String... command) throws IOException, InterruptedException {
        Path log = folder.resolve("build.log");
        Process build = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        boolean ended = build.waitFor(BUILD_SECONDS, TimeUnit.SECONDS);
        if (!ended) {
            build.destroyForcibly();
        }
        boolean failed = !ended || build.exitValue() != 0;
        if (failed) {
            out.println("skipped " + peer + ": " + String.join(" ", command) + " failed, see " + log);
        }
        return failed;
    }
}
