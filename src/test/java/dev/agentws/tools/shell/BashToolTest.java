package dev.agentws.tools.shell;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentws.agent.tool.Access;
import dev.agentws.agent.tool.ToolPlan;
import dev.agentws.agent.tool.ToolResult;
import dev.agentws.tools.Calls;
import dev.agentws.tools.ToolWorkers;
import dev.agentws.tools.ToolsConfig;
import dev.agentws.tools.ToolsConfig.BashLimits;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class BashToolTest {
    private Path temp;
    private Calls calls;

    @BeforeEach
    void open(@TempDir Path directory, @TempDir Path temporaryFiles) {
        temp = temporaryFiles;
        calls = Calls.in(directory);
    }

    @AfterEach
    void nothingIsLeftRunning() {
        calls.close();
        assertThat(calls.leftProcesses()).isEmpty();
    }

    private Calls with(BashLimits limits) {
        ToolsConfig config = ToolsConfig.defaults(Map.of(), temp).withBash(limits);
        return calls.with(config);
    }

    @Test
    void whoeverTidiesUpTheTemporaryDirectoryLeavesTheShellUsable() throws Exception {
        try (Calls own = with(Calls.QUICK)) {
            assertThat(own.ok("Bash", "command", "rm -rf \"" + temp + "\"/*; echo tidy"))
                    .isEqualTo("tidy");
            assertThat(own.ok("Bash", "command", "echo next")).isEqualTo("next");
            assertThat(own.ok("Bash", "command", "seq 20000")).contains("is kept in " + temp);
        }
        assertThat(temp).isEmptyDirectory();
    }

    @Test
    void theOutputComesBackAsItCame() throws Exception {
        assertThat(calls.ok("Bash", "command", "echo out; echo err >&2; sleep 0.1; printf end"))
                .contains("out\n", "err\n")
                .endsWith("end");
        assertThat(calls.ok("Bash", "command", "true")).isEqualTo("(Bash completed with no output)");
        assertThat(calls.ok("Bash", "command", "cat")).isEqualTo("(Bash completed with no output)");
    }

    @Test
    void liveOutputTellsTheStreamsApart() throws Exception {
        StringBuilder out = new StringBuilder();
        StringBuilder err = new StringBuilder();
        calls.call(
                (stream, text) -> (stream.equals("stdout") ? out : err).append(text),
                "Bash",
                Calls.input("command", "echo one; echo two >&2; echo three"));
        assertThat(out).hasToString("one\nthree\n");
        assertThat(err).hasToString("two\n");
    }

    @Test
    void liveOutputArrivesWhileTheCommandRuns() throws Exception {
        BlockingQueue<String> pieces = new ArrayBlockingQueue<>(10);
        Path gate = calls.directory.resolve("gate");
        assertThat(new ProcessBuilder("mkfifo", gate.toString()).start().waitFor())
                .isZero();
        try (ToolWorkers workers = new ToolWorkers(1, 1)) {
            Future<?> call = workers.submit(() -> quietly(() -> calls.call(
                    (stream, text) -> pieces.add(text),
                    "Bash",
                    Calls.input("command", "echo before; read x <gate; echo $x"))));
            assertThat(pieces.poll(20, TimeUnit.SECONDS)).isEqualTo("before\n");
            assertThat(call.isDone()).isFalse();
            Files.writeString(gate, "after\n");
            call.get(20, TimeUnit.SECONDS);
            assertThat(pieces.poll()).isEqualTo("after\n");
        }
    }

    @Test
    void aFailureBeginsWithItsExitCode() throws Exception {
        assertThat(calls.fails("Bash", "command", "echo broken; exit 3")).isEqualTo("Exit code 3\nbroken");
        assertThat(calls.fails("Bash", "command", "exit 1")).isEqualTo("Exit code 1");
        assertThat(calls.fails("Bash", "command", "no-such-command-here"))
                .startsWith("Exit code 127\n")
                .contains("line 1");
        assertThat(calls.fails("Bash", "command", "if")).startsWith("Exit code 2\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "grep x /dev/null | true",
                "cd . && FOO=1 grep x /dev/null | true",
                "echo hi ; test -f nothing | true",
                "[ -f nothing ] | true",
                "diff /dev/null /etc/hostname | true",
                "find . -name x -exec false + | true",
                "git diff --quiet 2>&1 | true",
                "git commit | false",
                "grep x /dev/null && echo y | false",
                "false | false",
                "echo 'x; grep' | false",
                "echo $(grep x) | false",
                "'grep | false"
            })
    void exitCodeOneIsAnAnswerOfSomeCommands(String command, boolean answer) {
        assertThat(BenignExit.answers(command)).isEqualTo(answer);
    }

    @Test
    void anAnsweringExitCodeIsToldWithoutBeingAnError() throws Exception {
        assertThat(calls.ok("Bash", "command", "test -f nothing"))
                .isEqualTo("(Bash completed with no output)\n(exit code 1)");
        assertThat(calls.ok("Bash", "command", "echo a | grep b")).endsWith("(exit code 1)");
        assertThat(calls.fails("Bash", "command", "grep x missing-file")).startsWith("Exit code 2");
    }

    @Test
    void theDirectoryLastsWhileItIsInside() throws Exception {
        Files.createDirectories(calls.directory.resolve("a/b c"));
        calls.ok("Bash", "command", "cd 'a/b c'; set -C; trap_is_kept=1; exit 0");
        assertThat(calls.ok("Bash", "command", "pwd")).isEqualTo(calls.directory + "/a/b c");
        assertThat(calls.ok("Bash", "command", "cd /tmp; pwd"))
                .isEqualTo("/tmp\nShell cwd was reset to " + calls.directory);
        assertThat(calls.ok("Bash", "command", "pwd; (cd a)")).isEqualTo(calls.directory.toString());
        assertThat(calls.fails("Bash", "command", "cd a; exit 7")).isEqualTo("Exit code 7");
        assertThat(calls.ok("Bash", "command", "pwd; rm -r ../a"))
                .isEqualTo(calls.directory + "/a\nShell cwd was reset to " + calls.directory);
        assertThat(calls.ok("Bash", "command", "pwd")).isEqualTo(calls.directory.toString());
    }

    @Test
    void theDirectoryLastsInMoreDirectoriesToo(@TempDir Path more) throws Exception {
        Path real = more.toRealPath();
        try (Calls wide = Calls.in(calls.directory, real)) {
            assertThat(wide.ok("Bash", "command", "cd " + real)).doesNotContain("reset");
            assertThat(wide.ok("Bash", "command", "pwd")).isEqualTo(real.toString());
        }
    }

    @Test
    void aLinkOutsideDoesNotCarryTheDirectoryOut(@TempDir Path outside) throws Exception {
        Files.createSymbolicLink(calls.directory.resolve("link"), outside);
        assertThat(calls.ok("Bash", "command", "cd link")).contains("Shell cwd was reset to " + calls.directory);
    }

    @Test
    void theEnvironmentIsTheAllowListAndTheSessionsOwn() throws Exception {
        String environment =
                calls.ok("Bash", "command", "env; cat /proc/self/environ | tr '\\0' '\\n'; ls -l /proc/self/fd");
        assertThat(environment).contains("HOME=/nowhere", "LC_TIME=C", "SESSION_VARIABLE=from the session");
        assertThat(environment).doesNotContain("ANTHROPIC", "secret", "MAVEN", "JAVA_HOME");
        Stream<String> open = environment.lines().filter(line -> line.contains("/fd") || line.contains(" -> "));
        assertThat(open.count())
                .as("standard streams and the directory being listed")
                .isLessThanOrEqualTo(4);
    }

    @Test
    void theTimeoutKillsAndIsNamed() throws Exception {
        // The shell itself may have the time to say that its child was terminated.
        assertThat(calls.fails("Bash", "command", "(echo before; sleep 100)", "timeout", 300))
                .startsWith("The command did not end within its timeout of 300 ms and was killed.\nbefore");
    }

    @Test
    void theTimeoutHoldsWhileTheReaderIsSlow() throws Exception {
        CountDownLatch gone = new CountDownLatch(1);
        ToolResult result = calls.call(
                (stream, text) -> {
                    // The reader comes back only once the command is gone.
                    while (gone.getCount() > 0 && !calls.leftProcesses().isEmpty()) {
                        Thread.onSpinWait();
                    }
                    gone.countDown();
                },
                "Bash",
                Calls.input("command", "(trap '' TERM; sleep 100) & yes", "timeout", 200));
        assertThat(result.text()).contains("timeout of 200 ms");
    }

    @Test
    void closingTheToolboxEndsWhatRunsAndStartsNoMore() throws Exception {
        CountDownLatch started = new CountDownLatch(1);
        try (ToolWorkers workers = new ToolWorkers(1, 1)) {
            AtomicReference<String> result = new AtomicReference<>("");
            Future<?> call = workers.submit(() -> quietly(() -> result.set(calls.call(
                            (stream, text) -> started.countDown(), "Bash", Calls.input("command", "echo on; sleep 100"))
                    .text())));
            assertThat(started.await(20, TimeUnit.SECONDS)).isTrue();
            calls.close();
            calls.close();
            call.get(20, TimeUnit.SECONDS);
            assertThat(result.get()).startsWith("The session was closed while the command ran");
            assertThat(calls.fails("Bash", "command", "echo late")).contains("session is closed");
        }
    }

    @Test
    void charactersCutBetweenReadsAndInvalidBytesAreHandled() throws Exception {
        StringBuilder live = new StringBuilder();
        ToolResult result = calls.call(
                (stream, text) -> live.append(text),
                "Bash",
                Calls.input("command", "printf '\\xf0\\x9f'; sleep 0.1; printf '\\x98\\x80 \\xff \\xc3'"));
        assertThat(result.text()).isEqualTo("\uD83D\uDE00 \uFFFD \uFFFD");
        assertThat(live).hasToString("\uD83D\uDE00 \uFFFD \uFFFD");
    }

    @Test
    void aCommandInAsciiOnlyMeansTheSame() throws Exception {
        String command = "cd .; X='\u00e9 \uD83D\uDE00 \\'; echo \"$X\"\necho 'it'\\''s' $'a\\tb'";
        String ascii = ShellScript.ascii(command);
        assertThat(ascii.chars()).allMatch(c -> c < 0x80);
        assertThat(calls.ok("Bash", "command", ascii))
                .isEqualTo(calls.ok("Bash", "command", command))
                .isEqualTo("\u00e9 \uD83D\uDE00 \\\nit's a\tb");
        assertThat(calls.fails("Bash", "command", ShellScript.ascii("exit 4"))).isEqualTo("Exit code 4");
    }

    @Test
    void theLongOutputOfAFailureKeepsItsEnds() throws Exception {
        String failure = calls.fails("Bash", "command", "seq 1 20000; exit 9");
        assertThat(failure).startsWith("Exit code 9\n1\n").endsWith("\n20000");
        assertThat(failure.length()).isBetween(9_000, 10_200);
    }

    @Test
    void liveOutputStopsOnceAndTooMuchOutputKills() throws Exception {
        BashLimits small = new BashLimits(
                Duration.ofSeconds(50),
                Duration.ofSeconds(50),
                Duration.ofSeconds(50),
                Duration.ofSeconds(50),
                Duration.ofMillis(100),
                1_000,
                500,
                2_000,
                100_000);
        StringBuilder live = new StringBuilder();
        try (Calls limited = with(small)) {
            ToolResult result =
                    limited.call((stream, text) -> live.append(text), "Bash", Calls.input("command", "yes"));
            assertThat(result.isError()).isTrue();
            assertThat(result.text()).startsWith("The command printed more than 100000 characters and was killed.");
            assertThat(live.toString()).contains("live output stops here, after 2000 characters");
            assertThat(live.length()).isLessThan(2_200);
        }
    }

    @Test
    void theTimeoutIsHeldToTheMaximum() throws Exception {
        BashLimits small = new BashLimits(
                Duration.ofMillis(100),
                Duration.ofMillis(200),
                Duration.ofSeconds(50),
                Duration.ofSeconds(50),
                Duration.ofMillis(100),
                1_000,
                500,
                2_000,
                100_000);
        try (Calls limited = with(small)) {
            assertThat(limited.fails("Bash", "command", "sleep 100", "timeout", 999_999_999L))
                    .contains("timeout of 200 ms");
            assertThat(limited.fails("Bash", "command", "sleep 100")).contains("timeout of 100 ms");
        }
    }

    @Test
    void noPrivateFileIsLeftBehind() throws Exception {
        try (Calls own = with(Calls.QUICK)) {
            own.ok("Bash", "command", "echo x");
            own.fails("Bash", "command", "sleep 100", "timeout", 100);
        }
        try (Stream<Path> files = Files.list(temp)) {
            assertThat(files).isEmpty();
        }
    }

    @Test
    void impossibleInputsAreRefusedByName() throws Exception {
        assertThat(calls.fails("Bash", "command", "x", "run_in_background", "yes"))
                .contains("run_in_background: \"yes\" (expected: true or false)");
        assertThat(calls.fails("Bash", "command", "x", "dangerouslyDisableSandbox", true))
                .contains("dangerouslyDisableSandbox: true");
        assertThat(calls.ok("Bash", "command", "echo x", "run_in_background", false))
                .isEqualTo("x");
        assertThat(calls.fails("Bash", "command", "a\0b")).contains("no NUL characters");
        assertThat(calls.fails("Bash", "command", "x".repeat(100_001))).contains("100001 chars");
        assertThat(calls.fails("Bash", "command", " ")).contains("not blank");
        assertThat(calls.fails("Bash", "command", "x", "timeout", 0))
                .contains("timeout: 0 (expected: a whole number of at least 1)");
    }

    @Test
    void thePersonSeesTheWholeCommandOnOneLine() throws Exception {
        ToolPlan.Ready plan = calls.ready("Bash", "command", "ls\nrm -rf \u202Ex", "description", "List files");
        assertThat(plan.access().kind()).isEqualTo(Access.Kind.RUN);
        assertThat(plan.description()).isEqualTo("Run the command: ls\\nrm -rf \\u{202e}x (said to: List files)");
        assertThat(calls.ready("Bash", "command", "y".repeat(500)).description())
                .isEqualTo("Run the command: " + "y".repeat(200) + "... (500 chars)");
    }

    private interface Action {
        void run() throws Exception;
    }

    private static void quietly(Action action) {
        try {
            action.run();
        } catch (Exception failure) {
            throw new IllegalStateException(new ExecutionException(failure));
        }
    }

    @Test
    void anErrorOfSyntaxShowsTheCommandAndNothingElse() throws Exception {
        for (String command : List.of("echo a; fi", "true\nfi", "echo \"abc", "echo 'a' `b", "for x in")) {
            assertThat(calls.fails("Bash", "command", command))
                    .containsPattern("syntax error|unexpected EOF")
                    .doesNotContain("trap", "pwd", "ulimit", "EXIT", "AGENTWS");
        }
        assertThat(calls.ok("Bash", "command", "echo one\necho $LINENO \"$#\" 'it'\\''s'"))
                .contains("one\n2 0 it's");
    }
}
