package dev.agentws.operations;

import dev.agentws.agent.event.SessionEvent.Compacted;
import dev.agentws.agent.event.SessionEvent.PermissionAnswered;
import dev.agentws.agent.event.SessionEvent.PermissionRequest;
import dev.agentws.agent.event.SessionEvent.ToolFinished;
import dev.agentws.agent.event.SessionEvent.TurnFault;
import dev.agentws.agent.event.SessionEvent.TurnResult;
import dev.agentws.agent.model.ModelFailure;
import dev.agentws.agent.model.Usage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * One line per event of a session, with the ids as key-value pairs. Never what was said: no prompt, no answer, no input of a tool, no
 * words of a failure, which may quote any of them. Confined to the session's loop.
 */
final class SessionLog {
    private static final Logger LOG = LoggerFactory.getLogger("dev.agentws.sessions");

    private final String session;
    private int turn;

    SessionLog(String session) {
        this.session = session;
    }

    private LoggingEventBuilder at(Level level) {
        LoggingEventBuilder line = LOG.atLevel(level).addKeyValue("session", session);
        return turn == 0 ? line : line.addKeyValue("turn", turn);
    }

    void created() {
        at(Level.INFO).log("session created");
    }

    void revived() {
        at(Level.INFO).log("session is back");
    }

    void turnBegins() {
        turn++;
        at(Level.DEBUG).log("turn begins");
    }

    void turnEnds(TurnResult result) {
        Usage usage = result.usage();
        at(Level.INFO)
                .addKeyValue("stop_reason", result.stopReason())
                .addKeyValue("ms", result.durationMs())
                .addKeyValue("ttft_ms", result.ttftMs())
                .addKeyValue("model_calls", result.modelCalls())
                .addKeyValue("input_tokens", usage.promptTokens())
                .addKeyValue("output_tokens", usage.outputTokens())
                .addKeyValue("cost_usd", result.costUsd())
                .log("turn over");
    }

    void toolFinished(ToolFinished finished) {
        at(Level.DEBUG)
                .addKeyValue("tool", finished.tool())
                .addKeyValue("call", finished.toolUseId())
                .addKeyValue("ms", finished.durationMs())
                .addKeyValue("is_error", finished.result().isError())
                .log("tool finished");
    }

    void asked(PermissionRequest question) {
        at(Level.DEBUG)
                .addKeyValue("tool", question.tool())
                .addKeyValue("request", question.requestId())
                .log("permission asked");
    }

    void answered(PermissionAnswered answer) {
        at(Level.DEBUG)
                .addKeyValue("tool", answer.tool())
                .addKeyValue("request", answer.requestId())
                .addKeyValue("status", answer.status())
                .log("permission settled");
    }

    void compacted(Compacted compacted) {
        at(Level.INFO)
                .addKeyValue("trigger", compacted.trigger())
                .addKeyValue("by", compacted.by().wireName())
                .addKeyValue("tokens_before", compacted.preTokens())
                .addKeyValue("tokens_after", compacted.postTokens())
                .addKeyValue("ms", compacted.durationMs())
                .log("conversation shortened");
    }

    void failed(TurnFault fault) {
        ModelFailure upstream = fault.upstream();
        LoggingEventBuilder line = at(Level.WARN).addKeyValue("cause", fault.cause());
        if (upstream != null) {
            line = line.addKeyValue("kind", upstream.kind())
                    .addKeyValue("status", upstream.status())
                    .addKeyValue("upstream_request", upstream.requestId());
        }
        line.log("turn failed");
    }

    void ended() {
        at(Level.INFO).log("session ended");
    }
}
