package dev.agentws.agent;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agentws.agent.cost.Spending;
import dev.agentws.agent.event.EscapedText;
import dev.agentws.agent.event.MessageText;
import dev.agentws.agent.event.SessionEvent.MessageDone;
import dev.agentws.agent.event.SessionEvent.PermissionAnswered;
import dev.agentws.agent.event.SessionEvent.Thinking;
import dev.agentws.agent.event.SessionEvent.ToolFinished;
import dev.agentws.agent.event.SessionListener;
import dev.agentws.agent.model.Block;
import dev.agentws.agent.model.Message;
import dev.agentws.agent.options.ContentReader;
import dev.agentws.agent.options.SessionOptions;
import dev.agentws.agent.options.SessionOptions.Invalid;
import dev.agentws.agent.options.SessionPlace;
import dev.agentws.agent.permission.InvalidRule;
import dev.agentws.agent.permission.PermissionUpdateReader;
import dev.agentws.agent.record.FinishedPrompts;
import dev.agentws.agent.record.StateRecord;
import dev.agentws.agent.record.StoredSession;
import dev.agentws.agent.record.StoredTurn;
import dev.agentws.agent.tool.ToolResult;
import dev.agentws.agent.transcript.AssistantMessage;
import dev.agentws.agent.transcript.SummaryRequest;
import dev.agentws.agent.transcript.Transcript;
import dev.agentws.journal.Book;
import io.netty.buffer.Unpooled;
import io.netty.util.concurrent.EventExecutor;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings a session back to where its book ends: a turn that only waited for people goes on, any other that was cut is closed with what
 * is known, and prompts that waited are taken up. Nothing that had begun is done a second time. On the session's loop, once.
 */
final class SessionRevival {
    /** What the turns of a session have come to before it lives. */
    record Past(SessionAccount account, FinishedPrompts finished, long changedAtMs) {
        static Past none(long createdAtMs) {
            return new Past(new SessionAccount(createdAtMs), new FinishedPrompts(), createdAtMs);
        }
    }

    private static final Logger LOG = LoggerFactory.getLogger(SessionRevival.class);

    private final Session session;
    private final StoredSession stored;
    private final PermissionUpdateReader updates;

    SessionRevival(Session session, StoredSession stored, PermissionUpdateReader updates) {
        this.session = session;
        this.stored = stored;
        this.updates = updates;
    }

    /** One that has lived before, up to where its book ends. */
    static Session session(
            StoredSession stored, SessionOptions options, Book book, SessionServices services, EventExecutor loop) {
        SessionPlace place = Objects.requireNonNull(stored.place());
        SessionAccount account = SessionAccount.of(stored, services.settings().prices());
        Past past = new Past(account, stored.finished(), stored.changedAtMs());
        Session session = new Session(book.sessionId(), options, place, services, loop, past);
        boolean hole = book.cutShort() && stored.leaveHole();
        session.story().continueAfter(stored);
        session.conversation().continueAfter(stored);
        session.record(book);
        if (hole) {
            session.note(StateRecord::hole);
        }
        return session;
    }

    void run() {
        settings();
        stored.waiting().forEach(prompt -> session.waiting(prompt(prompt)));
        StoredTurn turn = stored.turn();
        if (turn == null) {
            session.startQueued();
        } else if (turn.canGoOn()) {
            Prompt prompt = prompt(turn.prompt());
            Turn revived = new Turn(session, prompt, spent());
            session.goOn(revived, prompt);
            revived.goOn(turn);
        } else {
            close(turn);
        }
    }

    private void settings() {
        String model = stored.model();
        String mode = stored.mode();
        try {
            if (model != null) {
                session.equipment().setModel(model);
            }
            for (ObjectNode rule : stored.rules()) {
                updates.read("rules", rule).forEach(session.equipment().policy()::apply);
            }
            if (mode != null) {
                session.equipment().policy().setMode(PermissionUpdateReader.mode("mode", mode));
            }
        } catch (Invalid | InvalidRule e) {
            LOG.warn("session {}: something that was chosen earlier holds no longer: {}", session.id(), e.getMessage());
        }
    }

    private Prompt prompt(StoredTurn.StoredPrompt prompt) {
        return new Prompt(prompt.content(), prompt.promptId(), SessionListener.NOBODY, session.loop());
    }

    private Spending spent() {
        return Spending.of(
                session.services().settings().prices(), stored.turnUsage(), stored.turnUsd(), stored.turnCalls());
    }

    private void close(StoredTurn cut) {
        Spending spending = spent();
        TurnReport report = new TurnReport(session, cut.prompt().promptId(), spending);
        endMessage(cut);
        cut.questions().forEach((call, question) -> {
            String tool = cut.shown().getOrDefault(call, "");
            session.emit(new PermissionAnswered(question.requestId(), tool, false, "cancelled"));
        });
        ToolResult unknown = ToolResult.error(Stop.RESTARTED.notFinished());
        cut.shown().forEach((call, tool) -> session.emit(new ToolFinished(call, tool, unknown, 0)));
        if (cut.thinking()) {
            session.emit(new Thinking(false));
        }
        complete(cut, unknown);
        session.turnOver(
                report.result(Stop.RESTARTED.reason(), true, Stop.RESTARTED.error(), null),
                session.spendingWith(spending));
    }

    /** The part of a message that clients saw is all there will be of it. */
    private void endMessage(StoredTurn cut) {
        String message = cut.openMessage();
        if (message != null) {
            EscapedText text = new EscapedText(session.services().allocator());
            MessageText whole = new MessageText();
            byte[] seen = cut.openText().getBytes(StandardCharsets.UTF_8);
            text.append(Unpooled.wrappedBuffer(seen), 0, seen.length);
            whole.extend(text, seen.length);
            text.seal();
            session.emit(new MessageDone(message, whole));
        }
    }

    /** Makes the conversation one that the model's API takes: every call has its answer, and what people have read was said. */
    private void complete(StoredTurn cut, ToolResult unknown) {
        Transcript transcript = session.transcript();
        if (cut.atTools()) {
            List<Block> results = new ArrayList<>();
            for (AssistantMessage.ToolUse use : AssistantMessage.toolUses(transcript.last())) {
                Block known = cut.results().get(use.id());
                results.add(known != null ? known : ContentReader.toolResult(use.id(), unknown));
            }
            transcript.add(Message.Role.USER, results);
            return;
        }
        List<Block> prompt = cut.prompt().content();
        if (cut.promptAt() < 0 && SummaryRequest.command(prompt) == null) {
            transcript.add(Message.Role.USER, prompt);
        }
        if (!ContentReader.isBlank(cut.owed())) {
            transcript.add(Message.Role.ASSISTANT, List.of(ContentReader.text(cut.owed())));
        }
    }
}
