package dev.agentws.agent.record;

import dev.agentws.agent.model.Message;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A message of the conversation and where it stands in the session. Immutable.
 *
 * @param index counts the session's messages from 0; the number of one that has left the conversation is not given again
 * @param seq the number of the newest event when it was said; 0 when the session began with it
 * @param atMs when it was said, in milliseconds of the epoch; 0 when that is not known
 * @param promptId the client's id of the prompt at work, or null
 */
public record SaidMessage(
        int index, long seq, long atMs, @Nullable String promptId, Message message) {
    /** What a session begins with. */
    public static List<SaidMessage> beginning(List<Message> history) {
        List<SaidMessage> all = new ArrayList<>(history.size());
        for (Message message : history) {
            all.add(new SaidMessage(all.size(), 0, 0, null, message));
        }
        return all;
    }
}
