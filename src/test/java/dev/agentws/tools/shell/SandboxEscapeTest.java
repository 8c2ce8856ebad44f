package dev.agentws.tools.shell;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.agentws.tools.Calls;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Tries to get out of the sandbox, in the ways of escapes.txt. */
@Timeout(60)
class SandboxEscapeTest {
    private static final String ABSTRACT =
            "agentws-escape-" + ProcessHandle.current().pid();

    private static final Map<String, int[]> SYSTEM_CALLS = Map.ofEntries(
            Map.entry("add_key", new int[] {248, 217}),
            Map.entry("bpf", new int[] {321, 280}),
            Map.entry("clone", new int[] {56, 220}),
            Map.entry("init_module", new int[] {175, 105}),
            Map.entry("kexec_load", new int[] {246, 104}),
            Map.entry("keyctl", new int[] {250, 219}),
            Map.entry("open_by_handle_at", new int[] {304, 265}),
            Map.entry("perf_event_open", new int[] {298, 241}),
            Map.entry("pivot_root", new int[] {155, 41}),
            Map.entry("process_vm_readv", new int[] {310, 270}),
            Map.entry("ptrace", new int[] {101, 117}),
            Map.entry("setns", new int[] {308, 268}),
            Map.entry("syslog", new int[] {103, 116}),
            Map.entry("unshare", new int[] {272, 97}),
            Map.entry("userfaultfd", new int[] {323, 282}));

    /** @param sound whether it gets out where there is no sandbox */
    record Probe(String name, String command, boolean sound) {
        @Override
        public String toString() {
            return name;
        }
    }

    private Calls calls;
    private Path outside;
    private ServerSocket port;
    private ServerSocketChannel socket;
    private Process listener;

    @BeforeEach
    void open(@TempDir Path directory, @TempDir Path elsewhere) throws Exception {
        calls = Calls.in(directory, Calls.config().withSandbox(Sandboxes.require()));
        outside = elsewhere.toRealPath();
        Files.writeString(outside.resolve("secret"), "secret\n");
        calls.write(".git/hooks/README", "");
        calls.write(".git/config", "");
        calls.write(".claude/settings.json", "{}");
        calls.write(".bashrc", "");
        port = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX)
                .bind(UnixDomainSocketAddress.of(outside.resolve("socket")));
        // The JDK has no abstract sockets.
        listener = new ProcessBuilder(
                        "perl",
                        "-MIO::Socket::UNIX",
                        "-e",
                        "$s=IO::Socket::UNIX->new(Listen=>5,Local=>\"\\0" + ABSTRACT + "\") or die;"
                                + "$|=1;print \"on\\n\";sleep 1000")
                .start();
        assumeTrue(listener.inputReader().readLine() != null, "perl is needed for the probes");
    }

    @AfterEach
    void nothingIsLeft() throws Exception {
        if (listener != null) {
            assertThat(listener.isAlive()).as("a process outside").isTrue();
            // The name is free again only when the process is gone.
            listener.destroyForcibly().waitFor();
            socket.close();
            port.close();
        }
        calls.close();
        assertThat(calls.leftProcesses()).isEmpty();
    }

    static Stream<Probe> probes() throws IOException {
        try (InputStream in = Objects.requireNonNull(SandboxEscapeTest.class.getResourceAsStream("escapes.txt"))) {
            return new String(in.readAllBytes(), UTF_8)
                            .lines()
                            .filter(line -> !line.isBlank() && !line.startsWith("#"))
                            .map(line -> {
                                boolean sound = line.startsWith("*");
                                String[] parts = line.substring(sound ? 1 : 0).split(" \\| ", 2);
                                return new Probe(parts[0].strip(), parts[1], sound);
                            })
                            .toList()
                            .stream();
        }
    }

    static Stream<Probe> soundProbes() throws IOException {
        return probes().filter(Probe::sound);
    }

    private String command(Probe probe) {
        String command = probe.command()
                .replaceAll("\\bE$", "echo ESCAPED")
                .replaceAll("\\bE;", "echo ESCAPED;")
                .replace("OUT", outside.toString())
                .replace("TEMP", "/tmp")
                .replace("PORT", "" + port.getLocalPort())
                .replace("SOCK", outside.resolve("socket").toString())
                .replace("ABS", ABSTRACT)
                .replace("PID", "" + listener.pid());
        int machine = System.getProperty("os.arch").equals("amd64") ? 0 : 1;
        for (Map.Entry<String, int[]> call : SYSTEM_CALLS.entrySet()) {
            command = command.replace("%" + call.getKey() + "%", "" + call.getValue()[machine]);
        }
        return command;
    }

    @ParameterizedTest
    @MethodSource("probes")
    void noProbeGetsOut(Probe probe) throws Exception {
        String before = listing();
        String said = calls.call("Bash", "command", command(probe)).text();
        assertThat(said).doesNotContain("ESCAPED").doesNotContain("timeout of");
        assertThat(listing()).isEqualTo(before);
        assertThat(Files.readString(outside.resolve("secret"))).isEqualTo("secret\n");
    }

    /** Which the one that fills them does, as the documentation says. */
    @Test
    void noOtherProbeGetsOutWhereTemporaryFilesLast() throws Exception {
        Bubblewrap.Found found = Sandboxes.find(SandboxLimits.defaults().withLastingTemp(true));
        try (Calls keeping = calls.with(Calls.config().withSandbox(Objects.requireNonNull(found.sandbox())))) {
            for (Probe probe : probes().filter(one -> !one.command().contains(" > /tmp/fill"))
                    .toList()) {
                assertThat(keeping.call("Bash", "command", command(probe)).text())
                        .as(probe.name())
                        .doesNotContain("ESCAPED");
            }
        }
        assertThat(Files.readString(outside.resolve("secret"))).isEqualTo("secret\n");
    }

    private String listing() throws IOException {
        try (Stream<Path> files = Files.list(outside)) {
            return files.sorted().toList().toString();
        }
    }

    @ParameterizedTest
    @MethodSource("soundProbes")
    void withoutASandboxTheProbeGetsOut(Probe probe) throws Exception {
        assumeTrue(System.getProperty("user.name").equals("root"), "for root only");
        try (Calls open = calls.with(Calls.config().withSandbox(Uncontained.OFF))) {
            assertThat(open.call("Bash", "command", command(probe)).text()).contains("ESCAPED");
        }
    }

    @Test
    void thereAreAtLeastSixtyProbes() throws Exception {
        assertThat(probes().map(Probe::name).distinct().count()).isGreaterThan(60);
    }
}
