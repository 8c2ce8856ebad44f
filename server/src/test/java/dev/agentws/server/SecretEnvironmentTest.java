package dev.agentws.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the processes of the same user can see of the keys a real server was started with. */
final class SecretEnvironmentTest {
    private static final String SECRET = "sk-not-for-other-processes";

    @Test
    void theKeysOfARunningServerAreNotInItsEnvironmentForOthersToRead(@TempDir Path home) throws Exception {
        assumeTrue(Files.isReadable(Path.of("/proc/self/environ")), "no /proc here");
        ProcessBuilder builder = new ProcessBuilder(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "dev.agentws.server.Main",
                "--port=0"));
        builder.environment().put("HOME", home.toString());
        builder.environment().put("ANTHROPIC_API_KEY", SECRET);
        builder.environment().put("ANTHROPIC_CUSTOM_HEADERS", "x-team: " + SECRET);
        builder.environment().put("ANTHROPIC_BASE_URL", "http://127.0.0.1:9");
        builder.redirectError(ProcessBuilder.Redirect.DISCARD);
        Process server = builder.start();
        try (BufferedReader out = server.inputReader()) {
            assertThat(out.readLine()).startsWith("listening on ");
            String environment =
                    Files.readString(Path.of("/proc/" + server.pid() + "/environ"), StandardCharsets.ISO_8859_1);
            assertThat(environment).contains("HOME=" + home).contains("ANTHROPIC_API_KEY=***");
            assertThat(environment).doesNotContain(SECRET);
        } finally {
            server.destroy();
            assertThat(server.waitFor(20, TimeUnit.SECONDS)).isTrue();
            assertThat(server.exitValue()).isEqualTo(Program.OK);
        }
    }
}
