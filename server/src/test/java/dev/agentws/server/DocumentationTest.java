package dev.agentws.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The table of settings in the README is the one in the code. */
final class DocumentationTest {
    /** Tests run in the folder of the module. */
    private static final Path README = Path.of("..", "README.md");

    @Test
    void theReadmeHasTheRowOfEverySetting() throws IOException {
        assumeTrue(Files.exists(README), "there is no README yet");
        List<String> lines = Files.readAllLines(README);

        List<String> missing = SettingsTable.ALL.stream()
                .map(DocumentationTest::row)
                .filter(row -> !lines.contains(row))
                .toList();

        assertThat(missing)
                .as("rows to put into the README:%n%s%n", String.join("\n", missing))
                .isEmpty();
    }

    @Test
    void aRowNamesAllSpellingsTheDefaultAndTheMeaning() {
        assertThat(row(SettingsTable.MODEL))
                .isEqualTo("| `AGENT_SERVER_MODEL`, `ANTHROPIC_MODEL` | built in | model of sessions that name none |");
    }

    private static String row(Setting<?> setting) {
        String names = String.join(
                ", ", setting.names().stream().map(name -> "`" + name + "`").toList());
        return "| " + names + " | " + setting.fallbackWords() + " | " + setting.meaning() + " |";
    }
}
