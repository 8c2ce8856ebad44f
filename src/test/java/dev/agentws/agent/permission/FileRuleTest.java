package dev.agentws.agent.permission;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentws.agent.permission.Decision.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Rules of the form {@code Read(...)} and {@code Edit(...)}. */
class FileRuleTest {
    private final Path root;

    FileRuleTest(@TempDir Path root) {
        this.root = root;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Read(/OTHER/o.txt)|OTHER/o.txt|ALLOW",
                "Read(/OTHER/**)|OTHER/o.txt|ALLOW",
                "Read(/OTHER)|OTHER/o.txt|ALLOW",
                "Read(/OTHER/*)|OTHER/o.txt|ALLOW",
                "Read(/OTHER/x)|OTHER/o.txt|ASK",
                "Edit(/OTHER/**)|OTHER/o.txt|ALLOW",
                "Read(~/**)|HOME_DIR/x|ALLOW",
                "Read(~)|HOME_DIR/x|ALLOW",
                "Read(~/y)|HOME_DIR/x|ASK",
                "Read(o.txt)|OTHER/o.txt|ASK",
                "Read(**)|OTHER/o.txt|ASK",
                "Read|OTHER/o.txt|ALLOW",
                "Read(/out/**)|out/o.txt|ASK",
                "Read(/OTHER/**)|out/o.txt|ASK",
                "Read(//**)|out/o.txt|ALLOW",
                "Edit|OTHER/o.txt|ASK",
            })
    void aRuleLetsReadOutside(String rule, String path, Verdict verdict) {
        Rules rules = new Rules(root);
        assertThat(rules.allow(rules.in(rule)).file("Read", rules.in(path))).isEqualTo(verdict);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Edit(a.txt)|Write|a.txt|ALLOW",
                "Edit(a.txt)|Edit|sub/a.txt|ALLOW",
                "Edit(./a.txt)|Edit|sub/a.txt|ASK",
                "Edit(/a.txt)|Edit|sub/a.txt|ASK",
                "Edit(/a.txt)|NotebookEdit|a.txt|ALLOW",
                "Edit(*.txt)|Edit|sub/x.txt|ALLOW",
                "Edit(*.txt)|Edit|sub/x.md|ASK",
                "Edit(src/**)|Edit|src/Main.java|ALLOW",
                "Edit(src/**)|Edit|lib/src/x.txt|ASK",
                "Edit(**/src/**)|Edit|lib/src/x.txt|ALLOW",
                "Edit(src/*.java)|Edit|src/Main.java|ALLOW",
                "Edit(src/*.java)|Edit|src/a/Main.java|ASK",
                "Edit(src)|Edit|src/a/b.c|ALLOW",
                "Edit(src/)|Edit|src/a/b.c|ALLOW",
                "Edit(s?c/[A-M]ain.java)|Edit|src/Main.java|ALLOW",
                "Edit(s?c/[!M]ain.java)|Edit|src/Main.java|ASK",
                "Edit(**)|Edit|src/Main.java|ALLOW",
                "Edit(*)|Edit|src/Main.java|ALLOW",
                "Edit(**)|Edit|OTHER/o.txt|ASK",
                "Edit(**)|Edit|linked.txt|ASK",
                "Edit(linked.txt)|Edit|linked.txt|ASK",
                "Edit(alias.txt)|Edit|alias.txt|ASK",
                "Edit(**)|Edit|.git/config|ASK",
                "Edit(**)|Edit|sub/.git/hooks/x|ASK",
                "Edit(**)|Edit|.bashrc|ASK",
                "Edit(**)|Edit|.claude/settings.json|ASK",
                "Edit(**)|Edit|.claude/worktrees/w/f|ALLOW",
                "Edit(**)|Edit|.claude/worktrees/w/.git/f|ASK",
                "Edit(**)|Edit|.yarnrc.yml|ASK",
                "Edit(**)|Edit|lefthook.yml|ASK",
                "Edit(**)|Edit|gradle/wrapper/gradle-wrapper.properties|ASK",
                "Edit(**)|Edit|.GIT/config|ASK",
                "Edit(**)|Edit|.config/git/config|ASK",
                "Edit(**)|Edit|.gitignore|ALLOW",
                "Edit|Edit|.mcp.json|ASK",
                "Write|Write|a.txt|ALLOW",
                "Write|Edit|a.txt|ASK",
                "Read(**)|Edit|a.txt|ASK",
            })
    void aRuleLetsEditWhatItNamesAndItsTargetButNoProtectedPlace(
            String rule, String tool, String path, Verdict verdict) {
        Rules rules = new Rules(root);
        assertThat(rules.allow(rules.in(rule)).file(tool, rules.in(path))).isEqualTo(verdict);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Read(.env)|Read|.env|DENY",
                "Read(.env)|Read|sub/.env|DENY",
                "Read(.env)|Edit|.env|DENY",
                "Read(.env)|Write|.env|DENY",
                "Read(.env)|Grep|.env|DENY",
                "Read(.env)|Read|a.txt|ALLOW",
                "Read(secret/**)|Read|secret/key|DENY",
                "Read(secret/**)|Glob|secret|DENY",
                "Read(secret/**)|Grep|secret|DENY",
                "Read(src/**)|Read|lib/src/x.txt|DENY",
                "Read(/src/**)|Read|lib/src/x.txt|ALLOW",
                "Read(secret/**)|Read|alias.txt|DENY",
                "Read(alias.txt)|Read|alias.txt|DENY",
                "Read(/OTHER/**)|Read|linked.txt|DENY",
                "Read(linked.txt)|Read|linked.txt|DENY",
                "Edit(a.txt)|Read|a.txt|ALLOW",
                "Edit(a.txt)|Write|a.txt|DENY",
                "Edit(a.txt)|NotebookEdit|a.txt|DENY",
                "Search|Grep|a.txt|DENY",
                "Search|Glob|a.txt|DENY",
                "Search|Read|a.txt|ALLOW",
                "*|Read|a.txt|DENY",
                "Read(.env)|Grep|.|ALLOW",
                "Read(limit:5)|Read|a.txt|ALLOW",
            })
    void aRuleThatDeniesFiresOnLinkAndTargetInEveryMode(String rule, String tool, String path, Verdict verdict) {
        Rules rules = new Rules(root).mode(PermissionMode.BYPASS);
        assertThat(rules.deny(rules.in(rule)).allow("Read", "Write", "Edit").file(tool, rules.in(path)))
                .isEqualTo(verdict);
    }

    @Test
    void aSearchThroughADirectoryLeavesOutWhatIsDeniedAndNeedNotAsk() {
        Rules rules = new Rules(root).deny("Read(.env)");
        assertThat(rules.file("Grep", ".")).isEqualTo(Verdict.ALLOW);
        assertThat(rules.file("Glob", ".")).isEqualTo(Verdict.ALLOW);
    }

    @Test
    void aSearchThroughADirectoryWithFilesToAskAboutAsks() {
        Rules rules = new Rules(root).ask("Read(.env)");
        assertThat(rules.file("Grep", ".")).isEqualTo(Verdict.ASK);
        assertThat(rules.file("Grep", "a.txt")).isEqualTo(Verdict.ALLOW);
        assertThat(rules.file("Glob", ".")).isEqualTo(Verdict.ALLOW);
    }

    @ParameterizedTest
    @CsvSource({
        "DEFAULT, Read, a.txt, ALLOW",
        "DEFAULT, Read, OTHER/o.txt, ASK",
        "DEFAULT, Read, linked.txt, ASK",
        "DEFAULT, Edit, a.txt, ASK",
        "ACCEPT_EDITS, Edit, a.txt, ALLOW",
        "ACCEPT_EDITS, Edit, OTHER/o.txt, ASK",
        "ACCEPT_EDITS, Edit, linked.txt, ASK",
        "ACCEPT_EDITS, Edit, .git/config, ASK",
        "ACCEPT_EDITS, Read, OTHER/o.txt, ASK",
        "PLAN, Read, a.txt, ALLOW",
        "PLAN, Edit, a.txt, ASK",
        "DONT_ASK, Read, a.txt, ALLOW",
        "DONT_ASK, Read, OTHER/o.txt, DENY",
        "DONT_ASK, Edit, a.txt, DENY",
        "BYPASS, Edit, a.txt, ALLOW",
        "BYPASS, Edit, OTHER/o.txt, ALLOW",
        "BYPASS, Edit, .git/config, ALLOW",
    })
    void eachModeTreatsFilesInItsWay(PermissionMode mode, String tool, String path, Verdict verdict) {
        Rules rules = new Rules(root).mode(mode);
        assertThat(rules.file(tool, rules.in(path))).isEqualTo(verdict);
    }

    @Test
    void rulesForChangesSleepInPlanModeAndDontAskDeniesProtectedPlaces() {
        Rules rules = new Rules(root).allow("Edit(**)");
        assertThat(rules.mode(PermissionMode.PLAN).file("Edit", "a.txt")).isEqualTo(Verdict.ASK);
        assertThat(rules.mode(PermissionMode.DONT_ASK).file("Edit", "a.txt")).isEqualTo(Verdict.ALLOW);
        assertThat(rules.file("Edit", ".git/config")).isEqualTo(Verdict.DENY);
    }

    @Test
    void furtherDirectoriesCountAsInside() {
        Rules rules = new Rules(root).mode(PermissionMode.ACCEPT_EDITS);
        rules.more.add(rules.other);
        assertThat(rules.file("Edit", rules.in("OTHER/o.txt"))).isEqualTo(Verdict.ALLOW);
        assertThat(rules.file("Read", "linked.txt")).isEqualTo(Verdict.ALLOW);
        assertThat(rules.bash(rules.in("cat OTHER/o.txt"))).isEqualTo(Verdict.ALLOW);
        assertThat(rules.deny("Read(o.txt)").file("Read", rules.in("OTHER/o.txt")))
                .isEqualTo(Verdict.DENY);
    }

    @Test
    void aPathThroughALinkIsFollowedAsTheKernelDoes() throws IOException {
        Rules rules = new Rules(root);
        Files.createDirectories(rules.other.resolve("in"));
        Files.createSymbolicLink(rules.work.resolve("deep"), rules.other.resolve("in"));
        assertThat(rules.bash("cat deep/../o.txt")).as("not work/o.txt").isEqualTo(Verdict.ASK);
        assertThat(rules.around().spot(rules.work, "deep/../o.txt"))
                .isNotNull()
                .extracting(spot -> spot.real())
                .isEqualTo(rules.other.resolve("o.txt"));
        assertThat(rules.around().spot(rules.work, "none/../../x")).isNull();
    }
}
