package dev.agentws.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.agentws.tools.shell.Sandbox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SandboxChoiceTest {
    private Path directory;

    @BeforeEach
    void place(@TempDir Path place) {
        directory = place;
    }

    private Sandbox choose(Settings.Sandbox wish, Map<String, String> environment) throws StartFailure {
        return SandboxChoice.of(
                new Settings.Workplace(List.of(), directory, wish, false, Settings.SandboxTmp.COMMAND),
                environment,
                directory,
                System.getProperty("os.arch"));
    }

    /** Found before the real one, and of no use. */
    private Map<String, String> broken() throws IOException {
        Path bwrap =
                Files.writeString(directory.resolve("bwrap"), "#!/bin/sh\necho 'no namespaces today' >&2\nexit 1\n");
        Files.setPosixFilePermissions(bwrap, PosixFilePermissions.fromString("rwxr-xr-x"));
        return Map.of("PATH", directory.toString());
    }

    @Test
    void withoutASandboxThatWorksAutoGoesOnWithoutAndRequiredDoesNotStart() throws Exception {
        assertThat(choose(Settings.Sandbox.AUTO, broken()).kind()).isEqualTo(Sandbox.Kind.NONE);
        assertThatThrownBy(() -> choose(Settings.Sandbox.REQUIRED, broken()))
                .isInstanceOf(StartFailure.class)
                .hasMessageContaining("bwrap does not work here: no namespaces today")
                .message()
                .hasLineCount(1);
    }

    @Test
    void offLooksForNothing() throws Exception {
        assertThat(choose(Settings.Sandbox.OFF, broken()).kind()).isEqualTo(Sandbox.Kind.OFF);
    }
}
