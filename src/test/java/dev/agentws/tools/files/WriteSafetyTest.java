package dev.agentws.tools.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.agentws.agent.tool.ToolResult;
import dev.agentws.tools.Calls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WriteSafetyTest {
    private Calls calls;

    @BeforeEach
    void open(@TempDir Path directory) {
        calls = Calls.in(directory);
    }

    @AfterEach
    void close() {
        calls.close();
    }

    @Test
    void aReplacedFileKeepsItsWindowsLineEndingsAndItsMark() throws Exception {
        calls.write("a.txt", "\uFEFFone\r\ntwo\r\n");
        calls.ok("Read", "file_path", "a.txt");
        assertThat(calls.ok("Write", "file_path", "a.txt", "content", "1\n2\n"))
                .endsWith("It keeps its byte order mark and Windows line endings.");
        assertThat(calls.content("a.txt")).isEqualTo("\uFEFF1\r\n2\r\n");
        calls.ok("Write", "file_path", "a.txt", "content", "\uFEFF3\r\n");
        assertThat(calls.content("a.txt")).isEqualTo("\uFEFF3\r\n");
    }

    @Test
    void aReplacedFileWithMixedLineEndingsIsWrittenAsGiven() throws Exception {
        for (String old : new String[] {"one\r\ntwo\n", "one\n", "one", "\n"}) {
            calls.write("a.txt", old);
            calls.ok("Read", "file_path", "a.txt");
            calls.ok("Write", "file_path", "a.txt", "content", "1\n2\n");
            assertThat(calls.content("a.txt")).isEqualTo("1\n2\n");
        }
    }

    @Test
    void aFullDiskLeavesTheOldFileAndNothingElse(@TempDir Path mount) throws Exception {
        assumeThat(run("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", mount.toString()))
                .as("only root can mount a small disk")
                .isZero();
        try (Calls small = Calls.in(mount)) {
            small.write("a.txt", "old");
            small.ok("Read", "file_path", "a.txt");
            for (String path : new String[] {"a.txt", "new.txt"}) {
                assertThat(small.fails("Write", "file_path", path, "content", "x".repeat(200_000)))
                        .startsWith(small.directory + "/" + path + ": No space left on device")
                        .endsWith("nothing was changed");
            }
            assertThat(small.fails(
                            "Edit", "file_path", "a.txt", "old_string", "old", "new_string", "x".repeat(200_000)))
                    .contains("No space left on device");
            assertThat(small.content("a.txt")).isEqualTo("old");
            try (Stream<Path> files = Files.list(small.directory)) {
                assertThat(files).containsExactly(small.directory.resolve("a.txt"));
            }
        } finally {
            run("umount", mount.toString());
        }
    }

    @Test
    void aPrivateFileStaysPrivate() throws Exception {
        Path file = calls.write("key", "old");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        calls.ok("Read", "file_path", "key");
        calls.ok("Write", "file_path", "key", "content", "new");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
    }

    @Test
    void aFileOfSomebodyElseKeepsItsOwner() throws Exception {
        Path file = calls.write("theirs", "old");
        assumeThat(run("chown", "65534:65534", file.toString()))
                .as("only root can give files away")
                .isZero();
        calls.ok("Read", "file_path", "theirs");
        calls.ok("Edit", "file_path", "theirs", "old_string", "old", "new_string", "new");
        assertThat(Files.getAttribute(file, "unix:uid")).isEqualTo(65534);
        assertThat(Files.getAttribute(file, "unix:gid")).isEqualTo(65534);
    }

    @Test
    void aReadOnlyFileIsNotReplaced() throws Exception {
        Path file = calls.write("fixed", "old");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--r--r--"));
        assumeThat(Files.isWritable(file)).as("root may write everything").isFalse();
        calls.ok("Read", "file_path", "fixed");
        assertThat(calls.fails("Write", "file_path", "fixed", "content", "new")).contains("permission denied");
        assertThat(calls.content("fixed")).isEqualTo("old");
    }

    @Test
    void clientsSeeWhatAnEditChanged() throws Exception {
        calls.write("a.txt", "1\n2\n3\n4\n5\n6\n7\n8\n9\n");
        calls.ok("Read", "file_path", "a.txt");
        JsonNode details = details(calls.call("Edit", "file_path", "a.txt", "old_string", "5", "new_string", "five"));
        assertThat(details)
                .isEqualTo(Calls.json("{\"type\":\"update\",\"filePath\":\"" + calls.directory
                        + "/a.txt\",\"structuredPatch\":[{\"oldStart\":2,\"oldLines\":7,\"newStart\":2,\"newLines\":7,"
                        + "\"lines\":[\" 2\",\" 3\",\" 4\",\"-5\",\"+five\",\" 6\",\" 7\",\" 8\"]}]}"));
    }

    @Test
    void clientsSeeWhatAWriteChanged() throws Exception {
        JsonNode created = details(calls.call("Write", "file_path", "a.txt", "content", "one\ntwo\n"));
        assertThat(created.path("type").textValue()).isEqualTo("create");
        assertThat(created.path("structuredPatch").path(0))
                .isEqualTo(Calls.json(
                        "{\"oldStart\":0,\"oldLines\":0,\"newStart\":1,\"newLines\":2,\"lines\":[\"+one\",\"+two\"]}"));
        JsonNode updated = details(calls.call("Write", "file_path", "a.txt", "content", "one\n2\n"));
        assertThat(updated.path("type").textValue()).isEqualTo("update");
        assertThat(updated.path("structuredPatch").path(0).path("lines"))
                .extracting(JsonNode::textValue)
                .containsExactly(" one", "-two", "+2");
    }

    @Test
    void anEditThatWouldGrowBeyondMemoryIsRefused() throws Exception {
        calls.write("a.txt", "aaaa".repeat(100_000));
        calls.ok("Read", "file_path", "a.txt");
        assertThat(calls.fails(
                        "Edit",
                        "file_path",
                        "a.txt",
                        "old_string",
                        "a",
                        "new_string",
                        "b".repeat(100_000),
                        "replace_all",
                        true))
                .contains("would grow to about");
        assertThat(calls.content("a.txt")).startsWith("aaaa");
    }

    @Test
    void aLargeFileIsReplacedWithoutBeingCompared() throws Exception {
        calls.write("large", ("x".repeat(2_000) + "\n").repeat(9_000));
        for (int line = 1; line <= 9_000; line += 40) {
            calls.ok("Read", "file_path", "large", "offset", line, "limit", 40);
        }
        ToolResult result = calls.call("Write", "file_path", "large", "content", "small");
        assertThat(details(result).path("truncated").booleanValue()).isTrue();
        assertThat(calls.content("large")).isEqualTo("small");
    }

    private static JsonNode details(ToolResult result) throws IOException {
        assertThat(result.isError()).as(result.text()).isFalse();
        return new ObjectMapper().readTree(Objects.requireNonNull(result.details()));
    }

    private static int run(String... command) throws IOException, InterruptedException {
        return new ProcessBuilder(command).redirectErrorStream(true).start().waitFor();
    }
}
