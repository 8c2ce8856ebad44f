package dev.agentws.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The JavaScript client's own tests, run by Node against the whole server. */
final class JavaScriptClientTest {
    private static final Path CLIENT =
            Path.of("..", "clients", "javascript").toAbsolutePath().normalize();
    private static final Pattern MAJOR = Pattern.compile("v(\\d+)\\.");
    /** From this version on a WebSocket is there unasked. */
    private static final int WITH_WEBSOCKET = 22;

    @Test
    void theTestsOfTheJavaScriptClientPass(@TempDir Path home) throws Exception {
        int node = nodeVersion();
        assumeTrue(node >= 20, "no Node of at least 20 here");
        Path keyPath = home.resolve("key");
        KeyFile key = new KeyFile(List.of(keyPath), Runnable::run, new SecureRandom());
        key.prepare();
        TestRun run = new TestRun(home);
        run.environment.put("PATH", "/usr/local/bin:/usr/bin:/bin");
        Path temp = Path.of(System.getProperty("java.io.tmpdir"));
        Settings settings = run.settings(
                "--port=0", "--simulate", "--sandbox=off", "--log-level=warn", "--api-key-path=" + keyPath);
        Running server =
                new AgentLauncher(run.surroundings(), temp, "Test", System.getProperty("os.arch")).start(settings, key);
        try {
            List<String> command = new ArrayList<>(List.of("node", "--no-warnings", "--test"));
            if (node < WITH_WEBSOCKET) {
                command.add(1, "--experimental-websocket");
            }
            command.add("test/");
            ProcessBuilder builder =
                    new ProcessBuilder(command).directory(CLIENT.toFile()).redirectErrorStream(true);
            builder.environment()
                    .put("AGENTWS_URL", "ws://127.0.0.1:" + server.address().getPort() + "/ws");
            builder.environment().put("AGENTWS_KEY", Files.readString(keyPath).strip());
            Path output = home.resolve("output");
            Process tests = builder.redirectOutput(output.toFile()).start();
            boolean ended = tests.waitFor(60, TimeUnit.SECONDS);
            tests.destroyForcibly();
            String said = Files.readString(output);
            assertThat(ended).as(said).isTrue();
            assertThat(tests.exitValue()).as(said).isZero();
            assertThat(said).contains("pass ").doesNotContain("pass 0");
        } finally {
            server.close().toCompletableFuture().get(10, TimeUnit.SECONDS);
        }
    }

    private static int nodeVersion() throws InterruptedException {
        try {
            Process node = new ProcessBuilder("node", "--version").start();
            String said = new String(node.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            node.waitFor();
            Matcher major = MAJOR.matcher(said);
            return major.find() ? Integer.parseInt(major.group(1)) : 0;
        } catch (IOException e) {
            return 0;
        }
    }
}
