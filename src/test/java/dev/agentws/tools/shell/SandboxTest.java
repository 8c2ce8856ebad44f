package dev.agentws.tools.shell;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.agentws.tools.Calls;
import dev.agentws.tools.ToolsConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the sandbox lets a command do, and what it leaves behind. The ways out are in {@link SandboxEscapeTest}. */
@Timeout(60)
class SandboxTest {
    private Calls calls;

    @BeforeEach
    void open(@TempDir Path directory) {
        calls = Calls.in(directory, Calls.config().withSandbox(Sandboxes.require()));
    }

    @AfterEach
    void nothingIsLeft() {
        calls.close();
        assertThat(calls.leftProcesses()).isEmpty();
    }

    @Test
    void aCommandWorksInItsDirectoryAndItsFilesBelongToTheServersUser() throws Exception {
        assertThat(calls.ok("Bash", "command", "id -un; pwd; echo hello > made; cat made"))
                .isEqualTo("agent\n" + calls.directory + "\nhello");
        assertThat(calls.content("made")).isEqualTo("hello\n");
        assertThat(Files.getOwner(calls.directory.resolve("made"))).isEqualTo(Files.getOwner(calls.directory));
    }

    @Test
    void whoeverTidiesUpTheTemporaryDirectoryLeavesTheSandboxUsable(@TempDir Path temp) throws Exception {
        ToolsConfig config = ToolsConfig.defaults(Map.of(), temp).withSandbox(Sandboxes.require());
        try (Calls own = calls.with(config)) {
            assertThat(own.ok("Bash", "command", "echo once")).isEqualTo("once");
            try (Stream<Path> left = Files.list(temp)) {
                Removal.of(left.findFirst().orElseThrow());
            }
            assertThat(own.ok("Bash", "command", "echo twice")).isEqualTo("twice");
        }
    }

    @Test
    void aShellOfSomebodysOwnFirstOnThePathDoesNotStandInTheWay(@TempDir Path own) throws Exception {
        Sandboxes.require();
        for (String shell : List.of("sh", "bash")) {
            Files.createSymbolicLink(own.resolve(shell), Path.of("/bin", shell));
        }
        assertThat(Sandboxes.find(own + ":/usr/bin:/bin", SandboxLimits.defaults())
                        .sandbox())
                .isNotNull();
    }

    @Test
    void theEnvironmentIsTheAllowListTheSessionsOwnAndAHomeInTheSandbox() throws Exception {
        assertThat(calls.ok("Bash", "command", "echo $HOME $TMPDIR $LC_TIME $SESSION_VARIABLE; echo x > ~/y; ls ~"))
                .isEqualTo("/home/agent /tmp C from the session\ny");
    }

    @Test
    void theDirectoryLastsAndExitCodesAreTheCommandsOwn() throws Exception {
        Files.createDirectories(calls.directory.resolve("a"));
        calls.ok("Bash", "command", "cd a");
        assertThat(calls.ok("Bash", "command", "pwd; echo /etc > /run/agentws/cwd"))
                .isEqualTo(calls.directory + "/a");
        assertThat(calls.fails("Bash", "command", "pwd; exit 7")).isEqualTo("Exit code 7\n" + calls.directory + "/a");
        assertThat(calls.fails("Bash", "command", "kill -9 $$")).startsWith("Exit code 137");
        assertThat(calls.ok("Bash", "command", "cd /usr"))
                .isEqualTo("(Bash completed with no output)\nShell cwd was reset to " + calls.directory);
    }

    @Test
    void temporaryFilesLastForTheSessionWhereTheOperatorWantsItAndNoLonger() throws Exception {
        try (Calls keeping = keeping()) {
            keeping.ok(
                    "Bash",
                    "command",
                    "echo kept > /tmp/of-a-session; mkdir /tmp/shut; chmod 0 /tmp/shut; touch /var/tmp/x");
            assertThat(keeping.ok("Bash", "command", "cat /tmp/of-a-session; ls /var/tmp"))
                    .isEqualTo("kept");
        }
        assertThat(Path.of("/tmp/of-a-session")).doesNotExist();
        try (Calls other = keeping()) {
            assertThat(other.ok("Bash", "command", "ls /tmp")).doesNotContain("of-a-session", "shut");
        }
    }

