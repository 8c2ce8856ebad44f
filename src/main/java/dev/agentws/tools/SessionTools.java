package dev.agentws.tools;

import dev.agentws.agent.Tool;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.LongSupplier;

/** What the tools of one session remember together. Made with the session's first call. Thread-safe. */
final class SessionTools {
    private final ToolsConfig config;
    private final Workspace workspace;
    private final FilesRead filesRead = new FilesRead();
    private final Shell shell;
    private final TodoTool todos = new TodoTool();
    private final LongSupplier nanoClock;

    SessionTools(Path workingDirectory, Map<String, String> environment, Shell.Means means, LongSupplier nanoClock) {
        config = means.config();
        workspace = new Workspace(workingDirectory);
        shell = new Shell(workspace, environment, means);
        this.nanoClock = nanoClock;
    }

    Tool read() {
        return new BuiltInTool(ReadTool.SPEC, true, new ReadTool(workspace, filesRead, config.readTokenCap())::plan);
    }

    Tool write() {
        return new BuiltInTool(WriteTool.SPEC, false, new WriteTool(workspace, filesRead)::plan);
    }

    Tool edit() {
        return new BuiltInTool(EditTool.SPEC, false, new EditTool(workspace, filesRead)::plan);
    }

    Tool bash() {
        return new BuiltInTool(BashTool.SPEC, false, new BashTool(shell, config.bash())::plan);
    }

    Tool glob() {
        return new BuiltInTool(GlobTool.SPEC, true, new GlobTool(workspace, config, nanoClock)::plan);
    }

    Tool grep() {
        return new BuiltInTool(GrepTool.SPEC, true, new GrepTool(workspace, config, nanoClock)::plan);
    }

    Tool todos() {
        return new BuiltInTool(TodoTool.SPEC, true, todos::plan);
    }

    void close() {
        shell.close();
    }
}
