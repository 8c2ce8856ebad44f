package dev.agentws.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TrainingCommandTest {
    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    private Path directory;

    @Test
    void aWholeTurnIsPlayedAndNothingOfItIsLeft() throws IOException {
        TestRun run = new TestRun(directory);
        Launcher real = new AgentLauncher(run.surroundings(), directory, "test", System.getProperty("os.arch"));
        run.launcher = (settings, key) -> {
            throw new AssertionError("the settings of this user are not those of the training");
        };

        int exitCode = run.run(List.of(TrainingCommand.spec(run.surroundings(), real, directory)), "train");

        assertThat(exitCode).as(run.err()).isZero();
        assertThat(run.out() + run.err()).isEmpty();
        try (Stream<Path> left = Files.list(directory)) {
            assertThat(left).isEmpty();
        }
    }

    @Test
    void aServerThatCannotStartIsSaid() {
        TestRun run = new TestRun(directory);
        Launcher broken = (settings, key) -> {
            throw new StartFailure("no such luck");
        };

        assertThat(run.run(List.of(TrainingCommand.spec(run.surroundings(), broken, directory)), "train"))
                .isEqualTo(1);
        assertThat(run.err()).contains("no such luck").contains("agentws: train: exit code 1");
    }
}
