package dev.agentws.tools.shell;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentws.tools.Calls;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What a server that is killed leaves of commands without a sandbox: nothing. */
@Timeout(60)
@EnabledOnOs(OS.LINUX)
class WatchdogTest {
    /** Each of its processes puts its number into the fifo. */
    private static final String FAMILY = """
            sleep 1001 & echo $! > told
            (setsid sleep 1002 & echo $! > told)
            env -i bash -c 'setsid nohup sleep 1003 >/dev/null 2>&1 & echo $! > told'
            bash -c 'trap "" TERM HUP; echo $$ > told; while :; do sleep 0.2; done' &
            echo $$ > told
            wait""";

    private final List<ProcessHandle> met = new ArrayList<>();

    /** A server, as far as it matters here: it runs one command and never comes back. */
    static final class Server {
        private Server() {}

        public static void main(String[] arguments) throws Exception {
            try (Calls calls = Calls.in(Path.of(arguments[0]))) {
                calls.call("Bash", "command", arguments[2], "run_in_background", arguments[1].equals("background"));
                Thread.currentThread().join();
            }
        }
    }

    @AfterEach
    void endAll() {
        met.forEach(ProcessHandle::destroyForcibly);
    }

    @Test
    void aKilledServerLeavesNothingOfACommand(@TempDir Path directory) throws Exception {
        everythingEndsWithTheServer(directory, "foreground");
    }

    @Test
    void norOfOneInTheBackground(@TempDir Path directory) throws Exception {
        everythingEndsWithTheServer(directory, "background");
    }

    private void everythingEndsWithTheServer(Path directory, String way) throws Exception {
        assertThat(new ProcessBuilder("mkfifo", directory.resolve("told").toString())
                        .start()
                        .waitFor())
                .isZero();
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        Process server = new ProcessBuilder(
                        java.toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Server.class.getName(),
                        directory.toString(),
                        way,
                        FAMILY)
                .redirectOutput(directory.resolve("out").toFile())
                .redirectError(directory.resolve("err").toFile())
                .start();
        met.add(server.toHandle());
        for (String number : numbers(directory.resolve("told"), 5)) {
            met.add(ProcessHandle.of(Long.parseLong(number)).orElseThrow());
        }
        server.descendants().forEach(met::add);
        assertThat(met)
                .as(Files.readString(directory.resolve("err")))
                .allMatch(ProcessHandle::isAlive)
                .hasSizeGreaterThan(6);
        server.destroyForcibly();
        for (ProcessHandle each : met) {
            each.onExit().get(20, TimeUnit.SECONDS);
        }
        assertThat(met).noneMatch(ProcessHandle::isAlive);
    }

    /** Opened for writing too, so that the end of one writer is not the end of the fifo. */
    private static List<String> numbers(Path fifo, int count) throws Exception {
        List<String> numbers = new ArrayList<>();
        try (RandomAccessFile in = new RandomAccessFile(fifo.toFile(), "rw")) {
            while (numbers.size() < count) {
                numbers.add(in.readLine());
            }
        }
        return numbers;
    }

    @Test
    void aCommandSeesNothingOfTheWatchdog(@TempDir Path directory) throws Exception {
        try (Calls calls = Calls.in(directory)) {
            String seen = calls.ok(
                    "Bash",
                    "command",
                    "for f in /proc/$$/fd/*; do readlink \"$f\"; done; jobs; echo \"last: $!\"; wait; ps -o pid= --ppid $$ | wc -l");
            assertThat(seen).contains("/dev/null").contains("last: \n").doesNotContain("atchdog");
            assertThat(seen.lines().filter(line -> line.startsWith("pipe:")).distinct())
                    .hasSize(2);
        }
    }

    @Test
    void oneThatWasKilledIsReplacedForTheNextCommand() throws Exception {
        ShellThreads threads = new ShellThreads(Thread::new, Thread::new);
        Watchdog watchdog = new Watchdog(new ShellPrograms(Map.of()), threads);
        watchdog.begin("first", LimitMark.NONE);
        ProcessHandle one = shellOf(watchdog);
        one.destroyForcibly();
        one.onExit().get(20, TimeUnit.SECONDS);
        Process orphan = marked("first");
        watchdog.begin("second", LimitMark.NONE);
        ProcessHandle other = shellOf(watchdog);
        assertThat(other.isAlive()).isTrue();
        watchdog.end("second");
        Process ended = marked("second");
        // As the end of this process would: what still runs is ended, what has ended is nobody's business any more.
        watchdog.letGo();
        other.onExit().get(20, TimeUnit.SECONDS);
        assertThat(orphan.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(ended.isAlive()).isTrue();
    }

    private Process marked(String id) throws Exception {
        ProcessBuilder builder = new ProcessBuilder("sleep", "1004");
        builder.environment().put(ChildEnvironment.MARK, id);
        Process process = builder.start();
        met.add(process.toHandle());
        return process;
    }

    private ProcessHandle shellOf(Watchdog watchdog) {
        ProcessHandle shell = Objects.requireNonNull(watchdog.shell());
        met.add(shell);
        return shell;
    }
}
