package dev.agentws.agent;

import dev.agentws.agent.model.Block;
import dev.agentws.agent.model.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The conversation as the model sees it. It only ever grows at its end, or is cut back to where a turn began: thinking signatures and
 * the prompt cache are bound to what came before. Confined to the session's loop.
 */
final class Transcript {
    private final List<Message> messages;

    Transcript(List<Message> history) {
        messages = new ArrayList<>(history);
    }

    void add(Message.Role role, List<Block> blocks) {
        if (!blocks.isEmpty()) {
            messages.add(new Message(role, blocks));
        }
    }

    List<Message> messages() {
        return messages;
    }

    int size() {
        return messages.size();
    }

    /** Makes the conversation ready for another prompt: drops calls of the API's own tools that never got a result. Returns its size. */
    int settle() {
        int from = messages.size();
        while (from > 0 && messages.get(from - 1).role() == Message.Role.ASSISTANT) {
            from--;
        }
        List<Message> answer = messages.subList(from, messages.size());
        Set<String> open = ServerToolBlock.open(answer);
        if (!open.isEmpty()) {
            answer.replaceAll(message -> new Message(message.role(), ServerToolBlock.without(message.blocks(), open)));
            answer.removeIf(message -> message.blocks().isEmpty());
        }
        return messages.size();
    }

    /** Forgets everything after the first {@code size} messages. */
    void cutTo(int size) {
        messages.subList(size, messages.size()).clear();
    }
}
