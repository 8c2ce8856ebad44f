package dev.agentws.agent.permission;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentws.agent.permission.Decision.Verdict;
import dev.agentws.agent.tool.Access.Fence;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Rules of the form {@code Bash(...)}. */
class CommandRuleTest {
    private final Path root;

    CommandRuleTest(@TempDir Path root) {
        this.root = root;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '¦',
            quoteCharacter = '~',
            value = {
                "Bash¦anything at all; rm x¦ALLOW",
                "Bash(*)¦anything at all; rm x¦ALLOW",
                "Bash¦[[ x ]] && f() { x; }¦ALLOW",
                "Bash(npm test)¦npm test¦ALLOW",
                "Bash(npm test)¦npm test x¦ASK",
                "Bash(npm test)¦npm tests¦ASK",
                "Bash(npm *)¦npm install x¦ALLOW",
                "Bash(npm *)¦npm¦ALLOW",
                "Bash(npm *)¦npmx¦ASK",
                "Bash(npm*)¦npmx y¦ALLOW",
                "Bash(npm:*)¦npm install¦ALLOW",
                "Bash(npm run test:*)¦npm run test¦ALLOW",
                "Bash(npm run test:*)¦npm run test --all¦ALLOW",
                "Bash(npm run test:*)¦npm run test:unit¦ASK",
                "Bash(npm run *:unit)¦npm run test:unit¦ALLOW",
                "Bash(* --version)¦java --version¦ALLOW",
                "Bash(git * main)¦git push origin main¦ALLOW",
                "Bash(git * main)¦git push origin main2¦ASK",
                "Bash(npm *)¦npm x && npm y¦ALLOW",
                "Bash(npm *)¦npm x; npm y¦ALLOW",
                "Bash(npm *)¦npm x && rm y¦ASK",
                "Bash(npm *)¦npm x; rm y¦ASK",
                "Bash(npm *)¦npm x | rm y¦ASK",
                "Bash(npm *)¦npm x & rm y¦ASK",
                "Bash(npm *)¦npm $(rm y)¦ASK",
                "Bash(npm *)¦npm `rm y`¦ASK",
                "Bash(npm *)¦npm \"$(rm y)\"¦ASK",
                "Bash(npm *)¦npm <(rm y)¦ASK",
                "Bash(npm *)¦npm '$(rm y)'¦ALLOW",
                "Bash(npm *)¦npm \"a;b\"¦ALLOW",
                "Bash(npm *)¦npm $X¦ALLOW",
                "Bash(npm *)¦ls && npm x¦ALLOW",
                "Bash(npm *)¦cat /etc/passwd && npm x¦ASK",
                "Bash(npm *)¦timeout 5 npm x¦ALLOW",
                "Bash(npm *)¦timeout -k 3 -s KILL 5s npm x¦ALLOW",
                "Bash(npm *)¦time npm x¦ALLOW",
                "Bash(npm *)¦nice -n 3 npm x¦ALLOW",
                "Bash(npm *)¦nice -3 npm x¦ALLOW",
                "Bash(npm *)¦nohup npm x¦ALLOW",
                "Bash(npm *)¦stdbuf -oL npm x¦ALLOW",
                "Bash(npm *)¦command npm x¦ALLOW",
                "Bash(npm *)¦nohup timeout 3 npm x¦ALLOW",
                "Bash(npm *)¦ls | xargs npm x¦ALLOW",
                "Bash(npm *)¦ls | xargs -n1 npm x¦ASK",
                "Bash(npm *)¦env npm x¦ASK",
                "Bash(npm *)¦npx npm x¦ASK",
                "Bash(npm *)¦docker exec c npm x¦ASK",
                "Bash(npm *)¦sudo npm x¦ASK",
                "Bash(timeout *)¦timeout 5 rm x¦ASK",
                "Bash(npm *)¦NODE_ENV=test npm x¦ALLOW",
                "Bash(npm *)¦NODE_ENV=test FOO=1 npm x¦ASK",
                "Bash(npm *)¦PATH=/evil npm x¦ASK",
                "Bash(FOO=1 npm *)¦FOO=1 npm x¦ALLOW",
                "Bash(npm *)¦npm x > out.txt¦ASK",
                "Bash(npm *)¦npm x > /dev/null 2>&1¦ALLOW",
                "Bash(npm *)¦npm x 2>&1 | head¦ALLOW",
                "Bash(npm *)¦if true; then npm x; fi¦ALLOW",
                "Bash(npm *)¦npm x # comment; rm y¦ALLOW",
                "Bash(npm *)¦[[ x ]] && npm x¦ASK",
                "Bash(watch *)¦watch ls¦ASK",
                "Bash(watch ls)¦watch ls¦ALLOW",
                "Bash(setsid *)¦setsid rm x¦ASK",
                "Bash(flock *)¦flock f rm x¦ASK",
                "Bash(find *)¦find . -delete¦ASK",
                "Bash(find . -delete)¦find . -delete¦ALLOW",
                "Bash(find *)¦find . -exec rm x +¦ASK",
                "Bash(rm *)¦rm a.txt¦ALLOW",
                "Bash(rm *)¦rm -rf /¦ASK",
                "Bash(rm *)¦rm -rf /usr¦ASK",
                "Bash(rm *)¦rm -rf ~¦ASK",
                "Bash(cp *)¦cp a.txt .git/hooks/x¦ASK",
                "Bash(echo \\*)¦echo *¦ALLOW",
                "Bash(echo \\*x)¦echo yx¦ALLOW",
                "Bash(foo \\*x)¦foo yx¦ASK",
                "Bash(git commit *)¦git commit -m 'a && b'¦ALLOW",
                "Bash(git commit *)¦git commit -m \"$(cat <<'EOF'\\nx\\nEOF\\n)\"¦ALLOW",
            })
    void aRuleAllowsOnlyWhatMatchesInEveryPart(String rule, String command, Verdict verdict) {
        String real = command.replace("\\n", "\n");
        assertThat(new Rules(root).allow(rule).bash(real)).isEqualTo(verdict);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "rm x",
                "ls; rm x",
                "ls && rm x",
                "ls | rm x",
                "ls\nrm x",
                "(rm x)",
                "echo $(rm x)",
                "echo `rm x`",
                "echo \"$(rm x)\"",
                "cat <(rm x)",
                "FOO=1 rm x",
                "A=b C=d rm x",
                "timeout 5 rm x",
                "nohup nice rm x",
                "sudo rm x",
                "env A=b rm x",
                "setsid rm x",
                "xargs rm x",
                "xargs -n 1 rm x",
                "find . -exec rm x +",
                "/bin/rm x",
                "\\rm x",
                "'rm' x",
                "r''m x",
                "r\\m x",
                "bash -c 'rm x'",
                "bash -c 'ls; rm x'",
                "eval 'rm x'",
                "if true; then rm x; fi",
                "while rm x; do ls; done",
                "[[ a ]] && rm x",
                "f() { rm x; }; f",
                "case a in a) rm x;; esac",
                "{rm,x}",
                "cat <<EOF\n$(rm x)\nEOF",
                "echo 'unclosed; rm x",
                "rm \\\n x",
            })
    void aRuleThatDeniesFiresOnAnyPartInEveryMode(String command) {
        Rules rules = new Rules(root).deny("Bash(rm *)").allow("Bash");
        assertThat(rules.bash(command)).isEqualTo(Verdict.DENY);
        assertThat(rules.mode(PermissionMode.BYPASS).bash(command)).isEqualTo(Verdict.DENY);
        Rules asking = new Rules(root.resolve("second")).ask("Bash(rm *)").mode(PermissionMode.BYPASS);
        assertThat(asking.bash(command)).isEqualTo(Verdict.ASK);
        assertThat(asking.mode(PermissionMode.DONT_ASK).bash(command)).isEqualTo(Verdict.DENY);
    }

    @Test
    void aHugeLineIsHeldAgainstRulesThatDenyToo() {
        Rules rules = new Rules(root).deny("Bash(rm *)").mode(PermissionMode.BYPASS);
        String many = "A=b ".repeat(20_000);
        assertThat(rules.bash(many + "rm x")).isEqualTo(Verdict.DENY);
        assertThat(rules.bash("x; ".repeat(600) + "if ".repeat(9_000) + "rm x")).isEqualTo(Verdict.DENY);
        assertThat(rules.bash(many + "ls")).isEqualTo(Verdict.ALLOW);
        assertThat(rules.bash("(".repeat(9_000))).isEqualTo(Verdict.ALLOW);
        assertThat(rules.mode(PermissionMode.DEFAULT).bash("$(".repeat(4_000))).isEqualTo(Verdict.ASK);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ls", "rmdir x", "echo rm x", "echo 'rm x'", "git rm x", "confirm x", "ls # rm x"})
    void aRuleThatDeniesLeavesTheRestAlone(String command) {
        Rules rules = new Rules(root).deny("Bash(rm *)").mode(PermissionMode.BYPASS);
        assertThat(rules.bash(command)).isEqualTo(Verdict.ALLOW);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "rm -rf /",
                "rm -rf /*",
                "rm -rf //",
                "rm -rf /usr",
                "rm -rf /usr/*",
                "rm -rf ~",
                "rm -rf ~/",
                "rm -rf ~/*",
                "rm -rf $HOME",
                "rm -rf \"$HOME\"",
                "rm -rf ${HOME}/",
                "rm -rf $X/*",
                "rm -rf HOME_DIR",
                "rm -rf ../../home",
                "rmdir /home",
                "sudo rm -rf /",
                "timeout 3 rm -rf /",
                "FOO=1 rm -rf /",
                "cd / && rm -rf *",
                "cd /; rm -rf .",
                "bash -c 'rm -rf /'",
                "ls; rm -rf /",
                "echo $(rm -rf /)",
            })
    void removingWhatMuchDependsOnAlwaysAsks(String command) {
        Rules rules = new Rules(root).allow("Bash");
        assertThat(rules.mode(PermissionMode.BYPASS).bash(rules.in(command))).isEqualTo(Verdict.ASK);
        assertThat(rules.mode(PermissionMode.ACCEPT_EDITS).bash(rules.in(command)))
                .isEqualTo(Verdict.ASK);
        assertThat(rules.mode(PermissionMode.DONT_ASK).bash(rules.in(command))).isEqualTo(Verdict.DENY);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '¦',
            quoteCharacter = '~',
            value = {
                "mkdir x¦ALLOW",
                "mkdir -p x/y && touch x/y/z¦ALLOW",
                "cp a.txt b.txt¦ALLOW",
                "mv a.txt sub/¦ALLOW",
                "rm a.txt¦ALLOW",
                "rm -rf sub¦ALLOW",
                "rmdir sub/deep¦ALLOW",
                "echo hi > new.txt¦ALLOW",
                "cat a.txt >> sub/log¦ALLOW",
                "ls && rm a.txt¦ALLOW",
                "rm -rf .¦ASK",
                "rm -rf WORK¦ASK",
                "mv . x¦ASK",
                "rm ../other/o.txt¦ASK",
                "rm out/o.txt¦ASK",
                "cp /etc/passwd x¦ASK",
                "cp linked.txt x¦ASK",
                "cp -rL sub x¦ASK",
                "cp -t /tmp a.txt¦ASK",
                "cp --target-directory=/tmp a.txt¦ASK",
                "rm $X¦ASK",
                "rm *¦ASK",
                "rm ~/x¦ASK",
                "mkdir .git/hooks¦ASK",
                "touch .bashrc¦ASK",
                "touch .claude/settings.json¦ASK",
                "touch .claude/worktrees/x¦ALLOW",
                "echo x > .git/config¦ASK",
                "echo x > .npmrc¦ASK",
                "echo x > ../o¦ASK",
                "echo x > $F¦ASK",
                "cd sub && rm deep/f¦ALLOW",
                "cd sub && rm -rf deep¦ALLOW",
                "cd .. && rm -rf other¦ASK",
                "cd sub && touch ../../x¦ASK",
                "FOO=1 rm a.txt¦ASK",
                "ls | xargs rm¦ASK",
                "chmod +x a.txt¦ASK",
                "ln -s /etc x¦ASK",
                "npm x¦ASK",
                "sed -i s/a/b/ a.txt¦ASK",
            })
    void acceptEditsTakesFileCommandsInside(String command, Verdict verdict) {
        Rules rules = new Rules(root).mode(PermissionMode.ACCEPT_EDITS);
        assertThat(rules.bash(rules.in(command))).isEqualTo(verdict);
        assertThat(rules.mode(PermissionMode.DEFAULT).bash(rules.in(command))).isEqualTo(Verdict.ASK);
        assertThat(rules.mode(PermissionMode.ACCEPT_EDITS)
                        .fence(Fence.UNCONTAINED)
                        .bash(rules.in(command)))
                .isEqualTo(Verdict.ASK);
    }

    @Test
    void redirectsAreHeldAgainstRulesOnEditing() {
        Rules rules = new Rules(root).allow("Bash(npm *)", "Edit(/logs/**)");
        assertThat(rules.bash("npm x > logs/a")).isEqualTo(Verdict.ALLOW);
        assertThat(rules.bash("ls > logs/a")).isEqualTo(Verdict.ALLOW);
        assertThat(rules.bash("npm x > logs/../a.txt")).isEqualTo(Verdict.ASK);
        assertThat(rules.mode(PermissionMode.PLAN).bash("ls > logs/a")).isEqualTo(Verdict.ASK);
        Rules denying = rules.deny("Edit(/logs/**)").mode(PermissionMode.BYPASS);
        assertThat(denying.bash("npm x > logs/a")).isEqualTo(Verdict.DENY);
        assertThat(denying.bash("touch logs/a")).isEqualTo(Verdict.DENY);
        assertThat(denying.bash("touch other")).isEqualTo(Verdict.ALLOW);
    }

    @Test
    void rulesOnReadingHoldForCommandsThatRead() {
        Rules rules = new Rules(root).deny("Read(.env)", "Read(secret/**)").mode(PermissionMode.BYPASS);
        assertThat(rules.bash("cat .env")).isEqualTo(Verdict.DENY);
        assertThat(rules.bash("FOO=1 cat secret/key")).isEqualTo(Verdict.DENY);
        assertThat(rules.bash("cat < .env")).isEqualTo(Verdict.DENY);
        assertThat(rules.bash("cat alias.txt")).as("a link to it").isEqualTo(Verdict.DENY);
        assertThat(rules.bash("echo x > .env")).isEqualTo(Verdict.DENY);
        assertThat(rules.bash("cat a.txt")).isEqualTo(Verdict.ALLOW);
        assertThat(rules.mode(PermissionMode.DEFAULT).bash("grep -r x ."))
                .as("it would read them too")
                .isEqualTo(Verdict.ASK);
    }

    @Test
    void withoutTheSandboxThatWasWantedOnlyRulesAndPeopleLetCommandsRun() {
        Rules rules = new Rules(root).fence(Fence.UNCONTAINED).allow("Bash(npm *)", "Bash(ls)");
        assertThat(rules.bash("npm x")).isEqualTo(Verdict.ALLOW);
        assertThat(rules.bash("ls && npm x")).isEqualTo(Verdict.ALLOW);
        assertThat(rules.bash("pwd")).isEqualTo(Verdict.ASK);
        assertThat(rules.bash("npm x | head")).isEqualTo(Verdict.ASK);
        assertThat(rules.mode(PermissionMode.DONT_ASK).bash("pwd")).isEqualTo(Verdict.DENY);
        assertThat(rules.mode(PermissionMode.BYPASS).bash("pwd")).isEqualTo(Verdict.ALLOW);
    }

    /** Whatever is joined in whatever way: if it is allowed, every part is allowed alone. */
    @Test
    void anAllowedLineNeverHasAPartThatNoRuleAllows() {
        List<String> good = List.of("npm x", "ls", "echo 'a;b'", "cat a.txt", "npm \"q\"");
        List<String> bad = List.of("rm x", "evil", "cat /etc/passwd", "FOO=1 npm x", "npm x > f", "bash -c ls");
        List<String> joints = List.of(
                "%s; %s",
                "%s && %s",
                "%s || %s",
                "%s | %s",
                "%s & %s",
                "%s\n%s",
                "(%s; %s)",
                "echo $(%s) && %s",
                "echo \"`%s`\"; %s",
                "if %s; then %s; fi",
                "{ %s; %s; }",
                "npm <(%s) && %s",
                "time %s | %s",
                "for i in a; do %s; %s; done",
                "cat <<E && %2$s\n$(%1$s)\nE");
        Rules rules = new Rules(root).allow("Bash(npm *)");
        Random random = new Random(7);
        int allowed = 0;
        for (int round = 0; round < 1_500; round++) {
            boolean clean = true;
            String line = good.get(random.nextInt(good.size()));
            for (int joint = 0; joint <= random.nextInt(3); joint++) {
                boolean spoil = random.nextInt(4) == 0;
                clean &= !spoil;
                String more = spoil ? bad.get(random.nextInt(bad.size())) : good.get(random.nextInt(good.size()));
                boolean before = random.nextBoolean() && !line.contains("\n");
                String shape = joints.get(random.nextInt(line.contains("\n") ? joints.size() - 1 : joints.size()));
                line = before ? String.format(shape, more, line) : String.format(shape, line, more);
            }
            Verdict verdict = rules.bash(line);
            if (!clean) {
                assertThat(verdict).as(line).isEqualTo(Verdict.ASK);
            }
            allowed += verdict == Verdict.ALLOW ? 1 : 0;
        }
        assertThat(allowed).as("clean lines that pass").isGreaterThan(500);
    }
}
