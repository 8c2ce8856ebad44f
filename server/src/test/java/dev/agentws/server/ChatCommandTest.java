package dev.agentws.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentws.server.chat.ChatTerminal;
import dev.agentws.server.chat.ScriptedTerminal;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole client against a whole server with the simulated Claude. */
final class ChatCommandTest {
    private Path home;
    private TestRun run;
    private Running server;

    @BeforeEach
    void start(@TempDir Path directory) throws Exception {
        home = directory;
        run = new TestRun(directory);
        run.environment.put("PATH", "/usr/local/bin:/usr/bin:/bin");
        run.environment.put(
                "AGENT_SERVER_API_KEY_PATH", directory.resolve("key").toString());
        Files.writeString(directory.resolve("notes.txt"), "one\ntwo\nthree\n");
        KeyFile key = new KeyFile(List.of(directory.resolve("key")), Runnable::run, new SecureRandom());
        key.prepare();
        Path temp = Path.of(System.getProperty("java.io.tmpdir"));
        AgentLauncher launcher = new AgentLauncher(run.surroundings(), temp, "Test", System.getProperty("os.arch"));
        Settings settings = new TestRun(directory)
                .settings(
                        "--port=0",
                        "--simulate",
                        "--sandbox=off",
                        "--log-level=warn",
                        "--api-key-path=" + directory.resolve("key"));
        server = launcher.start(settings, key);
    }

