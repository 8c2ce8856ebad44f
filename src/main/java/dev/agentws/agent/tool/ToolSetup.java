package dev.agentws.agent.tool;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What one session's tools are made for. Immutable.
 *
 * @param tools their names
 * @param workingDirectory absolute, existing, links resolved
 * @param moreDirectories further directories whose files count as inside; absolute, existing, links resolved
 * @param environment what the session adds to the environment of its commands
 * @param smallModel whom tools may ask a quick question beside the conversation
 */
public record ToolSetup(
        Set<String> tools,
        Path workingDirectory,
        List<Path> moreDirectories,
        Map<String, String> environment,
        SmallModel smallModel) {
    public ToolSetup {
        moreDirectories = List.copyOf(moreDirectories);
        environment = Map.copyOf(environment);
    }

    /** A setup whose tools have no model to ask. */
    public ToolSetup(
            Set<String> tools, Path workingDirectory, List<Path> moreDirectories, Map<String, String> environment) {
        this(tools, workingDirectory, moreDirectories, environment, SmallModel.NONE);
    }
}
