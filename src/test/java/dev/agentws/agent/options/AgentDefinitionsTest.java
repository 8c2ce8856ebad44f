package dev.agentws.agent.options;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class AgentDefinitionsTest {
    private Path project;
    private Path folder;

    @BeforeEach
    void makeFolder(@TempDir Path directory) throws IOException {
        project = directory;
        folder = Files.createDirectories(project.resolve(".claude/agents"));
    }

    private void file(String name, String text) throws IOException {
        Files.writeString(folder.resolve(name), text);
    }

    private AgentDefinitions read() {
        return AgentDefinitions.read(project);
    }

    @Test
    void aFullFileGivesAllFields() throws IOException {
        file(
                "a.md",
                "---\nname: reviewer\ndescription: Reads code\ntools: [Read, Grep]\nmodel: fast\n---\n\nYou review.\n\nBriefly.\n");

        assertThat(read().problems()).isEmpty();
        assertThat(read().find("reviewer"))
                .contains(new AgentDefinition(
                        "reviewer", "Reads code", List.of("Read", "Grep"), "fast", "You review.\n\nBriefly."));
    }

    @Test
    void toolsMayBeAListWithCommasAndTheRestMayBeMissing() throws IOException {
        file("helper.md", "---\r\ndescription: d\r\ntools: Read, Bash,\r\n---\r\nBody");

        AgentDefinition agent = read().find("helper").orElseThrow();
        assertThat(agent.tools()).containsExactly("Read", "Bash");
        assertThat(agent.model()).isNull();
        assertThat(agent.prompt()).isEqualTo("Body");
    }

    @Test
    void noToolsMeansThoseOfTheSessionAndAnEmptyListMeansNone() throws IOException {
        file("a.md", "---\ndescription: d\n---\n");
        file("b.md", "---\ndescription: d\ntools: []\n---\n");

        assertThat(read().find("a").orElseThrow().tools()).isNull();
        assertThat(read().find("b").orElseThrow().tools()).isEmpty();
    }

    @Test
    void aProjectWithoutTheFolderHasNoAgents() throws IOException {
        Files.delete(folder);

        assertThat(read()).isEqualTo(new AgentDefinitions(Map.of(), List.of()));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            no head at all                             | no head
            ---\\nname: x                              | no head
            ---\\nname: x\\n---\\nbody                 | description: missing
            ---\\n- a\\n---\\nbody                     | no mapping
            ---\\n---\\nbody                           | no mapping
            ---\\nname: a/b\\ndescription: d\\n---\\n  | name: a/b (expected
            ---\\nname: [x]\\ndescription: d\\n---\\n  | name: a list
            ---\\ntools: {a: b}\\ndescription: d\\n---\\n | tools: a mapping
            ---\\ntools: [1]\\ndescription: d\\n---\\n | tools: a list of other things
            ---\\nname: a\\nname: b\\n---\\n           | not YAML
            ---\\nx: [\\n---\\n                        | not YAML
            """)
    void aBadFileIsReportedAndTheGoodOneStays(String text, String problem) throws IOException {
        file("bad.md", text.replace("\\n", "\n"));
        file("good.md", "---\ndescription: d\n---\n");

        assertThat(read().agents()).containsOnlyKeys("good");
        assertThat(read().problems())
                .singleElement()
                .asString()
                .contains("bad.md")
                .contains(problem)
                .doesNotContain("\n");
    }

    @Test
    void deepNestingIsRefusedBeforeItCanOverflowTheStack() throws IOException {
        file("deep.md", "---\nx: " + "[".repeat(50_000) + "\n---\n");

        assertThat(read().problems()).singleElement().asString().contains("nested too deeply");
    }

    @Test
    void aTowerOfAliasesIsRefused() throws IOException {
        StringBuilder head = new StringBuilder("---\na0: &a0 [x]\n");
        for (int level = 1; level < 40; level++) {
            head.append("a%d: &a%d [*a%d, *a%d]%n".formatted(level, level, level - 1, level - 1));
        }
        file("aliases.md", head.append("description: d\n---\n").toString());

        assertThat(read().problems()).singleElement().asString().contains("aliases.md: the head is not YAML");
    }

    @Test
    void aLinkOutOfTheFolderIsNotFollowed() throws IOException {
        Path outside = Files.writeString(project.resolve("secret.md"), "---\ndescription: d\n---\nsecret");
        Files.createSymbolicLink(folder.resolve("link.md"), outside);

        assertThat(read().agents()).isEmpty();
        assertThat(read().problems()).singleElement().asString().contains("leads out of the folder");
    }

    @Test
    void aFileThatIsTooLongIsReported() throws IOException {
        file("long.md", "---\ndescription: d\n---\n" + "x".repeat(AgentDefinitions.MAX_FILE_BYTES));

        assertThat(read().problems()).singleElement().asString().contains("longer than 262144 bytes");
    }

    @Test
    void bytesThatAreNoTextAndFoldersAreReported() throws IOException {
        Files.write(folder.resolve("binary.md"), new byte[] {(byte) 0xff, (byte) 0xfe});
        Files.createDirectory(folder.resolve("folder.md"));

        assertThat(read().problems())
                .hasSize(2)
                .anyMatch(line -> line.contains("UTF-8"))
                .anyMatch(line -> line.contains("not a file"));
    }

    @Test
    void theSecondFileOfOneNameIsReported() throws IOException {
        file("a.md", "---\nname: same\ndescription: first\n---\n");
        file("b.md", "---\nname: same\ndescription: second\n---\n");

        assertThat(read().find("same").orElseThrow().description()).isEqualTo("first");
        assertThat(read().problems()).singleElement().asString().contains("b.md");
    }

    @Test
    void noMoreFilesThanTheLimitAreRead() throws IOException {
        for (int i = 0; i < AgentDefinitions.MAX_FILES + 5; i++) {
            file("a" + i + ".md", "---\ndescription: d\n---\n");
        }

        assertThat(read().agents()).hasSize(AgentDefinitions.MAX_FILES);
        assertThat(read().problems()).singleElement().asString().contains("more than 200 files");
    }

    @Test
    void agentsAreListedByName() throws IOException {
        file("b.md", "---\ndescription: d\n---\n");
        file("a.md", "---\ndescription: d\n---\n");

        assertThat(read().sorted()).extracting(AgentDefinition::name).containsExactly("a", "b");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "../x", "é"})
    void otherNamesAreNone(String name) {
        assertThat(AgentDefinition.isName(name)).isFalse();
        assertThat(AgentDefinition.isName("a".repeat(65))).isFalse();
        assertThat(AgentDefinition.isName("Code-reviewer_2")).isTrue();
    }
}
