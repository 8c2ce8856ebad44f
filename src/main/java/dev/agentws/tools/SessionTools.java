package dev.agentws.tools;

import dev.agentws.agent.tool.SmallModel;
import dev.agentws.agent.tool.Tool;
import dev.agentws.agent.tool.ToolSetup;
import dev.agentws.tools.call.BuiltInTool;
import dev.agentws.tools.files.EditTool;
import dev.agentws.tools.files.FilesRead;
import dev.agentws.tools.files.NotebookEditTool;
import dev.agentws.tools.files.ReadTool;
import dev.agentws.tools.files.Workspace;
import dev.agentws.tools.files.WriteTool;
import dev.agentws.tools.search.GlobTool;
import dev.agentws.tools.search.GrepTool;
import dev.agentws.tools.shell.BashOutputTool;
import dev.agentws.tools.shell.BashTool;
import dev.agentws.tools.shell.KillShellTool;
import dev.agentws.tools.shell.SessionFiles;
import dev.agentws.tools.shell.Shell;
import dev.agentws.tools.web.WebFetchTool;
import dev.agentws.tools.web.WebPages;
import dev.agentws.tools.web.WebSearchTool;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/** What the tools of one session remember together. Made with the session's first call. Thread-safe. */
final class SessionTools {
    /** A rough count, as for {@link ToolsConfig#readTokenCap}. */
    private static final int CHARS_PER_TOKEN = 4;

    private final ToolsConfig config;
    private final Workspace workspace;
    /** The same with what commands have printed. */
    private final Workspace reading;

    private final FilesRead filesRead = new FilesRead();
    private final Shell shell;
    private final TodoTool todos = new TodoTool();
    private final WebPages pages;
    private final SmallModel smallModel;
    private final LongSupplier nanoClock;

    SessionTools(ToolSetup setup, ToolsConfig config, Shell.Means means, WebPages pages, LongSupplier nanoClock) {
        this.pages = pages;
        smallModel = setup.smallModel();
        this.config = config;
        workspace = new Workspace(setup.workingDirectory(), setup.moreDirectories());
        SessionFiles files =
                new SessionFiles(config.tempDirectory(), means.callIds().get());
        List<Path> readable = new ArrayList<>(setup.moreDirectories());
        readable.add(files.outputs());
        reading = new Workspace(setup.workingDirectory(), readable);
        shell = Shell.open(workspace, setup, means, files);
        this.nanoClock = nanoClock;
    }

    Tool read() {
        return new BuiltInTool(ReadTool.SPEC, true, new ReadTool(reading, filesRead, config.readTokenCap())::plan);
    }

    Tool write() {
        return new BuiltInTool(WriteTool.SPEC, false, new WriteTool(workspace, filesRead)::plan);
    }

    Tool edit() {
        return new BuiltInTool(EditTool.SPEC, false, new EditTool(workspace, filesRead)::plan);
    }

    Tool notebookEdit() {
        return new BuiltInTool(NotebookEditTool.SPEC, false, new NotebookEditTool(workspace, filesRead)::plan);
    }

    Tool bash() {
        return new BuiltInTool(BashTool.SPEC, false, new BashTool(shell, config.bash())::plan);
    }

    Tool bashOutput() {
        return new BuiltInTool(BashOutputTool.SPEC, true, new BashOutputTool(shell, config.bash())::plan);
    }

    Tool killShell() {
        return new BuiltInTool(KillShellTool.SPEC, false, new KillShellTool(shell)::plan);
    }

    List<String> takeNotices() {
        return shell.takeNotices();
    }

    boolean quiet() {
        return shell.quiet();
    }

    Tool glob() {
        return new BuiltInTool(
                GlobTool.SPEC, true, new GlobTool(reading, config.walk(), config.globLimit(), nanoClock)::plan);
    }

    Tool grep() {
        int maxChars = config.readTokenCap() * CHARS_PER_TOKEN;
        GrepTool tool = new GrepTool(reading, config.walk(), config.grepHeadLimit(), maxChars, nanoClock);
        return new BuiltInTool(GrepTool.SPEC, true, tool::plan);
    }

    Tool webFetch() {
        int maxChars = config.readTokenCap() * CHARS_PER_TOKEN;
        return new BuiltInTool(WebFetchTool.SPEC, true, new WebFetchTool(pages, smallModel, maxChars, nanoClock)::plan);
    }

    Tool webSearch() {
        return new BuiltInTool(WebSearchTool.SPEC, true, WebSearchTool::plan);
    }

    Tool todos() {
        return new BuiltInTool(TodoTool.SPEC, true, todos::plan);
    }

    Tool questions() {
        return new BuiltInTool(QuestionTool.SPEC, true, QuestionTool::plan);
    }

    Tool plans() {
        return new BuiltInTool(PlanTool.SPEC, false, PlanTool::plan);
    }

    void halt() {
        shell.halt();
    }

    void close() {
        shell.close();
    }
}
