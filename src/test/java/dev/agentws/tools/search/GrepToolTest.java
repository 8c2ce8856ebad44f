package dev.agentws.tools.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.agentws.tools.Calls;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class GrepToolTest {
    private Calls calls;

    @BeforeEach
    void open(@TempDir Path directory) {
        calls = Calls.in(directory);
    }

    /** The answer with paths relative to the working directory. */
    private String grep(Object... input) throws InterruptedException {
        return calls.ok("Grep", input).replace(calls.directory + "/", "");
    }

    private String content(Object... input) throws InterruptedException {
        Object[] all = Arrays.copyOf(input, input.length + 2);
        all[input.length] = "output_mode";
        all[input.length + 1] = "content";
        return grep(all);
    }

    @Test
    void filesAreListedNewestFirst() throws Exception {
        Files.setLastModifiedTime(calls.write("a", "needle"), FileTime.fromMillis(1_000));
        Files.setLastModifiedTime(calls.write("b/c", "a needle too"), FileTime.fromMillis(2_000));
        calls.write("d", "hay");
        assertThat(grep("pattern", "needle")).isEqualTo("Found 2 files\nb/c\na");
        assertThat(grep("pattern", "n[e]+dle$")).isEqualTo("Found 1 file\na");
        assertThat(grep("pattern", "absent")).isEqualTo("No matches found");
    }

    @Test
    void contentComesInTheOrderOfPathsWithLineNumbers() throws Exception {
        calls.write("b", "x\nneedle 1\r\ny");
        calls.write("a", "needle 2");
        assertThat(content("pattern", "needle")).isEqualTo("a:1:needle 2\nb:2:needle 1");
        assertThat(content("pattern", "needle", "-n", false)).isEqualTo("a:needle 2\nb:needle 1");
        assertThat(content("pattern", "NEEDLE", "-i", true, "-o", true)).isEqualTo("a:1:needle\nb:2:needle");
        assertThat(content("pattern", "1$")).isEqualTo("b:2:needle 1");
    }

    @Test
    void contextIsMarkedAndGroupsAreSeparated() throws Exception {
        calls.write("a", "1\n2\nhit\n4\n5\n6\n7\nhit\nhit\n10\n");
        assertThat(content("pattern", "hit", "-C", 1))
                .isEqualTo("a-2-2\na:3:hit\na-4-4\n--\na-7-7\na:8:hit\na:9:hit\na-10-10");
        assertThat(content("pattern", "hit", "-B", 1)).isEqualTo("a-2-2\na:3:hit\n--\na-7-7\na:8:hit\na:9:hit");
        assertThat(content("pattern", "hit", "-A", 1)).isEqualTo("a:3:hit\na-4-4\n--\na:8:hit\na:9:hit\na-10-10");
        assertThat(content("pattern", "hit", "context", 5)).doesNotContain("--");
    }

    @Test
    void countsComePerFileAndInAll() throws Exception {
        calls.write("a", "x x\nx\n");
        calls.write("b", "x");
        assertThat(grep("pattern", "x", "output_mode", "count")).isEqualTo("a:2\nb:1\n\nFound 3 matches in 2 files");
        assertThat(grep("pattern", "x", "output_mode", "count", "head_limit", 1))
                .isEqualTo(
                        "a:2\n\nFound 3 matches in 2 files\n[Entries 1 to 1 are shown, there are more. Go on with offset 1.]");
    }

    @Test
    void longAnswersArePaged() throws Exception {
        calls.write("a", "x\n".repeat(300));
        assertThat(content("pattern", "x").lines())
                .hasSize(251)
                .last()
                .asString()
                .contains("Go on with offset 250");
        assertThat(content("pattern", "x", "offset", 250).lines())
                .hasSize(50)
                .first()
                .isEqualTo("a:251:x");
        assertThat(content("pattern", "x", "head_limit", 0).lines()).hasSize(300);
        assertThat(content("pattern", "x", "offset", 300)).isEqualTo("No entries at this offset");
        assertThat(content("pattern", "x", "offset", 9, "head_limit", 1)).startsWith("a:10:x\n[Entries 10 to 10");
    }

    @Test
    void anAnswerOfTooManyCharactersIsCutWithAWayOn() throws Exception {
        calls.write("a", ("x" + "y".repeat(400) + "\n").repeat(1_000));
        String text = content("pattern", "x", "head_limit", 0);
        assertThat(text.length()).isLessThan(101_000);
        assertThat(text).contains("Go on with offset ");
    }

    @Test
    void ignoredHiddenAndBinaryFilesAreLeftOut() throws Exception {
        calls.write(".gitignore", "# comment\n*.log\n!keep.log\n/top\nbuild/\ndocs/*.txt\n\\#odd\nspace\\ \n");
        calls.write("sub/.gitignore", "!again.log\nlocal\n");
        for (String name : new String[] {
            "a.log", "keep.log", "top", "sub/top", "build/x", "sub/build/x", "sub/build2/x", "docs/a.txt",
                    "docs/b/a.txt",
            "#odd", "space ", "sub/again.log", "sub/local", "local", ".hidden", ".git/config", ".dir/x", "normal"
        }) {
            calls.write(name, "needle");
        }
        calls.write("binary", new byte[] {'n', 'e', 'e', 'd', 'l', 'e', '\n', 0});
        assertThat(grep("pattern", "needle", "output_mode", "count").lines().filter(line -> line.endsWith(":1")))
                .containsExactly(
                        "docs/b/a.txt:1",
                        "keep.log:1",
                        "local:1",
                        "normal:1",
                        "sub/again.log:1",
                        "sub/build2/x:1",
                        "sub/top:1");
    }

    @Test
    void ignoreFilesOfOtherKindsCountInTheirOrder() throws Exception {
        calls.write(".git/info/exclude", "excluded\nnested/again\n");
        calls.write(".gitignore", "*.log\n!nested/again\n");
        calls.write(".ignore", "!a.log\nplain\n");
        calls.write("nested/.rgignore", "a.log\n!plain\n");
        for (String name :
                new String[] {"a.log", "b.log", "excluded", "plain", "nested/a.log", "nested/plain", "nested/again"}) {
            calls.write(name, "needle");
        }
        assertThat(content("pattern", "needle").lines())
                .containsExactly("a.log:1:needle", "nested/again:1:needle", "nested/plain:1:needle");
    }

    @Test
    void aPatternThatAsksForANewlineIsToldOfMultiline() throws Exception {
        calls.write("a", "x\ny");
        for (String pattern : new String[] {"x\ny", "x\\ny", "x|\\n"}) {
            assertThat(calls.fails("Grep", "pattern", pattern))
                    .contains("a pattern matches within a line; or multiline: true");
        }
        assertThat(grep("pattern", "^[^\\n]$")).isEqualTo("Found 1 file\na");
        assertThat(grep("pattern", "\\\\n")).isEqualTo("No matches found");
    }

    @Test
    void textOfOtherEncodingsIsFound() throws Exception {
        calls.write("bom", "\uFEFFneedle é\n");
        calls.write("utf16", "\uFEFFone\nneedle é\n".getBytes(java.nio.charset.StandardCharsets.UTF_16LE));
        calls.write("utf16be", "\uFEFFneedle é\n".getBytes(java.nio.charset.StandardCharsets.UTF_16BE));
        calls.write("broken", new byte[] {'x', (byte) 0xFF, ' ', 'n', 'e', 'e', 'd', 'l', 'e', '\n'});
        assertThat(content("pattern", "needle").lines())
                .containsExactly("bom:1:needle é", "broken:1:x\uFFFD needle", "utf16:2:needle é", "utf16be:1:needle é");
        assertThat(grep("pattern", "^needle é$")).startsWith("Found 3 files");
    }

    @Test
    void aFileThatTurnsBinaryFarInShowsWhatCameBefore() throws Exception {
        calls.write(
                "a",
                ("needle\n" + "hay\n".repeat(100_000) + "\0\nneedle\n")
                        .getBytes(java.nio.charset.StandardCharsets.UTF_8));
        assertThat(content("pattern", "needle"))
                .contains("a:1:needle\n", "a turned out to be binary further on and was searched only up to there");
        assertThat(grep("pattern", "needle", "output_mode", "count")).isEqualTo("No matches found");
    }

    @Test
    void whatIsNamedDirectlyIsSearchedAnyway() throws Exception {
        calls.write(".gitignore", "*.log\nnode_modules/\nnode_modules/**\n");
        calls.write("a.log", "needle");
        calls.write(".env", "needle");
        calls.write("node_modules/x/y.js", "needle");
        assertThat(grep("pattern", "needle", "path", "a.log")).isEqualTo("Found 1 file\na.log");
        assertThat(grep("pattern", "needle", "path", ".env")).isEqualTo("Found 1 file\n.env");
        assertThat(grep("pattern", "needle", "path", "node_modules")).isEqualTo("Found 1 file\nnode_modules/x/y.js");
        assertThat(grep("pattern", "needle", "glob", "*.log")).isEqualTo("Found 1 file\na.log");
        calls.write("binary", new byte[] {0});
        assertThat(grep("pattern", "x", "path", "binary"))
                .contains("No matches found", "is a binary file and was not searched");
    }

    @Test
    void rulesAboveTheStartCount() throws Exception {
        calls.write(".gitignore", "*.log\n/sub/anchored\n");
        calls.write("sub/a.log", "needle");
        calls.write("sub/anchored", "needle");
        calls.write("sub/b", "needle");
        assertThat(grep("pattern", "needle", "path", "sub")).isEqualTo("Found 1 file\nsub/b");
    }

    @Test
    void globAndTypeChooseFiles() throws Exception {
        calls.write("src/A.java", "needle");
        calls.write("src/b.ts", "needle");
        calls.write("src/c.tsx", "needle");
        calls.write("d.py", "needle");
        assertThat(grep("pattern", "needle", "type", "java")).isEqualTo("Found 1 file\nsrc/A.java");
        assertThat(grep("pattern", "needle", "glob", "*.{ts,tsx}")).startsWith("Found 2 files");
        assertThat(grep("pattern", "needle", "glob", "src/*.java")).startsWith("Found 1 file");
        assertThat(grep("pattern", "needle", "glob", "!*.py")).startsWith("Found 3 files");
        assertThat(calls.fails("Grep", "pattern", "x", "type", "nope"))
                .contains("type: \"nope\" (expected: one of asm, c,");
        assertThat(calls.fails("Grep", "pattern", "x", "glob", "[")).contains("glob: \"[\"");
    }

    @Test
    void multilinePatternsSpanLines() throws Exception {
        calls.write("a", "one\ntwo {\r\n  three\n}\nfour\n");
        assertThat(content("pattern", "\\{.*\\}")).isEqualTo("No matches found");
        assertThat(content("pattern", "\\{.*\\}", "multiline", true)).isEqualTo("a:2:two {\na:3:  three\na:4:}");
        assertThat(content("pattern", "two \\{\n", "multiline", true, "-o", true))
                .isEqualTo("a:2:two {\n");
        assertThat(content("pattern", "three$", "multiline", true, "-C", 1)).isEqualTo("a-2-two {\na:3:  three\na-4-}");
        assertThat(grep("pattern", "o$", "multiline", true, "output_mode", "count"))
                .isEqualTo("No matches found");
        assertThat(grep("pattern", "^", "multiline", true, "output_mode", "count"))
                .startsWith("a:5\n");
    }

    @Test
    void badPatternsAreExplained() throws Exception {
        assertThat(calls.fails("Grep", "pattern", "a(")).contains("pattern: \"a(\"", "missing closing )");
        assertThat(calls.fails("Grep", "pattern", "(?=a)")).contains("RE2 syntax");
        assertThat(calls.fails("Grep", "pattern", "((a{100}){100}){100}")).contains("fewer repetitions");
        assertThat(calls.fails("Grep", "pattern", "((a{1000}){1000}){1000}")).contains("fewer repetitions");
        assertThat(calls.fails("Grep", "pattern", "x", "path", "absent")).contains("an existing file or directory");
        assertThat(calls.fails("Grep", "pattern", "x", "-C", 1, "context", 1)).contains("only one of -C and context");
    }

    @Test
    void patternsThatHangOtherEnginesAreFast() throws Exception {
        calls.write("a", "a".repeat(50_000) + "!\n");
        assertThat(grep("pattern", "(a*)*(a|a)*b")).isEqualTo("No matches found");
    }

    @Test
    void overlongLinesAreSaidToBeSearchedInPart() throws Exception {
        calls.write("a", "x".repeat(150_000) + "needle\nneedle\n");
        assertThat(content("pattern", "needle")).contains("a:1:", "a:2:needle").doesNotContain("searched only");
        assertThat(content("pattern", "x")).startsWith("a:1:" + "x".repeat(500) + "... [cut, 150006 chars]");
        calls.write("a", "x".repeat(5 << 20) + "needle\nneedle\n");
        assertThat(content("pattern", "needle"))
                .contains("a:2:needle", "[1 lines were searched only in their first 4194304 bytes.]");
    }

    @Test
    void nothingOutsideIsSearched(@TempDir Path outside) throws Exception {
        Files.writeString(outside.resolve("secret"), "needle");
        Files.createSymbolicLink(calls.directory.resolve("link"), outside);
        Files.createSymbolicLink(calls.directory.resolve("file"), outside.resolve("secret"));
        assertThat(new ProcessBuilder("mkfifo", calls.directory + "/pipe")
                        .start()
                        .waitFor())
                .isZero();
        assertThat(grep("pattern", "needle")).isEqualTo("No matches found");
        for (String path : new String[] {"link", "file", "link/secret", outside.toString(), ".."}) {
            assertThat(calls.inside("Grep", "pattern", "needle", "path", path))
                    .as(path)
                    .isFalse();
        }
        assertThat(grep("pattern", "needle", "path", outside.toString())).contains("secret");
        assertThat(calls.fails("Grep", "pattern", "needle", "path", "pipe"))
                .contains("an existing file or directory, no device, pipe or socket");
    }

    @Test
    void anInterruptEndsTheSearch() throws Exception {
        calls.write("a", "x".repeat(90_000) + "\n");
        for (String path : new String[] {".", "a"}) {
            var body = calls.ready("Grep", "pattern", "(x+x+)+y", "path", path).body();
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> body.run((stream, text) -> {})).isInstanceOf(InterruptedException.class);
        }
        assertThat(Thread.interrupted()).isFalse();
    }
}
