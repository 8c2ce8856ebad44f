package dev.agentws.tools.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.agentws.agent.tool.Access;
import dev.agentws.agent.tool.ToolPlan;
import dev.agentws.tools.Calls;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WriteEditTest {
    private static final String UNREAD = "File has not been read yet. Read it first before writing to it.";

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
    void aNewFileIsCreatedWithItsDirectories() throws Exception {
        ToolPlan.Ready plan = calls.ready("Write", "file_path", "a/b/c.txt", "content", "one\ntwo\n");
        assertThat(plan.access().kind()).isEqualTo(Access.Kind.EDIT);
        assertThat(plan.description()).isEqualTo("Write " + calls.directory + "/a/b/c.txt (2 lines)");
        assertThat(Files.exists(calls.directory.resolve("a"))).isFalse();
        assertThat(plan.body().run((stream, text) -> {}).text())
                .isEqualTo("File created successfully at: " + calls.directory + "/a/b/c.txt");
        assertThat(calls.content("a/b/c.txt")).isEqualTo("one\ntwo\n");
    }

    @Test
    void aFileMustBeReadBeforeItIsReplaced() throws Exception {
        calls.write("a.txt", "old");
        assertThat(calls.fails("Write", "file_path", "a.txt", "content", "new")).contains(UNREAD);
        calls.ok("Read", "file_path", "a.txt");
        assertThat(calls.ok("Write", "file_path", "a.txt", "content", "new"))
                .isEqualTo("The file " + calls.directory + "/a.txt has been updated successfully.");
        calls.ok("Write", "file_path", "a.txt", "content", "newer, as its content is known now");
        assertThat(calls.content("a.txt")).startsWith("newer");
    }

    @Test
    void aFileThatChangedSinceItsReadIsNotReplaced() throws Exception {
        Path file = calls.write("a.txt", "old");
        calls.ok("Read", "file_path", "a.txt");
        ToolPlan.Ready plan = calls.ready("Write", "file_path", "a.txt", "content", "new");
        Files.setLastModifiedTime(file, FileTime.fromMillis(1_000));
        assertThat(plan.body().run((stream, text) -> {}).text()).contains("modified since it was read");
        assertThat(calls.fails("Write", "file_path", "a.txt", "content", "new")).contains("modified since it was read");
        assertThat(calls.content("a.txt")).isEqualTo("old");
    }

    @Test
    void aFileSeenInPartMustBeReadToItsEndBeforeItIsReplaced() throws Exception {
        calls.write("a.txt", "one\ntwo\nthree\n");
        calls.ok("Read", "file_path", "a.txt", "limit", 1);
        assertThat(calls.fails("Write", "file_path", "a.txt", "content", "new")).contains(UNREAD);
        calls.ok("Read", "file_path", "a.txt", "offset", 3);
        assertThat(calls.fails("Write", "file_path", "a.txt", "content", "new")).contains(UNREAD);
        calls.ok("Read", "file_path", "a.txt", "offset", 2);
        calls.ok("Write", "file_path", "a.txt", "content", "new");
    }

    @Test
    void theModeStaysAndNoTemporaryFileIsLeft() throws Exception {
        Path file = calls.write("run.sh", "old");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-x--x"));
        calls.ok("Read", "file_path", "run.sh");
        calls.ok("Write", "file_path", "run.sh", "content", "new");
        calls.ok("Edit", "file_path", "run.sh", "old_string", "new", "new_string", "newest");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rwxr-x--x");
        try (Stream<Path> files = Files.list(calls.directory)) {
            assertThat(files).containsExactly(file);
        }
    }

    @Test
    void aLeftoverTemporaryFileIsNotTouched() throws Exception {
        calls.write(".agentws-0.tmp", "of a crash");
        calls.ok("Write", "file_path", "a.txt", "content", "new");
        assertThat(calls.content(".agentws-0.tmp")).isEqualTo("of a crash");
        assertThat(calls.content("a.txt")).isEqualTo("new");
    }

    @Test
    void whatLeadsOutsideIsSaidToBeOutside(@TempDir Path outside) throws Exception {
        Path target = Files.writeString(outside.resolve("target"), "safe");
        Files.createSymbolicLink(calls.directory.resolve("file-link"), target);
        Files.createSymbolicLink(calls.directory.resolve("dir-link"), outside);
        Files.createSymbolicLink(calls.directory.resolve("dangling"), outside.resolve("absent"));
        String beside = "../" + calls.directory.getFileName() + "-new";
        for (String path : new String[] {"dir-link/new", "dir-link/deep/new", beside, outside + "/new"}) {
            assertThat(calls.inside("Write", "file_path", path, "content", "evil"))
                    .as(path)
                    .isFalse();
        }
        assertThat(calls.fails("Write", "file_path", "file-link", "content", "evil"))
                .contains(UNREAD);
        assertThat(calls.fails("Write", "file_path", "dangling", "content", "evil"))
                .contains("a link to something");
        assertThat(calls.fails("Write", "file_path", "dangling/new", "content", "evil"))
                .contains("a link to something");
        assertThat(Files.readString(target)).isEqualTo("safe");
        try (Stream<Path> files = Files.list(outside)) {
            assertThat(files).containsExactly(target);
        }
    }

    @Test
    void aDirectorySwappedForALinkAfterThePlanIsNotFollowed(@TempDir Path outside) throws Exception {
        calls.write("d/a.txt", "old");
        calls.ok("Read", "file_path", "d/a.txt");
        ToolPlan.Ready plan = calls.ready("Write", "file_path", "d/a.txt", "content", "evil");
        Files.move(calls.directory.resolve("d"), calls.directory.resolve("e"));
        Files.createSymbolicLink(calls.directory.resolve("d"), outside);
        assertThat(plan.body().run((stream, text) -> {}).isError()).isTrue();
        assertThat(Files.exists(outside.resolve("a.txt"))).isFalse();
        Workspace workspace = new Workspace(calls.directory);
        Workspace.Place stale =
                new Workspace.Place(calls.directory.resolve("d/a.txt"), calls.directory.resolve("d/a.txt"), true);
        assertThatThrownBy(() -> workspace.openParent(stale)).isInstanceOf(FileSystemException.class);
    }

    @Test
    void anEditReplacesTheOnePlace() throws Exception {
        calls.write("a.txt", "one\ntwo\nthree");
        assertThat(calls.fails("Edit", "file_path", "a.txt", "old_string", "two", "new_string", "2"))
                .contains(UNREAD);
        calls.ok("Read", "file_path", "a.txt", "limit", 1);
        assertThat(calls.ready("Edit", "file_path", "a.txt", "old_string", "two", "new_string", "2")
                        .description())
                .isEqualTo("Edit " + calls.directory + "/a.txt");
        assertThat(calls.ok("Edit", "file_path", "a.txt", "old_string", "two\nthree", "new_string", "2\n$1\\3"))
                .isEqualTo("The file " + calls.directory + "/a.txt has been updated successfully.");
        assertThat(calls.content("a.txt")).isEqualTo("one\n2\n$1\\3");
    }

    @Test
    void anEditThatFitsNowhereOrInSeveralPlacesIsRefused() throws Exception {
        calls.write("a.txt", "x y x y");
        calls.ok("Read", "file_path", "a.txt");
        assertThat(calls.fails("Edit", "file_path", "a.txt", "old_string", "z", "new_string", "2"))
                .contains("String to replace not found in file.\nString: z");
        assertThat(calls.fails("Edit", "file_path", "a.txt", "old_string", "x", "new_string", "2"))
                .contains("Found 2 matches of the string to replace, but replace_all is false. ");
        assertThat(calls.fails("Edit", "file_path", "a.txt", "old_string", "x", "new_string", "x"))
                .contains("exactly the same");
        calls.ok("Edit", "file_path", "a.txt", "old_string", "x", "new_string", "xx", "replace_all", true);
        assertThat(calls.content("a.txt")).isEqualTo("xx y xx y");
    }

    @Test
    void aChangedFileIsEditedIfThePlaceIsStillTheOnlyOne() throws Exception {
        Path file = calls.write("a.txt", "one two");
        calls.ok("Read", "file_path", "a.txt");
        Files.writeString(file, "zero one two two");
        assertThat(calls.fails("Edit", "file_path", "a.txt", "old_string", "two", "new_string", "2"))
                .contains("modified since it was read")
                .contains("matches 2 places");
        assertThat(calls.ok("Edit", "file_path", "a.txt", "old_string", "one", "new_string", "1"))
                .contains("Something else had changed the file");
        assertThat(calls.content("a.txt")).isEqualTo("zero 1 two two");
        assertThat(calls.fails("Write", "file_path", "a.txt", "content", "new")).contains(UNREAD);
    }

    @Test
    void lineEndingsByteOrderMarkAndMissingLastNewlineStay() throws Exception {
        calls.write("a.txt", "\uFEFFone\r\ntwo\r\nmixed\nthree");
        calls.ok("Read", "file_path", "a.txt");
        calls.ok("Edit", "file_path", "a.txt", "old_string", "one\ntwo\n", "new_string", "1\n2\n2b\n");
        assertThat(calls.content("a.txt")).isEqualTo("\uFEFF1\r\n2\r\n2b\r\nmixed\nthree");
        calls.ok("Edit", "file_path", "a.txt", "old_string", "mixed\nthree", "new_string", "m\n3");
        assertThat(calls.content("a.txt")).isEqualTo("\uFEFF1\r\n2\r\n2b\r\nm\n3");
    }

    @Test
    void filesThatAreNoTextAreNotEdited() throws Exception {
        byte[] latin = {'a', (byte) 0xe4, 'b'};
        Path file = calls.write("latin.txt", latin);
        calls.ok("Read", "file_path", "latin.txt");
        assertThat(calls.fails("Edit", "file_path", "latin.txt", "old_string", "a", "new_string", "c"))
                .contains("not valid UTF-8");
        assertThat(Files.readAllBytes(file)).isEqualTo(latin);
        assertThat(calls.fails("Write", "file_path", "x", "content", "\uD800")).contains("half of a surrogate pair");
    }

    @Test
    void anEmptyOldStringCreatesAFile() throws Exception {
        assertThat(calls.ok("Edit", "file_path", "d/new.txt", "old_string", "", "new_string", "content"))
                .startsWith("File created successfully at: ");
        assertThat(calls.content("d/new.txt")).isEqualTo("content");
        assertThat(calls.fails("Edit", "file_path", "d/new.txt", "old_string", "", "new_string", "x"))
                .contains("exists");
        assertThat(calls.fails("Edit", "file_path", "none", "old_string", "a", "new_string", "x"))
                .contains("no such file");
    }

    @Test
    void directoriesAndPipesAreNotWritten() throws Exception {
        Files.createDirectory(calls.directory.resolve("d"));
        assertThat(new ProcessBuilder("mkfifo", calls.directory + "/pipe")
                        .start()
                        .waitFor())
                .isZero();
        assertThat(calls.fails("Write", "file_path", "d", "content", "x")).contains("is a directory");
        assertThat(calls.fails("Write", "file_path", "pipe", "content", "x")).contains("pipe, socket");
        assertThat(calls.fails("Write", "file_path", ".", "content", "x")).contains("working directory itself");
        calls.write("file", "x");
        assertThat(calls.fails("Write", "file_path", "file/inside", "content", "x"))
                .contains(calls.directory + "/file");
    }

    @Test
    void aPathToADirectoryMakesNoFile() throws Exception {
        assertThat(calls.fails("Write", "file_path", "made/", "content", "x"))
                .contains("file_path: made/ (expected: the name of a file, without / or /. at its end)");
        assertThat(calls.fails("Edit", "file_path", "made/", "old_string", "", "new_string", "x"))
                .contains("file_path: made/ (expected: the name of a file");
        assertThat(calls.fails("Write", "file_path", "made/.", "content", "x"))
                .contains("file_path: made/. (expected: the name of a file");
        assertThat(calls.directory.resolve("made")).doesNotExist();
    }

    @Test
    void aFolderWithoutHandlesWritesTheSame(@TempDir Path plain) throws Exception {
        Path root = plain.toRealPath();
        Workspace workspace = new Workspace(root, List.of(), false);
        Workspace.Place place = workspace.locate("x/y.txt");
        try (Folder folder = workspace.makeParent(place)) {
            var written = folder.replace(place.name(), "one".getBytes(StandardCharsets.UTF_8), null);
            folder.replace(place.name(), "two".getBytes(StandardCharsets.UTF_8), written);
            assertThat(folder.names()).hasSize(1);
        }
        assertThat(Files.readString(root.resolve("x/y.txt"))).isEqualTo("two");
        Files.createSymbolicLink(root.resolve("link"), Path.of("/tmp"));
        try (Folder folder = workspace.open(root)) {
            assertThatThrownBy(() -> folder.child(Path.of("link"))).hasMessageContaining("is a link now");
        }
    }
}
