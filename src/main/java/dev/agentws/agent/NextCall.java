package dev.agentws.agent;

import dev.agentws.agent.model.ModelRequest;
import dev.agentws.agent.model.ToolSpec;
import dev.agentws.agent.options.OutputFormat;
import dev.agentws.agent.options.PermissionMode;
import dev.agentws.agent.options.SessionOptions;
import dev.agentws.agent.options.SessionPlace;
import dev.agentws.agent.tool.Toolbox;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;

/** Puts together what a session asks the model next. */
final class NextCall {
    private NextCall() {}

    static ModelRequest of(
            SessionServices services,
            SessionOptions options,
            SessionPlace place,
            Toolbox toolbox,
            Transcript transcript) {
        List<ToolSpec> shown = toolbox.specs().stream()
                .filter(tool -> !options.disallowedTools().contains(tool.name()))
                .filter(tool -> tool.upstream() == null || maySearch(options, tool.name()))
                .toList();
        String system = place.systemPrompt();
        if (system == null) {
            LocalDate today = LocalDate.ofInstant(services.clock().instant(), ZoneOffset.UTC);
            String platform = services.settings().platform();
            system = SystemPrompt.standard(place.workingDirectory(), today, platform, options.permissionMode());
        }
        OutputFormat format = options.outputFormat();
        if (format != null) {
            system += SystemPrompt.answerFitting(format.schemaText());
        }
        return new ModelRequest(
                place.model(),
                options.maxTokens(),
                system,
                shown,
                transcript.messages(),
                options.thinking(),
                options.effort(),
                options.temperature(),
                format != null && format.fitsTheApi() ? format.schemaText() : null);
    }

    /**
     * Nobody can be asked about a call that runs in the API before we hear of it, so naming the tool is the consent; a session that
     * asks nobody wants it named among the allowed tools as well.
     */
    private static boolean maySearch(SessionOptions options, String tool) {
        return options.permissionMode() != PermissionMode.DONT_ASK
                || options.allowedTools().contains(tool);
    }
}
