package dev.agentws.tools;

import dev.agentws.agent.model.ToolSpec;
import dev.agentws.agent.tool.Tool;
import dev.agentws.agent.tool.ToolKit;
import dev.agentws.agent.tool.ToolSetup;
import dev.agentws.agent.tool.Toolbox;
import dev.agentws.tools.files.EditTool;
import dev.agentws.tools.files.NotebookEditTool;
import dev.agentws.tools.files.ReadTool;
import dev.agentws.tools.files.WriteTool;
import dev.agentws.tools.search.GlobTool;
import dev.agentws.tools.search.GrepTool;
import dev.agentws.tools.shell.BashOutputTool;
import dev.agentws.tools.shell.BashTool;
import dev.agentws.tools.shell.ChildEnvironment;
import dev.agentws.tools.shell.KillShellTool;
import dev.agentws.tools.shell.Shell;
import dev.agentws.tools.shell.ShellPrograms;
import dev.agentws.tools.shell.ShellThreads;
import dev.agentws.tools.shell.Watchdog;
import dev.agentws.tools.web.WebFetchTool;
import dev.agentws.tools.web.WebPages;
import dev.agentws.tools.web.WebSearchTool;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The tools Read, Write, Edit, NotebookEdit, Bash with BashOutput and KillShell, Glob, Grep, TodoWrite, WebFetch, WebSearch,
 * AskUserQuestion and ExitPlanMode.
 * Each session's set is fenced into its directories; commands of Bash are kept in by the {@link ToolsConfig#sandbox}, if by anything.
 * Holds neither threads nor processes for long when no command runs, so there is nothing to close. Thread-safe.
 */
public final class BuiltInTools implements ToolKit {
    private record Entry(ToolSpec spec, Function<SessionTools, Tool> maker) {}

    /** In the order the model is told. */
    private static final List<Entry> ENTRIES = List.of(
            new Entry(ReadTool.SPEC, SessionTools::read),
            new Entry(WriteTool.SPEC, SessionTools::write),
            new Entry(EditTool.SPEC, SessionTools::edit),
            new Entry(NotebookEditTool.SPEC, SessionTools::notebookEdit),
            new Entry(BashTool.SPEC, SessionTools::bash),
            new Entry(BashOutputTool.SPEC, SessionTools::bashOutput),
            new Entry(KillShellTool.SPEC, SessionTools::killShell),
            new Entry(GlobTool.SPEC, SessionTools::glob),
            new Entry(GrepTool.SPEC, SessionTools::grep),
            new Entry(TodoTool.SPEC, SessionTools::todos),
            new Entry(WebFetchTool.SPEC, SessionTools::webFetch),
            new Entry(WebSearchTool.SPEC, SessionTools::webSearch),
            new Entry(QuestionTool.SPEC, SessionTools::questions),
            new Entry(PlanTool.SPEC, SessionTools::plans));

    private static final Set<String> NAMES = ENTRIES.stream()
            .map(entry -> entry.spec().name())
            .collect(Collectors.collectingAndThen(
                    Collectors.toCollection(LinkedHashSet::new), Collections::unmodifiableSet));

    /** Other names that models and front ends know for the same. */
    private static final Map<String, String> ALIASES = Map.of("TaskOutput", "BashOutput", "TaskStop", "KillShell");

    private static final Set<String> ACCEPTED =
            Stream.of(NAMES, ALIASES.keySet()).flatMap(Set::stream).collect(Collectors.toUnmodifiableSet());

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
        ShellPrograms programs = new ShellPrograms(config.parentEnvironment());
        ShellThreads threads =
                new ShellThreads(new NamedThreads("agentws-tool-timer-"), new NamedThreads("agentws-tool-command-"));
        means = new Shell.Means(
                new ChildEnvironment(config.parentEnvironment(), config.allowedEnvironment()),
                programs,
                config.sandbox(),
                config.tempDirectory(),
                config.bash(),
                threads,
                new Watchdog(programs, threads),
                callIds);
    }

    @Override
    public Set<String> names() {
        return ACCEPTED;
    }

    @Override
    public String sandbox() {
        return config.sandbox().kind().word();
    }

    /**
     * Waits until nothing is left of the sessions that were closed: neither their processes nor their private files. Blocks.
     *
     * @return false when that takes longer
     */
    public boolean awaitEnd(Duration atMost) throws InterruptedException {
        return means.threads().awaitQuiet(atMost);
    }

    /** The name a tool goes by here. */
    static String nameOf(String name) {
        return ALIASES.getOrDefault(name, name);
    }

    /** @throws IllegalArgumentException for a tool that does not exist, a relative directory or an impossible variable */
    @Override
    public Toolbox open(ToolSetup setup) {
        Set<String> tools = setup.tools();
        Path workingDirectory = setup.workingDirectory();
        if (!ACCEPTED.containsAll(tools)) {
            Set<String> unknown = new TreeSet<>(tools);
            unknown.removeAll(ACCEPTED);
            throw new IllegalArgumentException("tools: " + unknown + " (expected: some of " + NAMES + ")");
        }
        if (!workingDirectory.isAbsolute()) {
            throw new IllegalArgumentException(
                    "workingDirectory: " + workingDirectory + " (expected: an absolute path)");
        }
        ChildEnvironment.check(setup.environment());
        return new SessionToolbox(offered(tools), () -> new SessionTools(setup, config, means, pages, nanoClock));
    }

    /** By their names here. Bash brings along what its commands in the background need. */
    private static Set<String> offered(Set<String> tools) {
        Set<String> names = tools.stream().map(BuiltInTools::nameOf).collect(Collectors.toSet());
        if (names.contains(BashTool.SPEC.name())) {
            names.add(BashOutputTool.SPEC.name());
            names.add(KillShellTool.SPEC.name());
        }
        return names.size() == NAMES.size() ? NAMES : Set.copyOf(names);
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
