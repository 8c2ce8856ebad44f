package dev.agentws.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.agentws.agent.cost.ContextRules;
import dev.agentws.agent.cost.PriceTable;
import dev.agentws.agent.options.SessionOptionsReader;
import dev.agentws.agent.permission.PermissionSettings;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SessionPlacesTest {
    private static SessionPlaces places(Path directory) {
        AgentSettings settings = new AgentSettings(
                "claude-sonnet-5-5",
                null,
                directory,
                List.of(),
                2,
                2,
                Duration.ofHours(1),
                Duration.ofSeconds(60),
                1 << 20,
                "Test",
                PriceTable.published(),
                ContextRules.usual(),
                PermissionSettings.NONE);
        return new SessionPlaces(settings, new SessionOptionsReader(Set.of("Read")));
    }

    @Test
    void aDirectoryThatTheServerMayNotEnterIsRefusedBeforeEveryToolFailsInIt(@TempDir Path temp) throws Exception {
        assertThat(places(temp).directory(null)).isEqualTo(temp);
        // Nobody may enter what is in an archive, not even root.
        try (FileSystem archive = FileSystems.newFileSystem(temp.resolve("a.zip"), Map.of("create", "true"))) {
            assertThatThrownBy(() -> places(archive.getPath("/")).directory(null))
                    .isInstanceOf(SessionPlaces.BadDirectory.class)
                    .hasMessage("working_directory: / may not be entered by this server"
                            + " (expected: a directory that its user may enter)");
        }
    }
}
