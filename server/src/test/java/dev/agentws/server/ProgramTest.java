package dev.agentws.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.BindException;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Model.CommandSpec;

final class ProgramTest {
    private Path home;
    private TestRun run;

    @BeforeEach
    void start(@TempDir Path directory) {
        home = directory;
        run = new TestRun(directory);
    }

    @Test
    void theVersionNamesTheProgramJavaAndNetty() {
        assertThat(run.run("--version")).isZero();
        assertThat(run.out()).matches("agentws \\S+ \\(Java \\S+, Netty \\S+\\)\\R");
    }

    @Test
    void theHelpNamesEverySetting() {
        assertThat(run.run("--help")).isZero();
        SettingsTable.ALL.forEach(setting -> {
            assertThat(run.out()).contains(setting.names());
            setting.flags().forEach(flag -> assertThat(run.out()).contains(flag));
        });
        assertThat(run.out()).doesNotContain("--anthropic-api-key").doesNotContain("%");
        assertThat(run.started).isNull();
    }

    @Test
    void aFirstStartSaysWhereItListensWhereTheKeyIsAndWhoAnswers() {
        assertThat(run.run("--port=0")).isZero();

        Path key = home.resolve(".claude/analytics/.secret");
        assertThat(run.out().lines())
                .startsWith("listening on http://127.0.0.1:45678")
                .contains("key: " + key + " (made just now, readable by you alone)")
                .contains("terminal: npx wscat -c ws://127.0.0.1:45678/ws -H \"Authorization: Bearer $(cat " + key
                        + ")\"")
                .anyMatch(line -> line.startsWith("upstream: simulated Claude, because none of"))
                .anyMatch(line -> line.startsWith("browser: http://127.0.0.1:45678/"));
        assertThat(run.err()).isEmpty();
    }

    @Test
    void theKeyIsNeverPrinted() throws IOException {
        assertThat(run.run("--log-level=trace")).isZero();
        String key = Files.readString(home.resolve(".claude/analytics/.secret")).strip();

        assertThat(run.out() + run.err()).doesNotContain(key);
    }

    @Test
    void theLinesToPasteWorkForAnyHostAndPath() throws IOException {
        Path key = Files.writeString(home.resolve("my key"), "k");
        run.environment.put("ANTHROPIC_BASE_URL", "https://api.example.com/v");
        run.environment.put("HTTPS_PROXY", "http://me:secret@proxy:3128");

        assertThat(run.run("--host=::", "--sandbox=off", "--api-key-path", key.toString()))
                .isZero();

        assertThat(run.out().lines())
                .contains("listening on http://[::]:45678")
                .contains("upstream: https://api.example.com/v through the proxy proxy:3128")
                .contains(
                        "terminal: npx wscat -c ws://[::1]:45678/ws -H \"Authorization: Bearer $(cat '" + key + "')\"");
        assertThat(run.err()).contains("agentws: warning: the key file can be used by other users");
    }

    @Test
    void withoutAuthenticationNoKeyIsMadeOrAskedFor() {
        assertThat(run.run("--auth-enabled=false", "--simulate")).isZero();

        assertThat(run.out())
                .contains("key: none, authentication is disabled\n")
                .contains("/ws\n")
                .contains("upstream: simulated Claude, as asked for\n");
        assertThat(home.resolve(".claude")).doesNotExist();
    }

    @Test
    void theLauncherGetsTheKeyFile() throws IOException {
        Path path = Files.writeString(home.resolve("k"), "abc");
        run.settings("--api-key-path=k");

        assertThat(path).exists();
        KeyFile key = Objects.requireNonNull(run.key);
        assertThat(key.check("abc").toCompletableFuture().join()).isEqualTo(KeyFile.Verdict.ACCEPTED);
    }

    @Test
    void anUnreadableKeyFileIsOneLineAndExitCodeOne() throws IOException {
        Files.createDirectories(home.resolve(".claude/analytics/.secret"));

        assertThat(run.run()).isEqualTo(1);
        assertThat(run.err())
                .startsWith("agentws: the key file cannot be read: ")
                .hasLineCount(1);
        assertThat(run.started).isNull();
    }

