package dev.agentws.quality;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** How large a file and a package may grow. The tests run in the folder of the module. */
final class SizeTest {
    private static final int MAX_LINES = 400;
    /** The aim is about 15; lowered when a package is divided, never raised without a reason. */
    private static final int MAX_FILES = 45;

    @Test
    void noFileIsLongerThanTheLimit() throws IOException {
        List<String> tooLong = Stream.of(
                        sources("main/java", ".java"),
                        sources("test/java", ".java"),
                        sources("main/resources/dev/agentws/console", ".js"))
                .flatMap(files -> files)
                .filter(file -> lines(file) > MAX_LINES)
                .map(file -> file + ": " + lines(file) + " lines (expected: at most " + MAX_LINES + ")")
                .toList();
        assertThat(tooLong).isEmpty();
    }

    @Test
    void noPackageHasMoreFilesThanTheLimit() throws IOException {
        Map<Path, Long> counts = sources("main/java", ".java")
                .collect(Collectors.groupingBy(file -> file.resolveSibling(""), Collectors.counting()));
        assertThat(counts).isNotEmpty();
        counts.forEach(
                (folder, count) -> assertThat(count).as("files in %s", folder).isLessThanOrEqualTo(MAX_FILES));
    }

    private static Stream<Path> sources(String folder, String ending) throws IOException {
        try (Stream<Path> files = Files.walk(Path.of(folder))) {
            return files.filter(file -> file.toString().endsWith(ending)).toList().stream();
        }
    }

    private static long lines(Path file) {
        try (Stream<String> lines = Files.lines(file)) {
            return lines.count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
