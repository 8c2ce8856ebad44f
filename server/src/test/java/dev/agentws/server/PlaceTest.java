package dev.agentws.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlaceTest {
    @Test
    void whoHasNoHomeHasTheTopAndNoDirectoryCalledQuestionMark() {
        assertThat(Place.home("/srv/ada", "/home/ada")).hasToString("/srv/ada");
        assertThat(Place.home(null, "/home/ada")).hasToString("/home/ada");
        assertThat(Place.home("here", "/home/ada")).hasToString("/home/ada");
        assertThat(Place.home(null, "?")).hasToString("/");
        assertThat(Place.home("", "?")).hasToString("/");
    }

    @Test
    void aDirectoryThatMayNotBeEnteredStopsTheStart(@TempDir Path temp) throws Exception {
        // Nobody may enter what is in an archive, not even root.
        try (FileSystem archive = FileSystems.newFileSystem(temp.resolve("a.zip"), Map.of("create", "true"))) {
            assertThatThrownBy(() -> AgentLauncher.real("working directory", archive.getPath("/")))
                    .isInstanceOf(StartFailure.class)
                    .hasMessage(
                            "working directory /: permission denied (expected: a directory that this user may enter)");
        }
    }
}
