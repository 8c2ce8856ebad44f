package dev.agentws.tools.shell;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentws.tools.Calls;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Nothing of a command outlives its call, however it tries. */
@Timeout(60)
class ProcessHuntTest {
    private Calls calls;

    @BeforeEach
    void open(@TempDir Path directory) {
        calls = Calls.in(directory);
    }

    @AfterEach
    void nothingIsLeftRunning() {
        calls.close();
        assertThat(calls.leftProcesses()).isEmpty();
    }

    @Test
    void aCommandThatIgnoresThePoliteSignalIsKilled() throws Exception {
        assertThat(calls.fails("Bash", "command", "trap '' TERM; while true; do sleep 1; done", "timeout", 200))
                .contains("timeout of 200 ms");
    }

    @Test
    void processesThatLeftTheGroupAreKilledToo() throws Exception {
        calls.fails(
                "Bash",
                "command",
                "setsid sleep 100 & setsid setsid sleep 101 >/dev/null 2>&1 & sleep 102",
                "timeout",
                300);
        assertThat(calls.leftProcesses()).isEmpty();
    }

    /** Several times, because it is a race: by the time a process is looked at, its child may be the one to catch. */
    @RepeatedTest(5)
    void aProcessThatKeepsHandingOverToAChildIsCaught() throws Exception {
        calls.write("go", "");
        calls.write("hop.sh", "[ -e " + calls.directory + "/go ] && setsid sh hop.sh >/dev/null 2>&1 &\n");
        calls.fails("Bash", "command", "(sh hop.sh); sleep 100", "timeout", 300);
        List<Long> left = calls.leftProcesses();
        Files.delete(calls.directory.resolve("go"));
        assertThat(left).isEmpty();
    }

    @Test
    void whatACommandLeavesInTheBackgroundEndsWithIt() throws Exception {
        assertThat(calls.ok("Bash", "command", "sleep 100 & setsid sleep 100 & disown -a; echo done"))
                .isEqualTo("done");
        assertThat(calls.leftProcesses()).isEmpty();
    }

    @Test
    void aProcessThatShedItsMarkIsFoundByTheOutputItHolds() throws Exception {
        assertThat(calls.ok("Bash", "command", "(env -i setsid sleep 987 &) ; sleep 0.2; echo done"))
                .isEqualTo("done");
        assertThat(ProcessHandle.allProcesses()
                        .filter(handle -> handle.info().commandLine().orElse("").contains("sleep 987")))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "sleep 0.4; "})
    void aProcessThatShedMarkSessionAndOutputIsFoundAllTheSame(String before) throws Exception {
        String hidden = "(env -i setsid setsid sleep 988 >/dev/null 2>&1 </dev/null &); ";
        assertThat(calls.ok("Bash", "command", hidden + before + "echo done")).isEqualTo("done");
        assertThat(ProcessHandle.allProcesses()
                        .filter(handle -> handle.info().commandLine().orElse("").contains("sleep 988")))
                .isEmpty();
    }

    @Test
    void theLimitThatMarksACommandIsItsOwn() throws Exception {
        String limit = calls.ok("Bash", "command", "ulimit -Hx");
        assertThat(calls.ok("Bash", "command", "env -i setsid bash -c 'ulimit -Hx'"))
                .matches("[0-9]+")
                .isNotEqualTo(limit);
    }

    @Test
    void cancellingTheCallKillsAtOnce() throws Exception {
        CountDownLatch started = new CountDownLatch(1);
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        Thread worker = new Thread(() -> {
            try {
                calls.call(
                        (stream, text) -> started.countDown(),
                        "Bash",
                        Calls.input("command", "setsid sleep 100 & echo on; sleep 100"));
            } catch (Throwable failure) {
                thrown.set(failure);
            }
        });
        worker.start();
        assertThat(started.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(calls.leftProcesses()).isNotEmpty();
        worker.interrupt();
        worker.join(20_000);
        assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
        assertThat(calls.leftProcesses()).isEmpty();
    }

    @Test
    void cancellingWhileTheReaderIsSlowKillsToo() throws Exception {
        CountDownLatch writing = new CountDownLatch(1);
        CountDownLatch never = new CountDownLatch(1);
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        Thread worker = new Thread(() -> {
            try {
                calls.call(
                        (stream, text) -> {
                            writing.countDown();
                            never.await();
                        },
                        "Bash",
                        Calls.input("command", "yes"));
            } catch (Throwable failure) {
                thrown.set(failure);
            }
        });
        worker.start();
        assertThat(writing.await(20, TimeUnit.SECONDS)).isTrue();
        worker.interrupt();
        worker.join(20_000);
        assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
        assertThat(calls.leftProcesses()).isEmpty();
    }
}