    @AfterEach
    void stop() throws Exception {
        server.close().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    private int chat(@Nullable ChatTerminal terminal, String input, String... args) {
        List<String> all = new ArrayList<>(List.of("chat"));
        if (Arrays.stream(args).noneMatch(each -> each.startsWith("--url="))) {
            all.add("--url=http://127.0.0.1:" + server.address().getPort());
        }
        all.addAll(List.of(args));
        InputStream in = new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8));
        return run.run(List.of(ChatCommand.spec(run.surroundings(), in, () -> terminal)), all.toArray(String[]::new));
    }

    @Test
    void aPipeGetsTheAnswerOfThePromptItSent() {
        assertThat(chat(null, "read notes.txt\n")).as(run.err()).isZero();

        assertThat(run.out()).contains("* Read ").contains("done in ").endsWith(" %)\n");
        assertThat(run.out()).doesNotContain("\u001b");
    }

    @Test
    void aScriptGetsFramesAndAnExitCode() {
        assertThat(chat(null, "", "--json", "read", "notes.txt")).as(run.err()).isZero();

        List<String> lines = run.out().lines().toList();
        assertThat(lines).allMatch(line -> line.startsWith("{\"type\":\"") && line.endsWith("}"));
        assertThat(lines.get(0)).startsWith("{\"type\":\"session_created\"");
        assertThat(lines.get(lines.size() - 1))
                .startsWith("{\"type\":\"agent_result\"")
                .contains("\"stop_reason\":\"end_turn\"");
    }

    @Test
    void aQuestionOfAPipeIsRefusedAtOnce() {
        assertThat(chat(null, "", "run `touch made.txt`")).as(run.err()).isZero();

        assertThat(run.out()).contains("? Run the command: touch made.txt").contains("no: nobody is there to ask");
        assertThat(home.resolve("made.txt")).doesNotExist();
    }

    @Test
    void aQuestionIsAnsweredWithOneKey() {
        ScriptedTerminal terminal =
                new ScriptedTerminal().types("run `touch made.txt`").presses('y');

        assertThat(chat(terminal, "")).as(run.err()).isZero();

        assertThat(terminal.shown())
                .contains("  y yes   a always: Bash(touch made.txt)   n no\n")
                .contains("  allowed\n");
        assertThat(home.resolve("made.txt")).exists();
    }

    @Test
    void whatIsAlwaysAllowedIsNotAskedAgain() {
        ScriptedTerminal terminal = new ScriptedTerminal()
                .types("run `touch made.txt`")
                .presses('a')
                .types("run `touch made.txt`");

        assertThat(chat(terminal, "")).as(run.err()).isZero();

        assertThat(terminal.shown()).containsOnlyOnce("? Run the command");
        assertThat(terminal.shown().split("done in ", -1)).hasSize(3);
    }

    @Test
    void aRefusalCarriesItsReason() {
        ScriptedTerminal terminal = new ScriptedTerminal()
                .types("run `touch made.txt`")
                .presses('n')
                .types("not here, please");

        assertThat(chat(terminal, "")).as(run.err()).isZero();

        assertThat(terminal.shown()).contains("  denied\n").contains("not here, please");
        assertThat(home.resolve("made.txt")).doesNotExist();
    }

    @Test
    void aSessionIsResumedWithAllThatWasSaid() {
        ScriptedTerminal first = new ScriptedTerminal().types("read notes.txt");
        assertThat(chat(first, "")).isZero();
        assertThat(first.shown())
                .contains("to go on: agentws chat --url http://127.0.0.1:"
                        + server.address().getPort() + " --session ");
        String told = first.shown().substring(first.shown().indexOf("--session ") + 10);
        ScriptedTerminal second = new ScriptedTerminal().types("/sessions");

        assertThat(chat(second, "", "--session=" + told.lines().findFirst().orElseThrow()))
                .as(run.err())
                .isZero();

        assertThat(second.shown()).contains("* Read ").contains("  idle  1 prompts");
    }

    @Test
    void ctrlCStopsTheTurnAndTheDialogueGoesOn() {
        ScriptedTerminal terminal = new ScriptedTerminal();
        terminal.types("run `sleep 60`")
                .presses('y')
                .interruptWhenShown("  allowed")
                .types("/mode plan");

        assertThat(chat(terminal, "")).as(run.err()).isZero();

        assertThat(terminal.shown()).contains("(interrupted, ").contains("mode plan)");
    }

    @Test
    void ctrlCInsteadOfAnAnswerStopsTheTurn() {
        ScriptedTerminal terminal =
                new ScriptedTerminal().types("run `touch made.txt`").presses(3);

        assertThat(chat(terminal, "")).as(run.err()).isZero();

        assertThat(terminal.shown()).contains("(interrupted, ");
        assertThat(home.resolve("made.txt")).doesNotExist();
    }

    @Test
    void ctrlCTwiceAtThePromptLeaves() {
        ScriptedTerminal terminal = new ScriptedTerminal()
                .types(ChatTerminal.INTERRUPT)
                .types(ChatTerminal.INTERRUPT)
                .types("never read");

        assertThat(chat(terminal, "")).isZero();

        assertThat(terminal.linesLeft()).isOne();
    }

    @Test
    void anUnknownSessionIsOneLine() {
        assertThat(chat(null, "", "--session=nowhere", "hi")).isEqualTo(1);

        assertThat(run.err())
                .startsWith("agentws: chat: Session nowhere not found")
                .hasLineCount(1);
    }

    @Test
    void aWrongKeyIsOneLineThatSaysWhatToDo() throws IOException {
        Path wrong = Files.writeString(home.resolve("wrong"), "another key");

        assertThat(chat(null, "", "--key-file=" + wrong, "hi")).isEqualTo(1);

        assertThat(run.err()).startsWith("agentws: chat: Invalid token; ").hasLineCount(1);
    }

    @Test
    void withoutAServerItIsSaidHowToStartOne() throws IOException {
        int port;
        try (ServerSocket gone = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = gone.getLocalPort();
        }

        assertThat(chat(null, "", "--url=127.0.0.1:" + port, "hi")).isEqualTo(1);

        assertThat(run.err())
                .startsWith("agentws: chat: no server answers at ws://127.0.0.1:" + port + "/ws")
                .contains("start one with `agentws`")
                .hasLineCount(1);
    }

    @Test
    void whatAnswersButIsNoSocketOfAServerIsQuoted() {
        String wrong = "ws://127.0.0.1:" + server.address().getPort() + "/elsewhere";

        assertThat(chat(null, "", "--url=" + wrong, "hi")).isEqualTo(1);

        assertThat(run.err())
                .startsWith("agentws: chat: " + wrong + " answered 404 Not Found"
                        + " (expected: the WebSocket of an agentws server)")
                .contains("--url")
                .doesNotContain("start one")
                .hasLineCount(1);
    }

    @Test
    void anAddressThatIsNoneIsNamed() {
        assertThat(chat(null, "", "--url=ftp://x", "hi")).isEqualTo(2);

        assertThat(run.err()).startsWith("agentws: --url: ftp://x (expected: ws://HOST:PORT/ws or http://HOST:PORT)");
    }

    @Test
    void withoutAnyPromptItIsSaidWhereOneIsExpected() {
        assertThat(chat(null, "", "--json")).isEqualTo(2);

        assertThat(run.err()).contains("PROMPT: empty");
    }
}
