package dev.agentws.tools.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.agentws.agent.tool.Access;
import dev.agentws.tools.Calls;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class ReadToolTest {
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
    void linesComeWithNumbersAndTabs() throws Exception {
        calls.write("a.txt", "one\ntwo\n\nfour");
        assertThat(calls.ok("Read", "file_path", calls.directory + "/a.txt")).isEqualTo("1\tone\n2\ttwo\n3\t\n4\tfour");
        assertThat(calls.ok("Read", "file_path", "a.txt", "offset", 2, "limit", 1))
                .isEqualTo("2\ttwo");
        assertThat(calls.ok("Read", "file_path", "a.txt", "offset", 3)).isEqualTo("3\t\n4\tfour");
    }

    @Test
    void carriageReturnsAndTheByteOrderMarkAreNotShown() throws Exception {
        calls.write("a.txt", "\uFEFFone\r\ntwo\r\n");
        assertThat(calls.ok("Read", "file_path", "a.txt")).isEqualTo("1\tone\n2\ttwo");
    }

    @Test
    void invalidUtf8IsShownWithReplacementCharactersAndSaidToBeSo() throws Exception {
        calls.write("a.txt", new byte[] {'a', (byte) 0xff, (byte) 0xc3, '\n', (byte) 0xc3, (byte) 0xa4});
        assertThat(calls.ok("Read", "file_path", "a.txt"))
                .isEqualTo("1\ta\uFFFD\uFFFD\n2\tä\n\n[U+FFFD stands for bytes that are not valid UTF-8."
                        + " Edit refuses a file with such bytes.]");
    }

    @Test
    void binaryFilesAreRefused() throws Exception {
        calls.write("a.bin", new byte[] {'a', 0, 'b'});
        assertThat(calls.fails("Read", "file_path", "a.bin")).contains("is a binary file");
    }

    @Test
    void emptyFilesAndPagesPastTheEndAreSaid() throws Exception {
        calls.write("empty", "");
        calls.write("short", "one\ntwo\n");
        assertThat(calls.ok("Read", "file_path", "empty")).endsWith("exists but is empty.");
        assertThat(calls.ok("Read", "file_path", "short", "offset", 3))
                .contains("has only 2 lines; offset 3 is past its end");
    }

    @Test
    void overlongLinesAreCutAndMarked() throws Exception {
        calls.write("a.txt", "x".repeat(5_000) + "\nnext");
        assertThat(calls.ok("Read", "file_path", "a.txt"))
                .isEqualTo("1\t" + "x".repeat(2_000) + "... [line cut: 2000 of 5000 chars shown]\n2\tnext");
    }

    @Test
    void aFileOverTheTokenCapComesAsAFirstPageThatSaysHowToGoOn() throws Exception {
        calls.write("a.txt", ("x".repeat(99) + "\n").repeat(2_000));
        String page = calls.ok("Read", "file_path", "a.txt");
        assertThat(page).contains("PARTIAL view: lines 1-").contains("of a file of 200000 bytes");
        assertThat(page.length()).isBetween(90_000, 101_000);
        String next = page.replaceAll("(?s).*Go on with offset ([0-9]+).*", "$1");
        assertThat(calls.ok("Read", "file_path", "a.txt", "offset", Integer.parseInt(next), "limit", 1))
                .startsWith(next + "\t");
        assertThat(calls.fails("Read", "file_path", "a.txt", "limit", 2_000))
                .contains("over the limit of 25000 tokens");
    }

    @Test
    void theFirstLinesOfAHugeFileAreReadWithoutLoadingIt() throws Exception {
        Path file = calls.write("huge", "first\nsecond\n");
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            // A hole: the file claims 50 GB, which nobody could read in a test.
            channel.write(ByteBuffer.wrap("end".getBytes(StandardCharsets.UTF_8)), 50L << 30);
        }
        assertThat(calls.ok("Read", "file_path", "huge", "limit", 1)).isEqualTo("1\tfirst");
    }

    @Test
    void aPageFarIntoALargeFileIsFound() throws Exception {
        calls.write("large", ("line\n").repeat(10_000_000).getBytes(StandardCharsets.UTF_8));
        assertThat(calls.ok("Read", "file_path", "large", "offset", 9_999_999))
                .isEqualTo("9999999\tline\n10000000\tline");
    }

    @Test
    void whatIsNoRegularFileIsRefused() throws Exception {
        Files.createDirectory(calls.directory.resolve("d"));
        assertThat(new ProcessBuilder("mkfifo", calls.directory + "/pipe")
                        .start()
                        .waitFor())
                .isZero();
        assertThat(calls.fails("Read", "file_path", "d")).contains("is a directory");
        assertThat(calls.fails("Read", "file_path", "pipe")).contains("pipe");
        assertThat(calls.fails("Read", "file_path", "missing"))
                .contains(calls.directory + "/missing: no such file or directory");
        calls.write("file", "x");
        assertThat(calls.fails("Read", "file_path", "file/inside")).contains(calls.directory + "/file");
        assertThat(calls.fails("Read", "file_path", ".")).contains("is the working directory itself");
        assertThat(calls.fails("Read", "file_path", "/")).contains("is a directory");
    }

    @Test
    void whatLiesOutsideIsSaidToBeOutsideByItsRealPath(@TempDir Path outside) throws Exception {
        Path secret = Files.writeString(outside.toRealPath().resolve("secret"), "secret");
        Files.createSymbolicLink(calls.directory.resolve("file-link"), secret);
        Files.createSymbolicLink(calls.directory.resolve("dir-link"), outside);
        for (String path : new String[] {
            secret.toString(), "../" + outside.getFileName() + "/secret", "file-link", "dir-link/secret"
        }) {
            Access.Spot spot =
                    calls.ready("Read", "file_path", path).access().spots().get(0);
            assertThat(spot.inside()).as(path).isFalse();
            assertThat(spot.real()).isEqualTo(secret);
            assertThat(calls.ok("Read", "file_path", path)).isEqualTo("1\tsecret");
        }
        assertThat(calls.ready("Read", "file_path", "file-link")
                        .access()
                        .spots()
                        .get(0)
                        .shown())
                .isEqualTo(calls.directory.resolve("file-link"));
    }

    @Test
    void pathsThatCannotBeAreRefused() throws Exception {
        Files.createSymbolicLink(calls.directory.resolve("loop"), Path.of("loop"));
        assertThat(calls.fails("Read", "file_path", "loop")).contains("loop");
        assertThat(calls.fails("Read", "file_path", "a\0b")).contains("without NUL");
        assertThat(calls.fails("Read", "file_path", "")).contains("not empty");
        assertThat(calls.fails("Read", "file_path", "x/".repeat(3_000)))
                .contains("at most 4096 chars")
                .hasSizeLessThan(500);
        assertThat(calls.fails("Read", "file_path", "y".repeat(1_000))).contains("File name too long");
    }

    @Test
    void linksInsideTheWorkingDirectoryAreFollowed() throws Exception {
        calls.write("real/a.txt", "text");
        Files.createSymbolicLink(calls.directory.resolve("link"), Path.of("real"));
        assertThat(calls.ok("Read", "file_path", "link/a.txt")).isEqualTo("1\ttext");
    }

    @Test
    @Timeout(30)
    void aBinaryFileIsNotReadToItsEndToSayThatItIsOne() throws Exception {
        Path file = calls.write("binary", "first\n");
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            // A hole: one line of a terabyte of NULs.
            channel.write(ByteBuffer.wrap("end".getBytes(StandardCharsets.UTF_8)), 1L << 40);
        }
        assertThat(calls.fails("Read", "file_path", "binary")).contains("is a binary file, it holds NUL bytes");
    }

    @Test
    void readingIsFreeAndConcurrent() throws Exception {
        calls.write("a.txt", "x");
        assertThat(calls.ready("Read", "file_path", "a.txt").access().kind()).isEqualTo(Access.Kind.READ);
        assertThat(calls.tool("Read").concurrent()).isTrue();
    }

    @Test
    void anInterruptEndsALongRead() throws IOException, InterruptedException {
        calls.write("large", ("line\n").repeat(200_000));
        var body = calls.ready("Read", "file_path", "large", "offset", 199_999).body();
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> body.run((stream, text) -> {})).isInstanceOf(InterruptedException.class);
        assertThat(Thread.interrupted()).isFalse();
    }
}