    /** Another session whose temporary files last. */
    private Calls keeping() {
        Bubblewrap.Found found = Sandboxes.find(SandboxLimits.defaults().withLastingTemp(true));
        return calls.with(Calls.config().withSandbox(Objects.requireNonNull(found.sandbox())));
    }

    @Test
    void temporaryFilesGoWithTheCommandOtherwise() throws Exception {
        assertThat(calls.ok("Bash", "command", "echo gone > /tmp/x; cat /tmp/x"))
                .isEqualTo("gone");
        assertThat(calls.fails("Bash", "command", "cat /tmp/x")).contains("No such file");
    }

    /** The next command's mounts would follow a link. */
    @Test
    void theWayToAMountBelowLastingTemporaryFilesCannotBeTurnedElsewhere() throws Exception {
        assertThat(calls.directory.startsWith("/tmp")).as("%s", calls.directory).isTrue();
        Path way = Path.of("/tmp").resolve(calls.directory.getName(1));
        try (Calls keeping = keeping()) {
            for (String place : new String[] {way.toString(), "/tmp/agentws-*"}) {
                keeping.call("Bash", "command", "mv " + place + " /tmp/y; rm -rf " + place + "; rmdir " + place);
                assertThat(keeping.ok("Bash", "command", "ls -d " + place + "; ! ls -d /tmp/y"))
                        .contains(place.replace("*", ""));
                assertThat(keeping.ok(
                                "Bash", "command", "ln -sfnT / " + place + "; touch " + place + "/x; ls -ld " + place))
                        .contains("cannot overwrite directory", "drwx");
            }
            assertThat(keeping.ok("Bash", "command", "pwd")).isEqualTo(calls.directory.toString());
        }
    }

    @Test
    void moreDirectoriesCanBeWrittenAndStayedIn(@TempDir Path more) throws Exception {
        Path real = more.toRealPath();
        try (Calls wide =
                Calls.in(calls.directory, List.of(real), Calls.config().withSandbox(Sandboxes.require()))) {
            assertThat(wide.ok("Bash", "command", "mkdir -p " + real + "/sub && cd " + real + "/sub && echo x > made"))
                    .isEqualTo("(Bash completed with no output)");
            assertThat(wide.ok("Bash", "command", "pwd; cat made")).isEqualTo(real + "/sub\nx");
            assertThat(real.resolve("sub/made")).hasContent("x\n");
        }
        assertThat(calls.fails("Bash", "command", "ls " + real)).contains("No such file");
    }

    @Test
    void whatACommandLeavesRunningEndsWithIt() throws Exception {
        assertThat(calls.ok("Bash", "command", "(env -i setsid sh -c 'trap \"\" TERM HUP; sleep 4243' &); echo done"))
                .isEqualTo("done");
        assertThat(running("4243")).isFalse();
    }

    @Test
    void theTimeoutEndsTheSandbox() throws Exception {
        assertThat(calls.fails(
                        "Bash",
                        "command",
                        "trap '' TERM; setsid sleep 4244 & while :; do sleep 1; done",
                        "timeout",
                        200))
                .contains("timeout of 200 ms");
        assertThat(running("4244")).isFalse();
    }

    @Test
    void aBackgroundCommandOutlivesItsCallAndNotItsSession() throws Exception {
        calls.ok("Bash", "command", "setsid sleep 4245 & echo on; sleep 4245", "run_in_background", true);
        assertThat(calls.ok(
                        "Bash",
                        "command",
                        "until grep -h on /tmp/agentws-*/output/*; do :; done; ! cat /proc/*/cmdline | grep -q 424[5]"))
                .isEqualTo("on");
        assertThat(running("4245")).isTrue();
        calls.close();
        assertThat(running("4245")).isFalse();
    }

