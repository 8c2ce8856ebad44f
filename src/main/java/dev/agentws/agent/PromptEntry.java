package dev.agentws.agent;

import dev.agentws.agent.model.Block;
import dev.agentws.agent.model.Message;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The place of a turn's prompt in the conversation, to which a turn that failed goes back. Confined to the session's loop. */
final class PromptEntry {
    private final Session session;
    private final Transcript transcript;
    private final List<Block> prompt;
    private Transcript.Mark before;
    private @Nullable List<Block> entered;
    private boolean missing = true;

    PromptEntry(Session session, List<Block> prompt) {
        this.session = session;
        this.transcript = session.transcript();
        this.prompt = prompt;
        this.before = transcript.mark();
    }

    /** About how many tokens it takes. */
    long tokens() {
        return TokenEstimate.of(prompt);
    }

    /** Whether something stands before it. */
    boolean hasHistory() {
        return before.size() > 0;
    }

    /** Adds the prompt, and with it what has happened in the background, unless it is there. */
    void add() {
        if (!missing) {
            return;
        }
        List<Block> content = entered;
        if (content == null) {
            content = Notices.after(prompt, session.toolbox());
            entered = content;
        }
        enter(content);
    }

    /** Adds the prompt once more, behind a summary of the work on it. */
    void addAgain() {
        enter(SummaryRequest.promptAgain(prompt));
    }

    private void enter(List<Block> content) {
        before = transcript.mark();
        missing = false;
        transcript.add(Message.Role.USER, content);
    }

    /** Takes the prompt and all that followed out of the conversation. */
    void takeBack() {
        transcript.cutTo(before);
        missing = true;
    }
}
