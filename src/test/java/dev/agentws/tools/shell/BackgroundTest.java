package dev.agentws.tools.shell;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentws.tools.Calls;
import dev.agentws.tools.ToolsConfig;
import dev.agentws.tools.ToolsConfig.BashLimits;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class BackgroundTest {
    private static final Pattern FILE = Pattern.compile("output goes to (\\S+)\\. ");

    private Calls calls;
    private @Nullable RandomAccessFile gate;

    @BeforeEach
    void open(@TempDir Path directory) {
        calls = Calls.in(directory);
    }

    @AfterEach
    void nothingIsLeft() throws Exception {
        if (gate != null) {
            gate.close();
        }
        calls.close();
        assertThat(calls.leftProcesses()).isEmpty();
    }

    /** A command that reads from the file gate waits until it is opened. */
    private void shutGate() throws Exception {
        Path file = calls.directory.resolve("gate");
        assertThat(new ProcessBuilder("mkfifo", file.toString()).start().waitFor())
                .isZero();
        gate = new RandomAccessFile(file.toFile(), "rw");
    }

    private void openGate(String line) throws Exception {
        Objects.requireNonNull(gate).writeBytes(line + "\n");
    }

    private static String file(String text) {
        Matcher matcher = FILE.matcher(text);
        assertThat(matcher.find()).as(text).isTrue();
        return matcher.group(1);
    }

    @Test
    void aCommandInTheBackgroundReturnsAtOnceAndItsEndIsTold() throws Exception {
        shutGate();
        String text = calls.ok(
                "Bash", "command", "echo first; read x < gate; echo \"$x\"; exit 3", "run_in_background", true);
        assertThat(text).startsWith("The command runs in the background with the id bash_1.");
        assertThat(calls.toolbox.takeNotices()).isEmpty();
        openGate("second");

        assertThat(calls.ok("BashOutput", "bash_id", "bash_1", "block", true))
                .isEqualTo("bash_1 ended with exit code 3.\nfirst\nsecond");
        assertThat(calls.ok("TaskOutput", "task_id", "bash_1"))
                .isEqualTo("bash_1 ended with exit code 3.\n(no new output)");
        assertThat(calls.ok("Read", "file_path", file(text))).contains("first", "second");
        List<String> notices = calls.toolbox.takeNotices();
        assertThat(notices).hasSize(1);
        assertThat(notices.get(0))
                .startsWith("<task-notification>\n<task-id>bash_1</task-id>\n<status>failed</status>")
                .contains(file(text), "ended with exit code 3.");
        assertThat(calls.toolbox.takeNotices()).isEmpty();
    }

    @Test
    void eachLookShowsWhatIsNewAndAFilterKeepsOnlyWhatMatches() throws Exception {
        shutGate();
        calls.ok(
                "Bash",
                "command",
                "printf 'a1\\nb1\\n'; read x < gate; printf 'a2\\nb2 \\xc3\\xa4'",
                "run_in_background",
                true);
        StringBuilder first = new StringBuilder();
        while (first.indexOf("b1") < 0) {
            first.append(calls.ok("BashOutput", "bash_id", "bash_1"));
        }
        assertThat(first.toString()).startsWith("bash_1 is running\n");
        // One look or several: the two lines may come apart.
        assertThat(first.toString().replaceAll("bash_1 is running\n(\\(no new output\\))?|\\s", ""))
                .isEqualTo("a1b1");
        openGate("go");
        assertThat(calls.ok("BashOutput", "bash_id", "bash_1", "filter", "^b", "block", true))
                .isEqualTo("bash_1 ended with exit code 0.\nb2 \u00e4");
        assertThat(calls.fails("BashOutput", "bash_id", "bash_1", "filter", "("))
                .contains("filter: \"(\" (expected: a regular expression of RE2; ");
    }

    @Test
    void aFilterSeesTheEndOfALine() throws Exception {
        calls.ok("Bash", "command", "printf 'one\\ntwo\\r\\nthree'", "run_in_background", true);

        assertThat(calls.ok("BashOutput", "bash_id", "bash_1", "filter", "^(one|two|three)$", "block", true))
                .isEqualTo("bash_1 ended with exit code 0.\none\ntwo\r\nthree");
    }

    @Test
    void oneOfTwoNamesOfTheIdIsEnoughAndBothAreTooMany() throws Exception {
        assertThat(calls.fails("KillShell", "shell_id", "a", "task_id", "b"))
                .contains("task_id: \"b\" (expected: absent, as shell_id is there too)");
        assertThat(calls.fails("BashOutput", "task_id", "a", "bash_id", "b"))
                .contains("task_id: \"a\" (expected: absent, as bash_id is there too)");
        assertThat(calls.fails("BashOutput")).contains("bash_id: missing (expected: a string)");
    }

    @Test
    void aBackgroundCommandIsKilledWithAllItStarted() throws Exception {
        calls.ok(
                "Bash",
                "command",
                "trap '' TERM; (setsid sleep 100 &); echo on; while true; do sleep 1; done",
                "run_in_background",
                true);
        assertThat(calls.ok("KillShell", "shell_id", "bash_1")).endsWith("was killed as asked for.");
        assertThat(calls.leftProcesses()).isEmpty();
        assertThat(calls.fails("TaskStop", "task_id", "bash_1")).contains("has ended already");
        assertThat(calls.toolbox.takeNotices()).singleElement().asString().contains("<status>killed</status>");
        assertThat(calls.fails("KillShell", "shell_id", "bash_9"))
                .contains("bash_9: no such command in the background (expected: one of bash_1)");
    }

    @Test
    void theLifeOfABackgroundCommandEnds() throws Exception {
        calls.ok("Bash", "command", "sleep 100", "run_in_background", true, "timeout", 100);
        assertThat(calls.ok("BashOutput", "bash_id", "bash_1", "block", true))
                .contains("killed when its time was over");
    }

    @Test
    void closingTheSessionEndsItsBackgroundCommandsAndRemovesTheirFiles() throws Exception {
        String text = calls.ok("Bash", "command", "setsid sleep 100 & sleep 100", "run_in_background", true);
        assertThat(Path.of(file(text))).exists();
        assertThat(calls.leftProcesses()).isNotEmpty();
        calls.close();
        assertThat(calls.leftProcesses()).isEmpty();
        assertThat(Path.of(file(text))).doesNotExist();
        assertThat(calls.fails("Bash", "command", "true", "run_in_background", true))
                .contains("session is closed");
    }

    @Test
    void aCommandThatTakesTooLongGoesOnInTheBackground() throws Exception {
        shutGate();
        String text = calls.ok("Bash", "command", "echo before && read x < gate && echo after $x", "timeout", 200);
        assertThat(text)
                .startsWith("The command did not end within its timeout of 200 ms and was moved to the background with"
                        + " the id bash_1.")
                .endsWith("It printed so far:\nbefore");
        openGate("all");
        assertThat(calls.ok("BashOutput", "bash_id", "bash_1", "block", true))
                .isEqualTo("bash_1 ended with exit code 0.\nbefore\nafter all");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "make all | true",
                "`cd a && npm test 2>&1 | tail -5` | true",
                "echo 'a; sleep 5' | true",
                "sleep 100 | false",
                "cd a && git fetch | false",
                "git fetch | false",
                "digit fetch | true",
                "(make all) | false",
                "make $(cat x) | false",
                "for i in 1 2; do make; done | false",
                "cd a; if true; then make; fi | false",
                "make & wait | false",
                "make 'all | false",
                "trap '' TERM; make | false"
            })
    void onlySimpleCommandsGoOnAfterTheirTimeout(String command, boolean may) {
        assertThat(Leaving.mayLeave(command)).isEqualTo(may);
    }

    @Test
    void longOutputIsKeptInAFileThatCanBeRead() throws Exception {
        String text = calls.ok("Bash", "command", "seq 1 20000");
        Matcher matcher = Pattern.compile("The output has 108894 characters and is kept in (\\S+) ")
                .matcher(text);
        assertThat(matcher.find()).isTrue();
        assertThat(text).endsWith("\n1\n2\n3\n" + text.substring(text.indexOf("\n4\n") + 1));
        assertThat(text.length()).isLessThan(2_500);
        assertThat(calls.ok("Read", "file_path", matcher.group(1), "offset", 20_000, "limit", 1))
                .contains("20000");
    }

    @Test
    void tooMuchOutputEndsABackgroundCommand() throws Exception {
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
        try (Calls limited = calls.with(ToolsConfig.defaults(Calls.config().parentEnvironment(), Path.of("/tmp"))
                .withBash(small))) {
            limited.ok("Bash", "command", "yes", "run_in_background", true);
            assertThat(limited.ok("BashOutput", "bash_id", "bash_1", "block", true))
                    .contains("killed because it printed too much", "characters left out here");
        }
    }

    @Test
    void onlySoManyRunInTheBackground() throws Exception {
        for (int i = 0; i < BackgroundCommands.MOST; i++) {
            calls.ok("Bash", "command", "sleep 100", "run_in_background", true);
        }
        assertThat(calls.fails("Bash", "command", "sleep 100", "run_in_background", true))
                .startsWith("16 commands run in the background already");
    }
}
