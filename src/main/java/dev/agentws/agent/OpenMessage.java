package dev.agentws.agent;

import dev.agentws.agent.event.EscapedText;
import dev.agentws.agent.event.MessageText;
import dev.agentws.agent.event.PieceKind;
import dev.agentws.agent.event.SessionEvent.MessageDone;
import dev.agentws.agent.event.SessionEvent.Thinking;
import dev.agentws.agent.event.SessionEvent.ToolFinished;
import dev.agentws.agent.event.SessionEvent.ToolUsed;
import dev.agentws.agent.model.Block;
import dev.agentws.agent.model.BlockKind;
import dev.agentws.agent.tool.ToolResult;
import dev.agentws.agent.transcript.AnswerView;
import dev.agentws.agent.transcript.AssistantMessage.ToolUse;
import dev.agentws.agent.transcript.OpenBlock;
import dev.agentws.agent.transcript.ServerToolBlock;
import io.netty.buffer.ByteBuf;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What clients see of the model's answer: the light that says it thinks, and one message at a time. A message opens with its first
 * piece and closes before anything else is shown. Confined to the session's loop.
 */
final class OpenMessage implements AnswerView {
    private static final String NO_MESSAGE = "";

    private final Session session;
    private final Story story;
    private final boolean pieces;
    private boolean thinking;
    private @Nullable String id;
    private MessageText text = new MessageText();
    private boolean shown;
    private long callStartedNanos;
    private final Map<String, ServerCall> serverCalls = new LinkedHashMap<>(2);

    /** A call that the API runs. */
    private record ServerCall(String tool, long startedNanos) {}

    OpenMessage(Session session, boolean pieces) {
        this.session = session;
        this.story = session.story();
        this.pieces = pieces;
    }

    @Override
    public void thinking(boolean on) {
        if (thinking != on) {
            thinking = on;
            session.emit(new Thinking(on));
        }
    }

    /** Says that it no longer thinks, whether or not that has been said before. */
    void stopThinking() {
        thinking = false;
        session.emit(new Thinking(false));
    }

    @Override
    public void thought(EscapedText block, ByteBuf bytes, int offset, int length) {
        if (!thinking) {
            thinking(true);
        }
        if (pieces) {
            story.piece(PieceKind.THINKING, NO_MESSAGE, block, bytes, offset, length);
        }
    }

    @Override
    public void said(EscapedText block, ByteBuf bytes, int offset, int length) {
        if (thinking) {
            thinking(false);
        }
        String message = id;
        if (message == null) {
            message = session.services().ids().messageId();
            id = message;
        }
        text.extend(block, length);
        if (pieces) {
            story.piece(PieceKind.TEXT, message, block, bytes, offset, length);
        }
    }

    @Override
    public void used(ToolUse use) {
        close();
        thinking(false);
        session.emit(new ToolUsed(use.id(), use.name(), use.input()));
    }

    /** A block is whole: thoughts put out the light, and what the API's own tools do is shown like the work of ours. */
    @Override
    public void finished(OpenBlock block) {
        if (block.kind() == BlockKind.THINKING && block.text().length() > 0) {
            thinking(false);
        }
        Block whole = block.whole();
        if (whole != null && block.kind() == BlockKind.COMPACTION) {
            close();
            long took = session.services().nanoTime().getAsLong() - callStartedNanos;
            session.conversation().compaction().came(whole, took);
            return;
        }
        ServerToolBlock server = whole == null ? null : ServerToolBlock.of(whole);
        if (server == null) {
            return;
        }
        close();
        long now = session.services().nanoTime().getAsLong();
        if (server.call()) {
            thinking(false);
            serverCalls.put(server.id(), new ServerCall(server.tool(), now));
            session.emit(new ToolUsed(server.id(), server.tool(), server.input()));
        } else {
            ServerCall call = serverCalls.remove(server.id());
            if (call != null) {
                long tookMs = TimeUnit.NANOSECONDS.toMillis(now - call.startedNanos());
                session.emit(new ToolFinished(server.id(), call.tool(), server.result(), tookMs));
            }
        }
    }

    /** Calls of the API's tools that will get no result any more get their end on the screen. */
    void endServerCalls() {
        serverCalls.forEach((id, call) ->
                session.emit(new ToolFinished(id, call.tool(), ToolResult.error("It was not finished."), 0)));
        serverCalls.clear();
    }

    /** Calls that were shown but will not run get their end on the screen too. */
    void notRun(List<ToolUse> uses, String why) {
        close();
        for (ToolUse use : uses) {
            if (!use.broken()) {
                session.emit(new ToolFinished(use.id(), use.name(), ToolResult.error(why), 0));
            }
        }
    }

    @Override
    public void close() {
        String message = id;
        if (message != null) {
            session.emit(new MessageDone(message, text));
            id = null;
            text = new MessageText();
            shown = true;
        }
    }

    @Override
    public void nextCall() {
        callStartedNanos = session.services().nanoTime().getAsLong();
        shown = false;
    }

    /** Closes the last message of a turn; one without text is shown empty, so that every turn has an answer. */
    void closeLast() {
        close();
        if (!shown) {
            session.emit(new MessageDone(session.services().ids().messageId(), text));
        }
    }
}
