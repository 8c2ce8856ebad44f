package dev.agentws.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.agentws.SocketKind;
import dev.agentws.agent.cost.ContextRules;
import dev.agentws.journal.End;
import dev.agentws.journal.files.Durability;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SettingsReaderTest {
    private Path home;
    private TestRun run;

    @BeforeEach
    void start(@TempDir Path directory) {
        home = directory;
        run = new TestRun(directory);
    }

    static List<Setting<?>> all() {
        return SettingsTable.ALL;
    }

    @Test
    void nothingSetGivesTheDefaults() {
        Settings settings = run.settings();

        assertThat(settings.listen())
                .isEqualTo(new Settings.Listen("127.0.0.1", 8001, 3, Duration.ZERO, null, null, SocketKind.AUTO, true));
        assertThat(settings.access()).isEqualTo(new Settings.Access(true, null, Set.of()));
        assertThat(settings.limits())
                .isEqualTo(new Settings.Limits(
                        10_000, 10, 8, Duration.ofHours(1), Duration.ofMinutes(1), 16 << 20, 500, 600, 30));
        assertThat(settings.workplace())
                .isEqualTo(new Settings.Workplace(
                        List.of(), home, Settings.Sandbox.AUTO, false, Settings.SandboxTmp.COMMAND));
        assertThat(settings.journal())
                .isEqualTo(new Settings.Journal(
                        home.resolve(".claude/agentws"),
                        false,
                        null,
                        Duration.ofSeconds(5),
                        0,
                        Durability.FAST,
                        Duration.ofSeconds(300),
                        End.ARCHIVE,
                        Duration.ofDays(30)));
        assertThat(settings.upstream())
                .isEqualTo(new Settings.Upstream(
                        Settings.Kind.SIMULATED_WITHOUT_KEY,
                        null,
                        null,
                        URI.create("https://api.anthropic.com"),
                        new Settings.Credentials(null, null),
                        List.of(),
                        null,
                        List.of(),
                        10,
                        Duration.ofMinutes(2),
                        false,
                        null,
                        null,
                        ContextRules.usual()));
        assertThat(settings.logLevel()).isEqualTo(LogLevel.INFO);
    }

    @ParameterizedTest
    @MethodSource("all")
    void everyDefaultIsAcceptable(Setting<?> setting) {
        String fallback = setting.fallback();
        if (fallback == null) {
            assertThat(setting.fallbackWords()).isNotBlank();
        } else {
            assertThatCode(() -> Values.parse(setting.type(), fallback, run.place))
                    .doesNotThrowAnyException();
        }
    }

    @Test
    void namesAndFlagsAreUnique() {
        assertThat(SettingsTable.ALL.stream().flatMap(setting -> setting.names().stream()))
                .doesNotHaveDuplicates();
        assertThat(SettingsTable.ALL.stream().flatMap(setting -> setting.flags().stream()))
                .doesNotHaveDuplicates();
    }

    @Test
    void aFlagBeatsTheEnvironmentWhichBeatsTheFile() throws IOException {
        Files.writeString(
                home.resolve(".env"),
                "AGENT_SERVER_PORT=1001\nAGENT_SERVER_MAX_RETRIES=1\nAGENT_SERVER_QUEUE_PER_SESSION=1\n");
        run.environment.put("AGENT_SERVER_PORT", "1002");
        run.environment.put("AGENT_SERVER_MAX_RETRIES", "2");

        Settings settings = run.settings("--port", "1003");

        assertThat(settings.listen().port()).isEqualTo(1003);
        assertThat(settings.upstream().maxRetries()).isEqualTo(2);
        assertThat(settings.limits().queuePerSession()).isEqualTo(1);
    }

    @Test
    void anEmptyVariableCountsAsNotSet() throws IOException {
        Files.writeString(home.resolve(".env"), "AGENT_SERVER_PORT=1001\n");
        run.environment.put("AGENT_SERVER_PORT", " ");
        run.environment.put("ANTHROPIC_API_KEY", "");

        assertThat(run.settings().listen().port()).isEqualTo(1001);
        assertThat(run.settings().upstream().simulated()).isTrue();
    }

    @Test
    void theEnvironmentFileKnowsQuotesAndComments() throws IOException {
        Files.writeString(
                home.resolve(".env"),
                "# a comment\n\nANTHROPIC_CUSTOM_HEADERS=\"X-One: 1\nX-Two: 2\"\nAGENT_SERVER_PORT=1001 # why\nAGENT_SERVER_MODEL='m-1'\n");

        Settings.Upstream upstream = run.settings().upstream();

        assertThat(upstream.headers()).containsExactly(header("X-One", "1"), header("X-Two", "2"));
        assertThat(upstream.model()).isEqualTo("m-1");
        assertThat(run.settings().listen().port()).isEqualTo(1001);
    }

    private static Header header(String name, String value) {
        return new Header(name, new Secret(value));
    }

    @Test
    void ourNameOfTheModelBeatsTheOtherOne() {
        run.environment.put("ANTHROPIC_MODEL", "theirs");
        assertThat(run.settings().upstream().model()).isEqualTo("theirs");

        run.environment.put("AGENT_SERVER_MODEL", "ours");
        assertThat(run.settings().upstream().model()).isEqualTo("ours");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ANTHROPIC_API_KEY    | k                     | REAL
            ANTHROPIC_AUTH_TOKEN | t                     | REAL
            ANTHROPIC_BASE_URL   | http://localhost:9000 | REAL
            ANTHROPIC_MODEL      | m                     | SIMULATED_WITHOUT_KEY
            AGENT_SERVER_SIMULATE | true                 | SIMULATED_ON_REQUEST
            AGENT_SERVER_SIMULATE | off                  | REAL
            """)
    void whoAnswersDependsOnWhatIsSet(String name, String value, Settings.Kind kind) {
        run.environment.put(name, value);

        assertThat(run.settings().upstream().kind()).isEqualTo(kind);
    }

    @Test
    void theFlagToSimulateBeatsAKey() {
        run.environment.put("ANTHROPIC_API_KEY", "k");

        assertThat(run.settings("--simulate").upstream().kind()).isEqualTo(Settings.Kind.SIMULATED_ON_REQUEST);
    }

    @Test
    void keysGoIntoTheHeaderThatWasAskedFor() {
        run.environment.put("ANTHROPIC_API_KEY", "k");
        assertThat(run.settings().upstream().credentials()).isEqualTo(new Settings.Credentials(new Secret("k"), null));

        assertThat(run.settings("--upstream-key-header=bearer").upstream().credentials())
                .isEqualTo(new Settings.Credentials(null, new Secret("k")));

        run.environment.put("ANTHROPIC_AUTH_TOKEN", "t");
        assertThat(run.settings().upstream().credentials())
                .isEqualTo(new Settings.Credentials(new Secret("k"), new Secret("t")));
        assertThat(run.run("--upstream-key-header=bearer")).isEqualTo(2);
        assertThat(run.err()).contains("AGENT_SERVER_UPSTREAM_KEY_HEADER: bearer");
    }

    @Test
    void noSecretShowsInTheTextOfTheSettings() {
        run.environment.put("ANTHROPIC_API_KEY", "secret-1");
        run.environment.put("ANTHROPIC_AUTH_TOKEN", "secret-2");
        run.environment.put("ANTHROPIC_CUSTOM_HEADERS", "Authorization: secret-3");
        run.environment.put("HTTPS_PROXY", "http://me:secret-4@proxy:3128");

        assertThat(run.settings().toString()).doesNotContain("secret-");
    }

    @Test
    void theProxyIsReadInEitherSpelling() {
        run.environment.put("https_proxy", "http://me:pw@proxy.example:3128/");
        run.environment.put("no_proxy", "localhost, .example.com");

        Settings.Upstream upstream = run.settings().upstream();
        assertThat(upstream.proxy()).isEqualTo(new ProxyAddress("proxy.example", 3128, new Secret("me:pw")));
        assertThat(upstream.noProxy()).containsExactly("localhost", ".example.com");

        run.environment.put("HTTPS_PROXY", "other");
        assertThat(run.settings().upstream().proxy()).isEqualTo(new ProxyAddress("other", 80, null));
    }

    @Test
    void originsAreKeptInTheFormBrowsersSend() {
        assertThat(run.settings("--allowed-origins", "HTTPS://App.Example.com:443, http://localhost:3000")
                        .access()
                        .allowedOrigins())
                .containsExactlyInAnyOrder("https://app.example.com", "http://localhost:3000");
        assertThat(run.settings("--allowed-origins=*").access().allowedOrigins())
                .containsExactly("*");
    }

    @Test
    void pathsAreReadAgainstTheDirectoryAndTheHome() throws IOException {
        Path work = Files.createDirectory(home.resolve("work"));
        Path prices = Files.writeString(home.resolve("prices.json"), "{}");

        Settings settings = run.settings(
                "--workspace-roots=~/work, work",
                "--working-directory=~/work",
                "--prices=prices.json",
                "--api-key-path=~/k");

        assertThat(settings.workplace().roots()).containsExactly(work, work);
        assertThat(settings.workplace().directory()).isEqualTo(work);
        assertThat(settings.upstream().prices()).isEqualTo(prices);
        assertThat(settings.access().keyPath()).isEqualTo(home.resolve("k"));
    }

    @Test
    void aWorkingDirectoryOutsideTheRootsIsWarnedOf() throws IOException {
        Path work = Files.createDirectory(home.resolve("work"));
        Files.createSymbolicLink(home.resolve("link"), work);

        run.settings("--workspace-roots=work");
        assertThat(run.err()).containsOnlyOnce("lies under none of AGENT_SERVER_WORKSPACE_ROOTS");

        run.settings("--workspace-roots=work", "--working-directory=link");
        assertThat(run.err()).containsOnlyOnce("lies under none of");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            AGENT_SERVER_PORT                       | 99999            | a whole number from 0 to 65535
            AGENT_SERVER_PORT                       | eight            | a whole number from 0 to 65535
            AGENT_SERVER_HOST                       | a b              | a host name or IP address
            AGENT_SERVER_HOST                       | localhost:80     | without a port
            AGENT_SERVER_LOG_LEVEL                  | loud             | one of trace, debug, info
            AGENT_SERVER_AUTH_ENABLED               | perhaps          | true or false
            AGENT_SERVER_MAX_CONCURRENT_SESSIONS    | 0                | from 1 to
            AGENT_SERVER_SESSION_TIMEOUT_SECONDS    | -1               | whole seconds from 1
            AGENT_SERVER_PERMISSION_TIMEOUT_SECONDS | 1.5              | whole seconds
            AGENT_SERVER_ALLOWED_ORIGINS            | example.com      | origins such as
            AGENT_SERVER_ALLOWED_ORIGINS            | http://a/path    | with nothing after it
            AGENT_SERVER_ALLOWED_ORIGINS            | http://a, null   | origins such as
            AGENT_SERVER_WORKSPACE_ROOTS            | /no/such/place   | an existing directory
            AGENT_SERVER_WORKING_DIRECTORY          | /no/such/place   | an existing directory
            AGENT_SERVER_API_KEY_PATH               | .                | this is a directory
            AGENT_SERVER_PRICES                     | none.json        | a readable file
            AGENT_SERVER_SANDBOX                    | maybe            | one of auto, required, off
            AGENT_SERVER_SANDBOX_NETWORK            | maybe            | true or false
            AGENT_SERVER_UPSTREAM_KEY_HEADER        | cookie           | one of x-api-key, bearer
            AGENT_SERVER_MODEL                      | two words        | without white space
            ANTHROPIC_BASE_URL                      | ftp://x          | an http:// or https:// URL
            ANTHROPIC_BASE_URL                      | api.example.com  | an http:// or https:// URL
            ANTHROPIC_BASE_URL                      | http://x/?q=1    | without a query
            """)
    void aBadValueStopsTheStartWithOneLineThatSaysAll(String name, String value, String expected) {
        run.environment.put(name, value);

        assertThat(run.run()).isEqualTo(2);
        assertThat(run.err())
                .startsWith("agentws: " + name + ": " + value + " (from the environment; expected: ")
                .contains(expected)
                .hasLineCount(1);
        assertThat(run.out()).isEmpty();
        assertThat(run.started).isNull();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ANTHROPIC_API_KEY        | my secret
            ANTHROPIC_AUTH_TOKEN     | my secrét
            ANTHROPIC_CUSTOM_HEADERS | my secret
            ANTHROPIC_CUSTOM_HEADERS | Host: secret
            HTTPS_PROXY              | ftp://secret@x
            """)
    void aBadSecretIsNotShown(String name, String value) {
        run.environment.put(name, value);

        assertThat(run.run()).isEqualTo(2);
        assertThat(run.err())
                .startsWith("agentws: " + name + ": (hidden) (from")
                .doesNotContain("secr")
                .hasLineCount(1);
    }

    @Test
    void aPasswordInAnUrlIsNotShown() {
        run.environment.put("ANTHROPIC_BASE_URL", "http://me:secret@x/");

        assertThat(run.run()).isEqualTo(2);
        assertThat(run.err()).contains("http://(hidden)@x/").doesNotContain("secret");
    }

    @Test
    void aPasswordOfTheProxyIsRefusedOnTheCommandLine() {
        assertThat(run.run("--https-proxy=http://me:secret@x:1")).isEqualTo(2);
        assertThat(run.err()).contains("no password on a command line").doesNotContain("secret");

        assertThat(run.settings("--https-proxy=http://x:1").upstream().proxy())
                .isEqualTo(new ProxyAddress("x", 1, null));
    }

    @Test
    void theLineNamesTheSource() throws IOException {
        assertThat(run.run("--port=x")).isEqualTo(2);
        assertThat(run.err()).contains("AGENT_SERVER_PORT: x (from the flag --port; expected");

        Files.writeString(home.resolve(".env"), "AGENT_SERVER_PORT=y");
        assertThat(run.run()).isEqualTo(2);
        assertThat(run.err()).contains("AGENT_SERVER_PORT: y (from the file .env; expected");
    }

    @Test
    void aValueCannotForgeAnotherLine() {
        run.environment.put("AGENT_SERVER_PORT", "1\nagentws: all is well \u001b[2J" + "x".repeat(500));

        assertThat(run.run()).isEqualTo(2);
        assertThat(run.err()).hasLineCount(1).doesNotContain("\u001b").contains("...");
    }

    @Test
    void anUnknownSettingIsWarnedOfWithTheNearestName() {
        run.environment.put("AGENT_SERVER_PROT", "1");
        run.environment.put("AGENT_SERVER_COMPLETELY_UNRELATED", "1");
        run.environment.put("SOMETHING_ELSE", "1");

        assertThat(run.run()).isZero();
        assertThat(run.err())
                .contains("AGENT_SERVER_PROT: unknown setting, ignored (did you mean AGENT_SERVER_PORT?)")
                .contains("AGENT_SERVER_COMPLETELY_UNRELATED: unknown setting, ignored\n")
                .doesNotContain("SOMETHING_ELSE");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "192.0.2.1", "::", "example.com", "localhost.example.com"})
    void withoutAKeyOnlyLoopbackIsServed(String host) {
        assertThat(run.run("--auth-enabled=false", "--host", host)).isEqualTo(2);
        assertThat(run.err())
                .contains("AGENT_SERVER_AUTH_ENABLED: false")
                .contains(host)
                .hasLineCount(1);

        assertThat(run.run("--auth-enabled=false", "--allow-insecure", "--host", host))
                .isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "127.8.8.8", "::1", "[::1]", "localhost"})
    void loopbackMayBeServedWithoutAKey(String host) {
        assertThat(run.settings("--auth-enabled=false", "--host", host).access().authEnabled())
                .isFalse();
    }

    @Test
    void aBrokenFileOfSettingsIsOneLineWithoutItsText() throws IOException {
        Files.writeString(home.resolve(".env"), "# a comment\n\nA=1\nsk-secret without any sign\nB=2\n");
        assertThat(run.run()).isEqualTo(2);
        assertThat(run.err())
                .contains(".env: line 4 is not of the form NAME=value")
                .doesNotContain("secret")
                .hasLineCount(1);

        Files.delete(home.resolve(".env"));
        Files.createDirectory(home.resolve(".env"));
        assertThat(run.run()).isEqualTo(2);
        assertThat(run.err()).contains(".env: cannot be read");
    }
}
