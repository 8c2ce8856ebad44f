package dev.agentws.tools.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.agentws.agent.tool.ToolPlan;
import dev.agentws.tools.Calls;
import dev.agentws.tools.call.ToolFailure;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class WorkspaceTest {
    private Path more;
    private Path outside;
    private Calls calls;

    @BeforeEach
    void open(@TempDir Path directory, @TempDir Path added, @TempDir Path elsewhere) throws IOException {
        more = added.toRealPath();
        outside = elsewhere.toRealPath();
        calls = Calls.in(directory, more);
    }

    @AfterEach
    void close() {
        calls.close();
    }

    @Test
    void aDirectoryThatNobodyMayEnterIsNoneToWorkIn() throws Exception {
        assertThat(new Workspace(outside).realDirectoryInside(outside.toString()))
                .isEqualTo(outside);
        // Nobody may enter what is in an archive, not even root.
        try (FileSystem archive = FileSystems.newFileSystem(outside.resolve("a.zip"), Map.of("create", "true"))) {
            Path closed = archive.getPath("/");
            assertThat(new Workspace(closed).realDirectoryInside("/")).isNull();
        }
    }

    @Test
    void filesOfAnAddedDirectoryAreInside() throws Exception {
        Files.writeString(more.resolve("a.txt"), "needle");
        String file = more + "/a.txt";
        assertThat(calls.inside("Read", "file_path", file)).isTrue();
        assertThat(calls.ok("Read", "file_path", file)).isEqualTo("1\tneedle");
        assertThat(calls.inside("Edit", "file_path", file, "old_string", "needle", "new_string", "thread"))
                .isTrue();
        calls.ok("Edit", "file_path", file, "old_string", "needle", "new_string", "thread");
        calls.ok("Write", "file_path", more + "/deep/b.txt", "content", "thread");
        assertThat(Files.readString(more.resolve("a.txt"))).isEqualTo("thread");
        assertThat(calls.inside("Glob", "pattern", "**/*.txt", "path", more.toString()))
                .isTrue();
        assertThat(calls.ok("Glob", "pattern", "**/*.txt", "path", more.toString())
                        .lines())
                .containsExactlyInAnyOrder(file, more + "/deep/b.txt");
        assertThat(calls.ok("Grep", "pattern", "thread", "path", more.toString()))
                .contains(file, more + "/deep/b.txt");
    }

    @Test
    void linksBetweenTheSessionsDirectoriesAreInside() throws Exception {
        Files.writeString(more.resolve("a.txt"), "x");
        Files.createSymbolicLink(calls.directory.resolve("link"), more);
        assertThat(calls.inside("Read", "file_path", "link/a.txt")).isTrue();
        assertThat(calls.inside("Read", "file_path", "link/../" + outside.getFileName() + "/a"))
                .as("the .. is taken from the text, not from where the link leads")
                .isTrue();
    }

    @Test
    void aDirectoryThatOnlyBeginsLikeAnAddedOneIsOutside() throws Exception {
        assertThat(calls.inside("Write", "file_path", more + "x/a.txt", "content", "x"))
                .isFalse();
        assertThat(calls.inside("Write", "file_path", calls.directory + "-evil/a.txt", "content", "x"))
                .isFalse();
    }

    @Test
    void whatWasPermittedOutsideIsWrittenAndEdited() throws Exception {
        String file = outside + "/new/a.txt";
        assertThat(calls.inside("Write", "file_path", file, "content", "one")).isFalse();
        calls.ok("Write", "file_path", file, "content", "one");
        calls.ok("Edit", "file_path", file, "old_string", "one", "new_string", "two");
        assertThat(Files.readString(Path.of(file))).isEqualTo("two");
    }

    @Test
    void aLinkTurnedElsewhereAfterThePermissionIsNotFollowed() throws Exception {
        Files.writeString(outside.resolve("harmless"), "harmless");
        Path secret = Files.writeString(outside.resolve("secret"), "secret");
        Path link = calls.directory.resolve("link");
        Files.createSymbolicLink(link, outside.resolve("harmless"));
        calls.ok("Read", "file_path", "link");
        List<ToolPlan.Ready> permitted = List.of(
                calls.ready("Read", "file_path", "link"),
                calls.ready("Write", "file_path", "link", "content", "evil"),
                calls.ready("Edit", "file_path", "link", "old_string", "harmless", "new_string", "evil"));
        Files.delete(link);
        Files.createSymbolicLink(link, secret);
        for (ToolPlan.Ready plan : permitted) {
            var result = plan.body().run((stream, text) -> {});
            assertThat(result.isError()).isTrue();
            assertThat(result.text())
                    .isEqualTo(link + ": leads to " + secret + " now and led to " + outside.resolve("harmless")
                            + " when the call was permitted; nothing was touched");
        }
        assertThat(Files.readString(secret)).isEqualTo("secret");
        assertThat(Files.readString(outside.resolve("harmless"))).isEqualTo("harmless");
    }

    @Test
    void aDirectoryOnTheWayThatBecomesALinkIsNotFollowed() throws Exception {
        Path deep = Files.createDirectories(outside.resolve("a/b"));
        Files.writeString(deep.resolve("file"), "x");
        Workspace workspace = new Workspace(calls.directory);
        Workspace.Place place = workspace.locate(deep + "/file");
        Files.move(outside.resolve("a"), outside.resolve("moved"));
        Files.createSymbolicLink(outside.resolve("a"), outside.resolve("moved"));
        assertThatThrownBy(() -> workspace.openParent(place))
                .isInstanceOf(FileSystemException.class)
                .hasMessageContaining(outside + "/a: is a link now and was a directory before; it was not followed");
        assertThatThrownBy(() -> workspace.requireUnmoved(place))
                .isInstanceOf(ToolFailure.class)
                .hasMessageContaining("leads to " + outside + "/moved/b/file now");
    }

    @Test
    void aFileThatBecomesALinkWhileItsDirectoryIsOpenIsNotFollowed() throws Exception {
        Path file = calls.write("file", "x");
        Path secret = Files.writeString(outside.resolve("secret"), "secret");
        Workspace workspace = new Workspace(calls.directory);
        Workspace.Place place = workspace.locate("file");
        try (Folder folder = workspace.openParent(place)) {
            var before = folder.attributes(place.name());
            Files.delete(file);
            Files.createSymbolicLink(file, secret);
            assertThatThrownBy(() -> folder.read(place.name())).hasMessageContaining("not a regular file");
            byte[] evil = "evil".getBytes(StandardCharsets.UTF_8);
            assertThatThrownBy(() -> folder.replace(place.name(), evil, before))
                    .hasMessageContaining("something else changed it at the same moment");
            assertThat(folder.names()).containsExactly(place.name());
        }
        assertThat(Files.readString(secret)).isEqualTo("secret");
    }

    @Test
    void aDirectorySwappedWhileItIsOpenLeadsNowhereElse() throws Exception {
        calls.write("d/file", "old");
        Workspace workspace = new Workspace(calls.directory);
        Workspace.Place place = workspace.locate("d/file");
        try (Folder folder = workspace.openParent(place)) {
            var before = folder.attributes(place.name());
            Files.move(calls.directory.resolve("d"), calls.directory.resolve("moved"));
            Files.writeString(outside.resolve("file"), "old");
            Files.createSymbolicLink(calls.directory.resolve("d"), outside);
            folder.replace(place.name(), "new".getBytes(StandardCharsets.UTF_8), before);
        }
        assertThat(calls.content("moved/file")).isEqualTo("new");
        assertThat(Files.readString(outside.resolve("file"))).isEqualTo("old");
    }

    @Test
    @Timeout(20)
    void whatIsNoFileIsRefusedWithoutWaitingForIt() throws Exception {
        assertThat(new ProcessBuilder("mkfifo", outside + "/pipe").start().waitFor())
                .isZero();
        assertThat(calls.fails("Read", "file_path", outside + "/pipe")).contains("pipe");
        assertThat(calls.fails("Write", "file_path", outside + "/pipe", "content", "x"))
                .contains("pipe");
        try (ServerSocketChannel socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            socket.bind(UnixDomainSocketAddress.of(calls.directory.resolve("socket")));
            assertThat(calls.fails("Read", "file_path", "socket")).contains("socket");
            assertThat(calls.fails("Edit", "file_path", "socket", "old_string", "", "new_string", "x"))
                    .contains("socket");
        }
    }

    @Test
    void theSystemsOwnFilesAreRefusedWhateverIsPermitted() throws Exception {
        Files.createSymbolicLink(calls.directory.resolve("keys"), Path.of("/proc/self/environ"));
        for (String path : List.of("/proc/self/environ", "/dev/zero", "/sys/kernel", "keys", "/proc")) {
            assertThat(calls.fails("Read", "file_path", path)).contains("belongs to the system itself");
            assertThat(calls.fails("Grep", "pattern", "KEY", "path", path)).contains("belongs to the system itself");
        }
        assertThat(calls.fails("Glob", "pattern", "/proc/*")).contains("belongs to the system itself");
        try (Folder top = new Workspace(calls.directory).open(Path.of("/"))) {
            assertThatThrownBy(() -> top.child(Path.of("proc"))).hasMessageContaining("belongs to the system itself");
        }
    }

    @Test
    void theSystemsOwnFilesAreRefusedEvenIfTheyAreTheSessionsDirectory() {
        for (Path root : List.of(Path.of("/proc"), Path.of("/sys"), Path.of("/dev"))) {
            Workspace workspace = new Workspace(calls.directory, List.of(root));
            assertThatThrownBy(() -> workspace.locate(root + "/self/environ"))
                    .isInstanceOf(ToolFailure.class)
                    .hasMessageContaining("belongs to the system itself");
        }
        assertThatThrownBy(() -> new Workspace(Path.of("/proc/self")).locate("environ"))
                .hasMessageContaining("belongs to the system itself");
    }

    @Test
    void aWorkspaceAtTheTopHasNoWayIntoTheSystemEither() throws Exception {
        Workspace workspace = new Workspace(Path.of("/"));
        assertThatThrownBy(() -> workspace.locate("proc/self/environ")).isInstanceOf(ToolFailure.class);
        assertThat(workspace.locate(calls.directory + "/a").inside()).isTrue();
    }

    @Test
    void theOtherNameOfAHardLinkKeepsItsContent() throws Exception {
        Path original = Files.writeString(outside.resolve("original"), "old");
        Files.createLink(calls.directory.resolve("name"), original);
        calls.ok("Read", "file_path", "name");
        calls.ok("Edit", "file_path", "name", "old_string", "old", "new_string", "new");
        assertThat(calls.content("name")).isEqualTo("new");
        assertThat(Files.readString(original)).isEqualTo("old");
    }
}
