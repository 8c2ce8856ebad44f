package dev.agentws.tools.shell;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class AdoptersTest {
    private Adopters before;

    @BeforeEach
    void look() {
        before = Objects.requireNonNull(Adopters.before(), "a system that tells the children of a process");
    }

    /** Several times, because other programs of this machine may leave somebody meanwhile. */
    @Test
    void aProgramThatLeavesNobodyIsSeenToLeaveNobody() {
        assertThat(IntStream.range(0, 50).anyMatch(attempt -> {
                    Adopters adopters = Objects.requireNonNull(Adopters.before());
                    run("true");
                    return adopters.gotNobody();
                }))
                .isTrue();
    }

    @Test
    void aProcessLeftInTheBackgroundIsSeenHoweverItHides() {
        long left = run("(env -i setsid sleep 60 >/dev/null 2>&1 </dev/null & echo $!)");
        assertThat(before.gotNobody()).isFalse();
        ProcessHandle.of(left).ifPresent(ProcessHandle::destroyForcibly);
    }

    private static long run(String command) {
        try {
            Process process = new ProcessBuilder("bash", "-c", command).start();
            String line;
            try (BufferedReader said = process.inputReader()) {
                line = said.readLine();
            }
            process.waitFor();
            return line == null ? 0 : Long.parseLong(line);
        } catch (Exception failure) {
            throw new IllegalStateException(failure);
        }
    }
}
