package dev.agentws.agent.transcript;

import dev.agentws.agent.model.Block;
import dev.agentws.agent.model.Message;
import dev.agentws.agent.model.ModelRequest;
import dev.agentws.agent.options.ContentReader;
import java.util.ArrayList;
import java.util.List;

/** What the model is told when a conversation is to be shortened, and afterwards. */
public final class SummaryRequest {
    private static final String COMMAND = "/compact";

    private static final String TASK = """
            The conversation has grown so long that it has to be shortened: a summary will take its place, and nothing else of it is \
            kept. Write that summary now. Do not call any tool, and do not go on with the work. Whoever reads it must be able to carry on \
            without asking again, so put down:

            1. What the user asked for, in which order, with every wish and constraint that still holds, in their own words where the \
            words matter.
            2. What has been done and found out, with exact names: files and paths, functions, commands, values, links.
            3. What was changed, and the state each changed thing is in now.
            4. What failed or was refused, and why, so that it is not tried again.
            5. What is not finished, and the very next step.

            Leave out what no longer matters. Answer with the summary only, in plain words.""";

    private static final String DIGEST_SYSTEM =
            "You write summaries of conversations between a user and an agent that works on a computer.";

    private static final String AFTER = """
            The conversation so far became too long and has been shortened. This summary stands in its place; you wrote it.

            <summary>
            %s
            </summary>""";

    private static final String GO_ON =
            "The conversation was shortened while you worked on the request above. The summary says what has"
                    + " been done for it already. Go on from there, and do not start again.";

    private SummaryRequest() {}

    /** The words behind {@code /compact}, or null if the prompt is something else. */
    public static @org.jspecify.annotations.Nullable String command(List<Block> prompt) {
        String text = prompt.size() == 1 ? ContentReader.textOf(prompt.get(0)).strip() : "";
        if (!text.startsWith(COMMAND)) {
            return null;
        }
        String rest = text.substring(COMMAND.length());
        return rest.isEmpty() || Character.isWhitespace(rest.charAt(0)) ? rest.strip() : null;
    }

    /** Asks behind the conversation as it stands, so that the prompt cache has nearly all of it. */
    public static ModelRequest behind(ModelRequest next, String instructions) {
        List<Message> messages = new ArrayList<>(next.messages());
        Block task = ContentReader.text(task(instructions));
        int last = messages.size() - 1;
        if (messages.get(last).role() == Message.Role.USER) {
            List<Block> blocks = new ArrayList<>(messages.get(last).blocks());
            blocks.add(task);
            messages.set(last, new Message(Message.Role.USER, blocks));
        } else {
            messages.add(new Message(Message.Role.USER, List.of(task)));
        }
        return next.withMessages(messages);
    }

    /** Asks with only a text about the conversation, for when the whole does not fit or does not work. */
    public static ModelRequest ofDigest(ModelRequest next, String instructions, long maxCharacters) {
        String digest = TranscriptDigest.of(next.messages(), maxCharacters);
        String text = "<conversation>\n" + digest + "\n</conversation>\n\n" + task(instructions);
        Message only = new Message(Message.Role.USER, List.of(ContentReader.text(text)));
        return new ModelRequest(
                next.model(),
                next.maxTokens(),
                DIGEST_SYSTEM,
                List.of(),
                List.of(only),
                next.thinking(),
                next.effort(),
                next.temperature(),
                null,
                null,
                next.conversation());
    }

    private static String task(String instructions) {
        return instructions.isEmpty() ? TASK : TASK + "\n\nThe user asks besides: " + instructions;
    }

    /** The summary as the new beginning of the conversation. */
    public static Block asBeginning(String summary) {
        return Notices.reminder(AFTER.formatted(summary.strip()));
    }

    /** The prompt once more, behind a summary that covers the beginning of the work on it. */
    public static List<Block> promptAgain(List<Block> prompt) {
        List<Block> blocks = new ArrayList<>(prompt);
        blocks.add(Notices.reminder(GO_ON));
        return blocks;
    }
}