    private static boolean running(String mark) {
        return ProcessHandle.allProcesses()
                .anyMatch(process -> process.info().commandLine().orElse("").contains(mark));
    }

    @Test
    void gitCommitsAlthoughItsHooksAndSettingsAreProtected() throws Exception {
        assertThat(
                        calls.ok(
                                "Bash",
                                "command",
                                "git init -q . && git -c user.name=a -c user.email=b commit -q --allow-empty -m first && echo ok"))
                .endsWith("ok");
        assertThat(
                        calls.ok(
                                "Bash",
                                "command",
                                "echo x > f && git add f && git -c user.name=a -c user.email=b commit -q -m second && git log --oneline | wc -l"))
                .endsWith("2");
        assertThat(calls.fails("Bash", "command", "git config user.name evil")).contains("config");
    }

    @Test
    void processesAndMemoryAreCapped() throws Exception {
        Bubblewrap.Found small = Sandboxes.find(new SandboxLimits(false, true, 1 << 20, 32, 64 << 20, 1 << 20));
        assumeFalse(small.remark() != null, small.remark());
        try (Calls limited = calls.with(Calls.config().withSandbox(Objects.requireNonNull(small.sandbox())))) {
            // Not by bash, which tries again for half a minute.
            String forks =
                    "perl -e 'for(1..100){$p=fork();if(!defined $p){print \"LIMIT\";exit}if(!$p){sleep 50;exit}}'";
            assertThat(limited.ok("Bash", "command", forks)).isEqualTo("LIMIT");
            assertThat(limited.call("Bash", "command", "head -c 200M /dev/zero | tail -c 200M | wc -c")
                            .text())
                    .doesNotContain("209715200");
            assertThat(limited.fails("Bash", "command", "head -c 2M /dev/zero > large"))
                    .startsWith("Exit code");
            assertThat(Files.size(limited.directory.resolve("large"))).isEqualTo(1 << 20);
        }
        try (Stream<Path> groups = Files.walk(Path.of("/sys/fs/cgroup"), 3)) {
            String mine = "agentws-" + ProcessHandle.current().pid() + "-";
            assertThat(groups.filter(path -> path.getFileName().toString().startsWith(mine))
                            .filter(path -> !path.toString().contains("test-")))
                    .isEmpty();
        }
    }

    /** The key is in the environment of a server of its own, as an operator would put it there. */
    @Test
    void aKeyInTheServersEnvironmentIsNowhereInTheSandbox(@TempDir Path other) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                KeyHolder.class.getName(),
                other.toString());
        builder.environment().put("ANTHROPIC_API_KEY", "sk-marker-4711");
        Process server = builder.redirectErrorStream(true).start();
        String said = new String(server.getInputStream().readAllBytes(), UTF_8);
        assertThat(said).contains("searched").doesNotContain("sk-marker-4711");
    }

    /** A process with a key in its environment that runs commands which look for it. */
    static final class KeyHolder {
        public static void main(String[] args) throws Exception {
            try (Calls calls = Calls.in(
                    Path.of(args[0]),
                    dev.agentws.tools.ToolsConfig.defaults(System.getenv(), Path.of("/tmp"))
                            .withSandbox(Sandboxes.require()))) {
                System.out.println(calls.call(
                                "Bash",
                                "command",
                                "env; cat /proc/*/environ /proc/*/cmdline | tr '\\0' '\\n'; ls -l /proc/*/fd; set;"
                                        + " grep -r sk-mark /tmp /run /home 2>&1; echo searched")
                        .text());
            }
            Map<String, String> own = System.getenv();
            if (!own.containsKey("ANTHROPIC_API_KEY")) {
                throw new IllegalStateException("no key to be found");
            }
        }
    }
}
