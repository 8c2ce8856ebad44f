package dev.agentws.tools.search;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentws.tools.Calls;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a rule denies to read is in no answer of a search. */
class HiddenFilesTest {
    private static String answer(Calls calls, Predicate<Path> hidden, String tool, Object... input) throws Exception {
        return calls.ready(tool, input)
                .body()
                .hiding(hidden)
                .run((stream, text) -> {})
                .text();
    }

    @Test
    void deniedFilesAndDirectoriesAreLeftOut(@TempDir Path directory) throws Exception {
        try (Calls calls = Calls.in(directory)) {
            calls.write("a.txt", "needle");
            calls.write("key.pem", "needle");
            calls.write("secret/b.txt", "needle");
            Predicate<Path> hidden = path -> path.endsWith("key.pem") || path.endsWith("secret");
            for (Object[] input : new Object[][] {
                {"pattern", "needle"},
                {"pattern", "needle", "output_mode", "content"},
                {"pattern", "needle", "glob", "*.pem"}
            }) {
                assertThat(answer(calls, hidden, "Grep", input)).doesNotContain("key.pem", "secret");
            }
            assertThat(answer(calls, hidden, "Grep", "pattern", "needle")).contains("a.txt");
            assertThat(answer(calls, hidden, "Glob", "pattern", "**/*"))
                    .contains("a.txt")
                    .doesNotContain("key.pem", "secret");
            assertThat(calls.ok("Grep", "pattern", "needle")).contains("key.pem", "secret/b.txt");
        }
    }

    @Test
    void aRuleForALinkCountsBelowIt(@TempDir Path directory) throws Exception {
        try (Calls calls = Calls.in(directory)) {
            calls.write("real/a.txt", "needle");
            Files.createSymbolicLink(calls.directory.resolve("link"), calls.directory.resolve("real"));
            Predicate<Path> hidden = path -> path.equals(calls.directory.resolve("link/a.txt"));
            assertThat(answer(calls, hidden, "Grep", "pattern", "needle", "path", "link"))
                    .isEqualTo("No matches found");
            assertThat(answer(calls, hidden, "Grep", "pattern", "needle", "path", "real"))
                    .contains("a.txt");
        }
    }
}
