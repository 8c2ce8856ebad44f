package dev.agentws.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a server does that cannot have its data directory. */
final class DataDirectoryTest {
    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    private Path home;

    private final List<Running> running = new ArrayList<>();

    @AfterEach
    void stop() throws Exception {
        for (Running each : running) {
            each.close().toCompletableFuture().get(20, TimeUnit.SECONDS);
        }
    }

    private void start(String... settings) throws Exception {
        TestRun run = new TestRun(home);
        for (int i = 0; i < settings.length; i += 2) {
            run.environment.put(settings[i], settings[i + 1]);
        }
        AgentLauncher launcher =
                new AgentLauncher(run.surroundings(), Path.of("/tmp"), "test", System.getProperty("os.arch"));
        run.launcher = (chosen, key) -> {
            Running started = launcher.start(chosen, key);
            running.add(started);
            return run.server;
        };
        if (run.run("--port=0", "--simulate=true", "--sandbox=off") != Program.OK) {
            throw new IllegalStateException(run.err());
        }
    }

    @Test
    void aSecondServerOfTheSamePersonGoesOnInMemory() throws Exception {
        start();
        start("AGENT_SERVER_DATA_DIR", "auto");
        assertThat(home.resolve(".claude/agentws/sessions")).isDirectory();
        assertThat(running).hasSize(2);
    }

    @Test
    void aDirectoryThatWasAskedForMustBeHad() throws Exception {
        String data = home.resolve("data").toString();
        start("AGENT_SERVER_DATA_DIR", data);
        assertThatThrownBy(() -> start("AGENT_SERVER_DATA_DIR", data))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(data);
    }

    @Test
    void whoWantsNothingWrittenSaysSo() throws Exception {
        start("AGENT_SERVER_DATA_DIR", "none");
        assertThat(Files.exists(home.resolve(".claude/agentws"))).isFalse();
    }
}
