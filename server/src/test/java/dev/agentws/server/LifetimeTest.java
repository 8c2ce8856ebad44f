package dev.agentws.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LifetimeTest {
    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    private Path directory;

    @Test
    void nobodyIsToldThatItListensBeforeASignalWouldEndItInGoodOrder() {
        TestRun run = new TestRun(directory);
        run.onSignalTask = task -> run.seen.add("signals, " + run.out());
        run.onShutdownTask = task -> run.seen.add("shutdown, " + run.out());

        assertThat(run.run("--port=0")).isEqualTo(Program.OK);
        assertThat(run.run(
                        List.of(SimulatorCommand.spec(run.surroundings(), (port, pace, tls) -> run.server)),
                        "simulator"))
                .isEqualTo(Program.OK);

        assertThat(run.seen.subList(0, 2)).containsExactly("signals, ", "shutdown, ");
        assertThat(run.seen.subList(2, 4)).noneMatch(each -> each.contains("to use it"));
        assertThat(run.out()).contains("to use it");
    }

    @Test
    void theFirstSignalLetsTurnsFinishAndTheSecondDoesNot() throws Exception {
        TestRun run = new TestRun(directory);
        run.server.end = new CompletableFuture<>();
        CompletableFuture<Integer> exitCode = new CompletableFuture<>();
        Thread program = new Thread(() -> exitCode.complete(run.run("--port=0")));
        run.onSignalTask = task -> {
            task.run();
            run.seen.add(run.server.drains + " " + run.server.closes);
            task.run();
            run.seen.add(run.server.drains + " " + run.server.closes);
            run.server.end.complete(null);
        };

        program.start();

        assertThat(exitCode.get(20, TimeUnit.SECONDS)).isEqualTo(Program.OK);
        assertThat(run.seen).containsExactly("1 0", "1 1");
    }
}
