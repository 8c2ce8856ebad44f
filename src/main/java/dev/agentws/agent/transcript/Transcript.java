package dev.agentws.agent.transcript;

import dev.agentws.agent.model.Block;
import dev.agentws.agent.model.Message;
import dev.agentws.agent.model.Usage;
import dev.agentws.agent.record.SaidMessage;
import dev.agentws.agent.record.StateRecord;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/**
 * The conversation as the model sees it, and about how many tokens it takes. It only ever grows at its end, is cut back to where a turn
 * began, or is replaced by a summary, ours or the API's: thinking signatures and the prompt cache are bound to what came before. Confined to the
 * session's loop.
 */
public final class Transcript {
    private final List<SaidMessage> messages;
    private final Scribe scribe;
    private int count;
    private long tokens;
    private boolean answerCounted;
    /** How often a summary has taken the place of all, and where the newest ends. */
    private int summaries;

    private Mark behindSummary = new Mark(0, 0, 0);

    /** A point to go back to; one that a summary has covered since stands for the end of that summary. */
    public record Mark(int size, long tokens, int summaries) {}

    /** Writes down how the conversation changes, and knows when and at whose wish. */
    public interface Scribe {
        void note(Supplier<StateRecord> change);

        /** The message as it is said just now. */
        SaidMessage said(int index, Message message);
    }

    /**
     * @param history what has been said, and written down, before
     * @param count how many messages there ever were, those included that have left the conversation
     */
    public Transcript(List<SaidMessage> history, int count, Scribe scribe) {
        this.scribe = scribe;
        this.count = count;
        messages = new ArrayList<>(history);
        for (SaidMessage said : history) {
            tokens += TokenEstimate.of(said.message().blocks());
        }
    }

    /** Adds what was said; a summary of the API's among it takes the place of all that came before. */
    public void add(Message.Role role, List<Block> blocks) {
        int summary = role == Message.Role.ASSISTANT ? CompactionBlock.last(blocks) : -1;
        if (summary >= 0) {
            boolean counted = answerCounted;
            long inAll = tokens;
            restart(role, blocks.get(summary));
            tokens = counted ? inAll : tokens;
            answerCounted = counted;
        }
        append(role, blocks.subList(summary + 1, blocks.size()));
    }

    private void restart(Message.Role role, Block summary) {
        messages.clear();
        scribe.note(() -> StateRecord.cut(0));
        tokens = 0;
        answerCounted = false;
        append(role, List.of(summary));
        summaries++;
        behindSummary = mark();
    }

    private void append(Message.Role role, List<Block> blocks) {
        if (!blocks.isEmpty()) {
            SaidMessage said = scribe.said(count++, new Message(role, blocks));
            messages.add(said);
            scribe.note(() -> StateRecord.said(said));
            tokens += role == Message.Role.ASSISTANT && answerCounted ? 0 : TokenEstimate.of(blocks);
            answerCounted = false;
        }
    }

    /** What the model has counted: the conversation so far and the answer that is about to be added. */
    public void counted(Usage usage) {
        // Some servers count nothing.
        if (usage.promptTokens() > 0) {
            tokens = usage.filledTokens();
            answerCounted = true;
        }
    }

    /** As last counted by the model, and an estimate of what has been added since. */
    public long tokens() {
        return tokens;
    }

    /** The messages as they go out: what one side said in a row is one message, which not every upstream does by itself. */
    public List<Message> messages() {
        List<Message> merged = new ArrayList<>(messages.size());
        for (SaidMessage said : messages) {
            Message message = said.message();
            int last = merged.size() - 1;
            if (last >= 0 && merged.get(last).role() == message.role()) {
                List<Block> both = new ArrayList<>(merged.get(last).blocks());
                both.addAll(message.blocks());
                merged.set(last, new Message(message.role(), both));
            } else {
                merged.add(message);
            }
        }
        return merged;
    }

    public int size() {
        return messages.size();
    }

    /** The messages one by one, oldest first; a view, good until the next change. */
    public List<SaidMessage> said() {
        return Collections.unmodifiableList(messages);
    }

    /** Makes the conversation ready for another prompt: drops calls of the API's own tools that never got a result. */
    public void settle() {
        int from = answerStart();
        List<SaidMessage> answer = messages.subList(from, messages.size());
        Set<String> open =
                ServerToolBlock.open(answer.stream().map(SaidMessage::message).toList());
        if (!open.isEmpty()) {
            List<SaidMessage> settled = new ArrayList<>();
            for (SaidMessage said : answer) {
                List<Block> blocks = ServerToolBlock.without(said.message().blocks(), open);
                if (!blocks.isEmpty()) {
                    Message message = new Message(said.message().role(), blocks);
                    settled.add(new SaidMessage(count++, said.seq(), said.atMs(), said.promptId(), message));
                }
            }
            answer.clear();
            scribe.note(() -> StateRecord.cut(from));
            settled.forEach(said -> scribe.note(() -> StateRecord.said(said)));
            messages.addAll(settled);
        }
    }

    private int answerStart() {
        int from = messages.size();
        while (from > 0 && messages.get(from - 1).message().role() == Message.Role.ASSISTANT) {
            from--;
        }
        return from;
    }

    public Mark mark() {
        return new Mark(messages.size(), tokens, summaries);
    }

    /** Whether anything stands before a mark. */
    public boolean hasHistory(Mark mark) {
        return still(mark).size() > 0;
    }

    private Mark still(Mark mark) {
        return mark.summaries() == summaries ? mark : behindSummary;
    }

    /** The point before the message of that index. */
    public Mark markAt(int index) {
        long before = 0;
        for (SaidMessage said : messages.subList(0, index)) {
            before += TokenEstimate.of(said.message().blocks());
        }
        return new Mark(index, before, summaries);
    }

    /** What the last message says; there must be one. */
    public List<Block> last() {
        return messages.get(messages.size() - 1).message().blocks();
    }

    /** Forgets everything after a mark. */
    public void cutTo(Mark where) {
        Mark mark = still(where);
        messages.subList(mark.size(), messages.size()).clear();
        scribe.note(() -> StateRecord.cut(mark.size()));
        tokens = mark.tokens();
    }

    /** Puts a summary in the place of everything. */
    public void replaceBy(Block summary) {
        restart(Message.Role.USER, summary);
    }
}
