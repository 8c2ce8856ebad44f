package dev.agentws.agent;

import dev.agentws.agent.model.ModelRequest;
import dev.agentws.agent.options.OutputFormat;
import dev.agentws.agent.options.SessionOptions;
import dev.agentws.agent.options.SessionPlace;
import dev.agentws.agent.transcript.SystemPrompt;
import dev.agentws.agent.transcript.Transcript;
import java.time.LocalDate;
import java.time.ZoneOffset;

/** Puts together what a session asks the model next. */
final class NextCall {
    private NextCall() {}

    static ModelRequest of(
            SessionServices services,
            SessionOptions options,
            SessionPlace place,
            Equipment equipment,
            Transcript transcript) {
        String system = place.systemPrompt();
        if (system == null) {
            LocalDate today = LocalDate.ofInstant(services.clock().instant(), ZoneOffset.UTC);
            String platform = services.settings().platform();
            system = SystemPrompt.standard(place.workingDirectory(), today, platform, equipment.mode());
        }
        OutputFormat format = options.outputFormat();
        if (format != null) {
            system += SystemPrompt.answerFitting(format.schemaText());
        }
        return new ModelRequest(
                equipment.model(),
                options.maxTokens(),
                system,
                equipment.shownTools(),
                transcript.messages(),
                options.thinking(),
                options.effort(),
                options.temperature(),
                format != null && format.fitsTheApi() ? format.schemaText() : null);
    }
}
