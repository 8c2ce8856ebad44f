package dev.agentws.tools;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agentws.agent.tool.Access;
import dev.agentws.agent.tool.Tool;
import dev.agentws.agent.tool.ToolOutput;
import dev.agentws.agent.tool.ToolPlan;
import dev.agentws.agent.tool.ToolResult;
import dev.agentws.agent.tool.ToolSetup;
import dev.agentws.agent.tool.Toolbox;
import dev.agentws.tools.ToolsConfig.BashLimits;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** A session of built-in tools over a temporary directory, called as the engine calls them. */
public final class Calls implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** As the defaults, but with a short grace, so that stubborn commands do not hold up the tests. */
    public static final BashLimits QUICK = new BashLimits(
            Duration.ofSeconds(60),
            Duration.ofSeconds(60),
            Duration.ofSeconds(60),
            Duration.ofSeconds(60),
            Duration.ofMillis(150),
            30_000,
            10_000,
            1 << 20,
            64 << 20);

    private static final AtomicInteger COUNT = new AtomicInteger();

    public final Path directory;
    public final Toolbox toolbox;

    /** What the mark of each of its commands begins with. The rest differs: the hunt for one may last into the next. */
    private final String mark;

    private final BuiltInTools kit;

    private Calls(Path directory, List<Path> more, ToolsConfig config, String mark) {
        this.directory = directory;
        this.mark = mark;
        kit = new BuiltInTools(config, () -> mark + COUNT.incrementAndGet(), System::nanoTime);
        toolbox = kit.open(new ToolSetup(kit.names(), directory, more, Map.of("SESSION_VARIABLE", "from the session")));
    }

    public static ToolsConfig config() {
        Map<String, String> parent = Map.of(
                "PATH",
                "/usr/local/bin:/usr/bin:/bin",
                "HOME",
                "/nowhere",
                "ANTHROPIC_API_KEY",
                "secret",
                "LC_TIME",
                "C");
        return ToolsConfig.defaults(parent, Path.of("/tmp")).withBash(QUICK);
    }

    public static Calls in(Path directory) {
        return in(directory, config());
    }

    public static Calls in(Path directory, ToolsConfig config) {
        return in(directory, List.of(), config);
    }

    /** With a further directory that counts as inside. */
    public static Calls in(Path directory, Path more) {
        return in(directory, List.of(more), config());
    }

    public static Calls in(Path directory, List<Path> more, ToolsConfig config) {
        try {
            String mark = "test-" + ProcessHandle.current().pid() + "-" + COUNT.incrementAndGet() + ".";
            return new Calls(directory.toRealPath(), more, config, mark);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** Another session over the same directory, whose commands count as this one's. */
    public Calls with(ToolsConfig config) {
        return new Calls(directory, List.of(), config, mark);
    }

    /** An input object from names and values in turn. */
    public static ObjectNode input(Object... pairs) {
        ObjectNode node = JSON.createObjectNode();
        for (int i = 0; i < pairs.length; i += 2) {
            node.set(pairs[i].toString(), JSON.valueToTree(pairs[i + 1]));
        }
        return node;
    }

    public static ObjectNode json(String text) {
        try {
            return (ObjectNode) JSON.readTree(text);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    public ToolPlan plan(String tool, ObjectNode input) throws InterruptedException {
        return tool(tool).plan(input);
    }

    public Tool tool(String name) {
        return Objects.requireNonNull(toolbox.find(name), name);
    }

    public ToolPlan.Ready ready(String tool, Object... pairs) throws InterruptedException {
        ToolPlan plan = plan(tool, input(pairs));
        assertThat(plan).isInstanceOf(ToolPlan.Ready.class);
        return (ToolPlan.Ready) plan;
    }

    /** Whether the call would stay inside the session's directories, so that nobody is asked for that alone. */
    public boolean inside(String tool, Object... pairs) throws InterruptedException {
        return ready(tool, pairs).access().spots().stream().allMatch(Access.Spot::inside);
    }

    public ToolResult call(String tool, Object... pairs) throws InterruptedException {
        return call((stream, text) -> {}, tool, input(pairs));
    }

    public ToolResult call(ToolOutput output, String tool, ObjectNode input) throws InterruptedException {
        ToolPlan plan = plan(tool, input);
        if (plan instanceof ToolPlan.Refused refused) {
            return refused.result();
        }
        return ((ToolPlan.Ready) plan).body().run(output);
    }

    /** The text of a call that must succeed. */
    public String ok(String tool, Object... pairs) throws InterruptedException {
        ToolResult result = call(tool, pairs);
        assertThat(result.isError()).as(result.text()).isFalse();
        return result.text();
    }

    /** The text of a call that must fail. */
    public String fails(String tool, Object... pairs) throws InterruptedException {
        ToolResult result = call(tool, pairs);
        assertThat(result.isError()).as(result.text()).isTrue();
        return result.text();
    }

    public Path write(String name, String content) throws IOException {
        return write(name, content.getBytes(StandardCharsets.UTF_8));
    }

    public Path write(String name, byte[] content) throws IOException {
        Path file = directory.resolve(name);
        Files.createDirectories(Objects.requireNonNull(file.getParent()));
        return Files.write(file, content);
    }

    public String content(String name) throws IOException {
        return Files.readString(directory.resolve(name));
    }

    /** The processes that carry the mark of the commands started here. */
    public List<Long> leftProcesses() {
        try (Stream<Path> entries = Files.list(Path.of("/proc"))) {
            return entries.map(
                            entry -> Objects.requireNonNull(entry.getFileName()).toString())
                    .filter(name -> name.matches("[0-9]+"))
                    .map(Long::valueOf)
                    .filter(this::marked)
                    .toList();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private boolean marked(long pid) {
        try {
            String environment = Files.readString(Path.of("/proc/" + pid + "/environ"), StandardCharsets.ISO_8859_1);
            return environment.contains("AGENTWS_CALL=" + mark);
        } catch (IOException gone) {
            return false;
        }
    }

    /** Returns once nothing is left of the session. */
    @Override
    public void close() {
        toolbox.close();
        try {
            assertThat(kit.awaitEnd(Duration.ofSeconds(20))).isTrue();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }
}
