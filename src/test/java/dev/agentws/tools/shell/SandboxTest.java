package dev.agentws.tools.shell;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentws.tools.Calls;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class SandboxTest {
    private Calls calls;

    @BeforeEach
    void open(@TempDir Path directory) {
        calls = Calls.in(directory, Calls.config().withSandbox(Sandboxes.require()));
    }

    @AfterEach
    void nothingIsLeft() {
        calls.close();
        assertThat(calls.leftProcesses()).isEmpty();
    }

    @Test
    void aCommandWorksInItsDirectoryAndItsFilesBelongToTheServersUser() throws Exception {
        assertThat(calls.ok("Bash", "command", "id -un; pwd; echo hello > made; cat made"))
                .isEqualTo("agent\n" + calls.directory + "\nhello");
        assertThat(calls.content("made")).isEqualTo("hello\n");
    }
}
