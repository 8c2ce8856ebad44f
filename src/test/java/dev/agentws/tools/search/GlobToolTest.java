package dev.agentws.tools.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.agentws.agent.tool.ToolPlan;
import dev.agentws.agent.tool.ToolSetup;
import dev.agentws.tools.BuiltInTools;
import dev.agentws.tools.Calls;
import dev.agentws.tools.ToolsConfig;
import dev.agentws.tools.ToolsConfig.WalkLimits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GlobToolTest {
    private Calls calls;

    @BeforeEach
    void open(@TempDir Path directory) {
        calls = Calls.in(directory);
    }

    private void file(String name, long age) throws IOException {
        Files.setLastModifiedTime(calls.write(name, "x"), FileTime.fromMillis(1_000_000_000_000L - age * 1_000));
    }

    private List<String> found(Object... input) throws InterruptedException {
        return calls.ok("Glob", input)
                .lines()
                .map(line -> line.replace(calls.directory + "/", ""))
                .toList();
    }

    @Test
    void filesComeNewestFirst() throws Exception {
        file("old.java", 300);
        file("a/new.java", 100);
        file("a/b/middle.java", 200);
        file("a/b/other.txt", 0);
        assertThat(found("pattern", "**/*.java")).containsExactly("a/new.java", "a/b/middle.java", "old.java");
        assertThat(found("pattern", "*.java")).containsExactly("old.java");
        assertThat(found("pattern", "*.java", "path", "a")).containsExactly("a/new.java");
        assertThat(found("pattern", "a/**")).containsExactly("a/b/other.txt", "a/new.java", "a/b/middle.java");
        assertThat(found("pattern", calls.directory + "/a/*/{middle,other}.*")).hasSize(2);
        assertThat(found("pattern", "old.java")).containsExactly("old.java");
        assertThat(found("pattern", "none/*.x")).containsExactly("No files found");
    }

    @Test
    void hiddenAndIgnoredFilesAreListed() throws Exception {
        file(".gitignore", 1);
        file(".hidden/x.log", 2);
        assertThat(found("pattern", "**/*")).containsExactly(".gitignore", ".hidden/x.log");
    }

    @Test
    void aLongListIsCutAndSaysSo() throws Exception {
        for (int i = 0; i < 120; i++) {
            file("f" + i, i);
        }
        List<String> found = found("pattern", "*");
        assertThat(found).hasSize(101).startsWith("f0", "f1");
        assertThat(found.get(100)).startsWith("[Only the 100 most recently changed of 120 files are listed.");
    }

    @Test
    void linksToDirectoriesAreNotEnteredAndNothingOutsideIsListed(@TempDir Path outside) throws Exception {
        Files.writeString(outside.resolve("secret"), "x");
        Files.createSymbolicLink(calls.directory.resolve("link"), outside);
        Files.createSymbolicLink(calls.directory.resolve("self"), calls.directory);
        file("a", 1);
        assertThat(found("pattern", "**/*")).containsExactlyInAnyOrder("a", "link", "self");
        for (String pattern : List.of("link/*", "../*", "/etc/*", outside + "/**")) {
            assertThat(calls.inside("Glob", "pattern", pattern)).as(pattern).isFalse();
        }
        assertThat(calls.fails("Glob", "pattern", "*/../../*")).contains("no .. after a wildcard");
        assertThat(calls.inside("Glob", "pattern", "*", "path", "/etc")).isFalse();
        assertThat(calls.ok("Glob", "pattern", outside + "/**")).isEqualTo(outside.toRealPath() + "/secret");
        assertThat(calls.fails("Glob", "pattern", "*", "path", "absent")).contains("existing directory");
    }

    @Test
    void badPatternsAreExplained() throws Exception {
        assertThat(calls.fails("Glob", "pattern", "[a")).contains("pattern: \"[a\"", "the [ is not closed");
        assertThat(calls.fails("Glob", "pattern", "{a,b")).contains("the { is not closed");
        assertThat(calls.fails("Glob", "pattern", "{a,b}".repeat(12))).contains("more than 1000 patterns");
        assertThat(calls.fails("Glob", "pattern", "a/")).contains("ends in the name of a file");
    }

    @Test
    void theLimitsOfAWalkAreTold() throws Exception {
        file("a/b/c/deep", 1);
        file("z", 2);
        ToolsConfig shallow = Calls.config().withWalk(new WalkLimits(100, 2, Duration.ofSeconds(20)));
        assertThat(Calls.in(calls.directory, shallow).ok("Glob", "pattern", "**/*"))
                .contains("[1 directories more than 2 levels down were not looked into.]");
        ToolsConfig few = Calls.config().withWalk(new WalkLimits(3, 20, Duration.ofSeconds(20)));
        assertThat(Calls.in(calls.directory, few).ok("Glob", "pattern", "**/*")).contains("[Stopped after 3 files");
    }

    @Test
    void timeRunsOutByTheClock() throws Exception {
        file("a", 1);
        AtomicLong clock = new AtomicLong();
        BuiltInTools kit = new BuiltInTools(
                Calls.config(),
                () -> "id",
                () -> clock.getAndAdd(Duration.ofSeconds(21).toNanos()));
        var tool = kit.open(new ToolSetup(kit.names(), calls.directory, List.of(), Map.of()))
                .find("Glob");
        assertThat(tool).isNotNull();
        var plan = (ToolPlan.Ready) Objects.requireNonNull(tool).plan(Calls.input("pattern", "*"));
        assertThat(plan.body().run((stream, text) -> {}).text()).contains("[Stopped after 20000 ms");
    }

    @Test
    void anInterruptEndsTheWalk() throws Exception {
        file("a", 1);
        var body = calls.ready("Glob", "pattern", "*").body();
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> body.run((stream, text) -> {})).isInstanceOf(InterruptedException.class);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ' ',
            value = {
                "*.java A.java true",
                "*.java a/A.java false",
                "**/*.java A.java true",
                "**/*.java a/b/A.java true",
                "a/**/z a/z true",
                "a/**/z a/b/c/z true",
                "a/**/z b/z false",
                "a/** a false",
                "a/** a/b true",
                "** a/b true",
                "a?c abc true",
                "a?c a/c false",
                "[a-c]x bx true",
                "[!a-c]x bx false",
                "[^a-c]x dx true",
                "[]x]y ]y true",
                "[a\\]]y ]y true",
                "{a,b{c,d}}.txt bd.txt true",
                "{a,b{c,d}}.txt bcd.txt false",
                "{a/b,c}/d a/b/d true",
                "\\*x *x true",
                "\\*x ax false",
                "*a*b*c xxaxxbxxc true",
                "*a*b*c xxaxxcxxb false",
                "./a a true",
                "é? éß true"
            })
    void patternsMatchAsInAShell(String pattern, String path, boolean matches) {
        assertThat(GlobPattern.parse(pattern, true).matches(List.of(path.split("/")), 0))
                .isEqualTo(matches);
    }

    @Test
    @Timeout(10)
    void noPatternTakesLong() {
        String name = "a".repeat(5_000);
        assertThat(GlobPattern.parse("*a".repeat(1_900) + "b", true).matches(List.of(name), 0))
                .isFalse();
        List<String> deep = Collections.nCopies(500, "a");
        assertThat(GlobPattern.parse("**/a/".repeat(400) + "b", true).matches(deep, 0))
                .isFalse();
    }
}
