package dev.agentws.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DemoCommandTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private Path temp;
    private TestRun run;

    @BeforeEach
    void start(@TempDir Path directory) {
        temp = directory;
        run = new TestRun(directory);
        run.environment.put("PATH", "/usr/local/bin:/usr/bin:/bin");
    }

    private int demo(Launcher launcher, Duration patience) {
        return run.run(List.of(DemoCommand.spec(run.surroundings(), launcher, temp, patience)), "demo");
    }

    private void assertNothingIsLeft() throws IOException {
        try (Stream<Path> left = Files.list(temp)) {
            assertThat(left).isEmpty();
        }
    }

    @Test
    void aWholeConversationIsPlayedAndNothingIsLeftBehind() throws IOException {
        Launcher launcher = new AgentLauncher(run.surroundings(), temp, "Test", System.getProperty("os.arch"));

        assertThat(demo(launcher, PATIENCE)).as(run.err()).isZero();

        List<String> lines = run.out().lines().toList();
        assertThat(lines.get(0)).contains(" over ws://127.0.0.1:");
        assertThat(lines)
                .anyMatch(line -> line.matches(" +\\d+\\.\\d\\d s you +" + Pattern.quote(DemoCommandTalk.PROMPT)))
                .anyMatch(line -> line.matches(" +\\d+\\.\\d\\d s claude +I will look at what is here\\."))
                .anyMatch(line -> line.endsWith(" claude    uses Glob {\"pattern\":\"*\"}"))
                .anyMatch(line -> line.endsWith("> 3\tWrite the report."))
                .anyMatch(line -> line.contains(" server    may it? Run the command: wc -l notes.txt | tee lines.txt"))
                .anyMatch(line -> line.endsWith(" you       yes"))
                .anyMatch(line -> line.endsWith("| 3 notes.txt"))
                .anyMatch(line -> line.matches(".* bash +done in \\d+ ms"))
                .anyMatch(line -> line.matches(".* server +end_turn: 4 calls of the model, .* cost \\$0\\.\\d+"))
                .anyMatch(line -> line.endsWith(" server    the session has ended"));
        assertThat(run.out()).doesNotContain("\u001b");
        assertThat(run.err()).isEmpty();
        assertNothingIsLeft();
    }

    @Test
    void aServerThatDoesNotStartIsOneLine() throws IOException {
        Launcher launcher = (settings, key) -> {
            throw new BindException("Address already in use");
        };

        assertThat(demo(launcher, PATIENCE)).isEqualTo(1);
        assertThat(run.err())
                .startsWith("agentws: demo: Address already in use")
                .hasLineCount(1);
        assertNothingIsLeft();
    }

    @Test
    void aServerThatSaysNothingIsGivenUp() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThat(demo((settings, key) -> at(silent.getLocalPort()), Duration.ofMillis(300)))
                    .isEqualTo(1);
        }

        assertThat(run.err())
                .startsWith("agentws: demo: cannot connect to ws://")
                .hasLineCount(1);
        assertNothingIsLeft();
    }

    @Test
    void aServerThatIsNotThereIsOneLine() throws IOException {
        int port;
        try (ServerSocket gone = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = gone.getLocalPort();
        }

        assertThat(demo((settings, key) -> at(port), PATIENCE)).isEqualTo(1);
        assertThat(run.err())
                .startsWith("agentws: demo: cannot connect to ws://127.0.0.1:" + port + "/ws: ")
                .hasLineCount(1);
        assertNothingIsLeft();
    }

    @Test
    void aServerThatRefusesTheKeyIsOneLine(@TempDir Path elsewhere) throws IOException {
        Path other = Files.writeString(elsewhere.resolve("key"), "another key");
        AgentLauncher launcher = new AgentLauncher(run.surroundings(), temp, "Test", System.getProperty("os.arch"));
        Launcher strict = (settings, key) ->
                launcher.start(settings, new KeyFile(List.of(other), Runnable::run, new SecureRandom()));

        assertThat(demo(strict, PATIENCE)).isEqualTo(1);
        assertThat(run.err())
                .startsWith("agentws: demo: the server answered with an error: Invalid token")
                .hasLineCount(1);
        assertNothingIsLeft();
    }

    private static Running at(int port) {
        return new Running() {
            @Override
            public InetSocketAddress address() {
                return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
            }

            @Override
            public CompletionStage<Void> close() {
                return closed();
            }

            @Override
            public CompletionStage<Void> closed() {
                return CompletableFuture.completedFuture(null);
            }
        };
    }
}
