package dev.agentws.tools;

import dev.agentws.agent.model.ToolSpec;
import dev.agentws.agent.tool.Tool;
import dev.agentws.agent.tool.ToolKit;
import dev.agentws.agent.tool.ToolSetup;
import dev.agentws.agent.tool.Toolbox;
import dev.agentws.tools.files.EditTool;
import dev.agentws.tools.files.ReadTool;
import dev.agentws.tools.files.WriteTool;
import dev.agentws.tools.search.GlobTool;
import dev.agentws.tools.search.GrepTool;
import dev.agentws.tools.shell.BashTool;
import dev.agentws.tools.shell.ChildEnvironment;
import dev.agentws.tools.shell.Shell;
import dev.agentws.tools.shell.ShellPrograms;
import dev.agentws.tools.shell.ShellThreads;
import dev.agentws.tools.web.WebFetchTool;
import dev.agentws.tools.web.WebPages;
import dev.agentws.tools.web.WebSearchTool;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * The tools Read, Write, Edit, Bash, Glob, Grep, TodoWrite, WebFetch and WebSearch. Each session's set is fenced into its working directory; commands
 * of Bash are not (the operating system keeps them in, if anything does). Holds no thread while no command runs, so there is
 * nothing to close. Thread-safe.
 */
public final class BuiltInTools implements ToolKit {
    private record Entry(ToolSpec spec, Function<SessionTools, Tool> maker) {}

    /** In the order the model is told. */
    private static final List<Entry> ENTRIES = List.of(
            new Entry(ReadTool.SPEC, SessionTools::read),
            new Entry(WriteTool.SPEC, SessionTools::write),
            new Entry(EditTool.SPEC, SessionTools::edit),
            new Entry(BashTool.SPEC, SessionTools::bash),
            new Entry(GlobTool.SPEC, SessionTools::glob),
            new Entry(GrepTool.SPEC, SessionTools::grep),
            new Entry(TodoTool.SPEC, SessionTools::todos),
            new Entry(WebFetchTool.SPEC, SessionTools::webFetch),
            new Entry(WebSearchTool.SPEC, SessionTools::webSearch));

    private static final Set<String> NAMES = ENTRIES.stream()
            .map(entry -> entry.spec().name())
            .collect(Collectors.collectingAndThen(
                    Collectors.toCollection(LinkedHashSet::new), Collections::unmodifiableSet));

    private final ToolsConfig config;
    private final Shell.Means means;
    private final WebPages pages;
    private final LongSupplier nanoClock;

    public BuiltInTools(ToolsConfig config) {
        this(config, () -> UUID.randomUUID().toString(), System::nanoTime);
    }

    /**
     * @param callIds gives each command the id its processes are marked with; never the same twice
     * @param nanoClock what the time limits of walks are measured by, in nanoseconds
     */
    public BuiltInTools(ToolsConfig config, Supplier<String> callIds, LongSupplier nanoClock) {
        this(config, callIds, new WebPages(config.web(), nanoClock), nanoClock);
    }

    /** @param pages where WebFetch gets its pages from */
    public BuiltInTools(ToolsConfig config, Supplier<String> callIds, WebPages pages, LongSupplier nanoClock) {
        this.pages = pages;
        this.nanoClock = nanoClock;
        this.config = config;
        means = new Shell.Means(
                new ChildEnvironment(config.parentEnvironment(), config.allowedEnvironment()),
                new ShellPrograms(config.parentEnvironment()),
                config.tempDirectory(),
                config.bash(),
                new ShellThreads(new NamedThreads("agentws-tool-timer-"), new NamedThreads("agentws-tool-pipe-")),
                callIds);
    }

    @Override
    public Set<String> names() {
        return NAMES;
    }

    /** @throws IllegalArgumentException for a tool that does not exist, a relative directory or an impossible variable */
    @Override
    public Toolbox open(ToolSetup setup) {
        Set<String> tools = setup.tools();
        Path workingDirectory = setup.workingDirectory();
        if (!NAMES.containsAll(tools)) {
            Set<String> unknown = new TreeSet<>(tools);
            unknown.removeAll(NAMES);
            throw new IllegalArgumentException("tools: " + unknown + " (expected: some of " + NAMES + ")");
        }
        if (!workingDirectory.isAbsolute()) {
            throw new IllegalArgumentException(
                    "workingDirectory: " + workingDirectory + " (expected: an absolute path)");
        }
        ChildEnvironment.check(setup.environment());
        Set<String> names = tools.size() == NAMES.size() ? NAMES : Set.copyOf(tools);
        return new SessionToolbox(names, () -> new SessionTools(setup, config, means, pages, nanoClock));
    }

    static List<ToolSpec> specs(Set<String> names) {
        return ENTRIES.stream()
                .map(Entry::spec)
                .filter(spec -> names.contains(spec.name()))
                .toList();
    }

    static Tool tool(String name, SessionTools tools) {
        Entry found = ENTRIES.stream()
                .filter(entry -> entry.spec().name().equals(name))
                .findFirst()
                .orElse(null);
        return Objects.requireNonNull(found, name).maker().apply(tools);
    }
}