    @Test
    void aPortInUseIsOneLineThatSaysWhatToDo() {
        run.launcher = (settings, key) -> {
            throw new IOException("bind failed", new BindException("bind(..) failed: Address already in use"));
        };

        assertThat(run.run("--port=81")).isEqualTo(1);
        assertThat(run.err())
                .isEqualTo(
                        "agentws: cannot listen on 127.0.0.1:81: the port is in use; stop the program that uses it or"
                                + " choose another with --port (0 = any free one)" + System.lineSeparator());
        assertThat(run.out()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            Permission denied               | choose a port above 1023
            Cannot assign requested address | choose another with --host
            Something odd                   | Something odd
            """)
    void otherFailuresToListenAreExplainedToo(String message, String advice) {
        assertThat(BindFailure.describe("h", 1, new BindException(message)))
                .startsWith("cannot listen on h:1: ")
                .contains(advice);
    }

    @Test
    void anUnknownHostIsExplained() {
        assertThat(BindFailure.describe("h", 1, new UnknownHostException("cannot listen on h:1: unknown")))
                .isEqualTo(
                        "cannot listen on h:1: the host name is unknown; choose another with --host (127.0.0.1 = this machine only)");
    }

    @Test
    void aFailureNobodyThoughtOfIsStillOneLine() {
        run.launcher = (settings, key) -> {
            throw new IllegalStateException("what\nnow");
        };

        assertThat(run.run()).isEqualTo(1);
        assertThat(run.err()).contains("IllegalStateException").hasLineCount(1);
    }

    @Test
    void aServerThatBreaksEndsTheProgramWithAnError() {
        run.server.end = CompletableFuture.failedFuture(new IOException("the socket went away"));

        assertThat(run.run()).isEqualTo(1);
        assertThat(run.err())
                .contains("ended by a failure")
                .contains("the socket went away")
                .hasLineCount(1);
    }

    @Test
    void theRequestToEndClosesTheServer() {
        assertThat(run.run()).isZero();
        assertThat(run.server.closes).isZero();

        run.shutdownTasks.forEach(Runnable::run);
        assertThat(run.server.closes).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            --prt=1                       | unknown flag --prt (did you mean --port?; see --help)
            --zzzzzzzzzzzzzzzzzz          | unknown flag --zzzzzzzzzzzzzzzzzz (see --help)
            simulater                     | unknown command simulater (did you mean simulator?; see --help)
            --anthropic-api-key=sk-secret | --anthropic-api-key: is not a flag
            --anthropic-auth-token=secret | set ANTHROPIC_AUTH_TOKEN in the environment
            --port                        | Missing required parameter
            """)
    void aMisusedCommandLineIsOneLineAndExitCodeTwo(String argument, String line) {
        assertThat(run.run(List.of(simulator(new ArrayList<>())), argument)).isEqualTo(2);
        assertThat(run.err()).contains(line).doesNotContain("secret").hasLineCount(1);
    }

    @Test
    void aSecretAfterAWrongFlagIsNotRepeated() {
        assertThat(run.run("--anthropic-api-key", "sk-secret")).isEqualTo(2);
        assertThat(run.err()).doesNotContain("secret").hasLineCount(1);
    }

    private CommandSpec simulator(List<String> starts) {
        return SimulatorCommand.spec(run.surroundings(), (port, pace, identity) -> {
            starts.add(port + " " + pace + " "
                    + (identity == null ? "plain" : identity.certificate().getFileName()));
            if (port == 81) {
                throw new BindException("Address already in use");
            }
            return run.server;
        });
    }

    @Test
    void theSimulatorStartsOnItsOwn() {
        List<String> starts = new ArrayList<>();

        assertThat(run.run(List.of(simulator(starts)), "simulator", "--port", "4000", "--pace=20"))
                .isZero();
        assertThat(run.run(List.of(simulator(starts)), "simulator")).isZero();

        assertThat(starts).containsExactly("4000 " + Duration.ofMillis(20) + " plain", "0 null plain");
        assertThat(run.out())
                .contains("listening on http://127.0.0.1:45678\n")
                .contains("ANTHROPIC_BASE_URL=http://127.0.0.1:45678 ");
        assertThat(run.started).isNull();
    }

    @Test
    void theSimulatorSpeaksHttpsWithACertificateAndItsKey() throws IOException {
        List<String> starts = new ArrayList<>();
        String file =
                Files.writeString(run.place.directory().resolve("c.pem"), "c").toString();

        assertThat(run.run(List.of(simulator(starts)), "simulator", "--tls-cert=" + file, "--tls-key=" + file))
                .isZero();
        assertThat(run.run(List.of(simulator(starts)), "simulator", "--tls-cert=" + file))
                .isEqualTo(2);

        assertThat(starts).containsExactly("0 null c.pem");
        assertThat(run.out()).contains("ANTHROPIC_BASE_URL=https://127.0.0.1:45678 ");
        assertThat(run.err()).contains("--tls-key: not set (expected: a file");
    }

    @Test
    void theSimulatorComplainsInOneLineToo() {
        List<String> starts = new ArrayList<>();

        assertThat(run.run(List.of(simulator(starts)), "simulator", "--port=x")).isEqualTo(2);
        assertThat(run.run(List.of(simulator(starts)), "simulator", "--port=81"))
                .isEqualTo(1);
        assertThat(run.err().lines())
                .hasSize(2)
                .anyMatch(line -> line.contains("--port: x (expected: a whole number from 0 to 65535)"))
                .anyMatch(line -> line.contains("the port is in use"));
    }

    @Test
    void aFlagOfTheServerBeforeASubcommandIsRefusedAndNotIgnored() {
        assertThat(run.run(List.of(simulator(new ArrayList<>())), "--port=1", "simulator"))
                .isEqualTo(2);
        assertThat(run.err())
                .contains("--port: has no meaning before simulator")
                .hasLineCount(1);
    }

    @Test
    void theLevelOfTheLogIsSetAtRunTime() {
        run.settings("--log-level=debug");
        assertThat(LoggerFactory.getLogger("dev.agentws").isDebugEnabled()).isTrue();
        assertThat(LoggerFactory.getLogger("io.netty.x").isDebugEnabled()).isFalse();

        run.settings("--log-level=WARNING");
        assertThat(LoggerFactory.getLogger("dev.agentws").isInfoEnabled()).isFalse();
        assertThat(LoggerFactory.getLogger("io.netty.x").isInfoEnabled()).isFalse();
    }
}
