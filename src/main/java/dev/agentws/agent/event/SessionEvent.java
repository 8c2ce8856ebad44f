package dev.agentws.agent.event;

import dev.agentws.agent.model.Block;
import dev.agentws.agent.model.CompactionMode;
import dev.agentws.agent.model.ModelFailure;
import dev.agentws.agent.model.Usage;
import dev.agentws.agent.permission.Decision;
import dev.agentws.agent.permission.PermissionMode;
import dev.agentws.agent.permission.PermissionUpdate;
import dev.agentws.agent.tool.ToolResult;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What happens in a session, other than live pieces; each is one numbered frame for whoever watches. Immutable once the turn that
 * made it has moved on.
 */
public sealed interface SessionEvent {
    /** Which of the records it is, so that a {@code switch} over all of them is checked by the compiler. */
    Kind kind();

    /** About how many bytes of memory it holds. */
    default int weight() {
        return 96;
    }

    /** One constant per record. */
    enum Kind {
        CREATED,
        THINKING,
        MESSAGE,
        TOOL_USE,
        PERMISSION_ASKED,
        PERMISSION_ANSWERED,
        PERMISSION_DENIED,
        TOOL_OUTPUT,
        TOOL_RESULT,
        COMPACTED,
        FAILED,
        RESULT,
        INTERRUPTED,
        UPDATED,
        PROMPTED,
        RESUMED,
        ENDED,
        STORED
    }

    /** A prompt is taken up; only in sessions that want to be told. */
    record Prompted(@Nullable String promptId, List<Block> content) implements SessionEvent {
        @Override
        public Kind kind() {
            return Kind.PROMPTED;
        }

        @Override
        public int weight() {
            return 160 + content.stream().mapToInt(block -> block.json().length).sum();
        }
    }

    /** The session had ended and goes on. */
    record Resumed(SessionInfo info) implements SessionEvent {
        @Override
        public Kind kind() {
            return Kind.RESUMED;
        }
    }

    /** The session exists. */
    record Created(SessionInfo info) implements SessionEvent {
        @Override
        public Kind kind() {
            return Kind.CREATED;
        }
    }

    /** The model has begun, or stopped, to think. */
    record Thinking(boolean on) implements SessionEvent {
        @Override
        public Kind kind() {
            return Kind.THINKING;
        }
    }

    /** A message is complete: its whole text once more. */
    record MessageDone(String messageId, MessageText text) implements SessionEvent {
        @Override
        public Kind kind() {
            return Kind.MESSAGE;
        }
    }

    /** The model calls a tool. */
    record ToolUsed(String toolUseId, String tool, byte[] input) implements SessionEvent {
        @Override
        public Kind kind() {
            return Kind.TOOL_USE;
        }

        @Override
        public int weight() {
            return 160 + input.length;
        }
    }

    /** A person has to decide. */
    record PermissionAsked(PermissionRequest request) implements SessionEvent {
        @Override
        public Kind kind() {
            return Kind.PERMISSION_ASKED;
        }

        @Override
        public int weight() {
            byte[] preview = request.preview();
            int shown = preview == null ? 0 : preview.length;
            return 512 + request.input().length + shown + request.suggestions().size() * 256;
        }
    }

    /**
     * The question is settled.
     *
     * @param status {@code executing}, {@code denied}, {@code timeout} or {@code cancelled}
     */
    record PermissionAnswered(String requestId, String tool, boolean approved, String status) implements SessionEvent {
        @Override
        public Kind kind() {
            return Kind.PERMISSION_ANSWERED;
        }
    }

    /**
     * A call is denied without a question.
     *
     * @param cause what denied it
     * @param message what the model is told
     */
    record PermissionDenied(String toolUseId, String tool, Decision.Cause cause, String message)
            implements SessionEvent {
        @Override
        public Kind kind() {
            return Kind.PERMISSION_DENIED;
        }

        @Override
        public int weight() {
            return 160 + message.length() * 2;
        }
    }

    /** A running tool printed something. */
    record ToolPrinted(String toolUseId, String stream, String text) implements SessionEvent {
        @Override
        public Kind kind() {
            return Kind.TOOL_OUTPUT;
        }

        @Override
        public int weight() {
            return 128 + text.length() * 2;
        }
    }

    /** A tool call has come to its end. */
    record ToolFinished(String toolUseId, String tool, ToolResult result, long durationMs) implements SessionEvent {
        @Override
        public Kind kind() {
            return Kind.TOOL_RESULT;
        }

        @Override
        public int weight() {
            byte[] details = result.details();
            return 160 + result.text().length() * 2 + (details == null ? 0 : details.length);
        }
    }

    /**
     * The conversation was shortened: a summary stands in the place of what came before.
     *
     * @param trigger {@code auto}, {@code manual} or {@code overflow}
     * @param by the API, or this server with a summary of the model's
     * @param preTokens how long it was, about
     * @param postTokens how long it is now, an estimate
     */
    record Compacted(String trigger, CompactionMode by, long preTokens, long postTokens, long durationMs)
            implements SessionEvent {
        @Override
        public Kind kind() {
            return Kind.COMPACTED;
        }
    }

    /** Something in the turn failed; unless it was only the shortening of the conversation, the turn's result follows. */
    record Failed(TurnFault fault) implements SessionEvent {
        @Override
        public Kind kind() {
            return Kind.FAILED;
        }
    }

    /** The turn is over. */
    record TurnEnded(TurnResult result) implements SessionEvent {
        @Override
        public Kind kind() {
            return Kind.RESULT;
        }
    }

    /** Something of the session has changed that holds for what follows, such as its mode. */
    record Updated(SessionInfo info) implements SessionEvent {
        @Override
        public Kind kind() {
            return Kind.UPDATED;
        }

        @Override
        public int weight() {
            return 512 + info.options().length;
        }
    }

    /** The session was interrupted. */
    record Interrupted() implements SessionEvent {
        @Override
        public Kind kind() {
            return Kind.INTERRUPTED;
        }
    }

    /** The session has ended; nothing follows. */
    record Ended() implements SessionEvent {
        @Override
        public Kind kind() {
            return Kind.ENDED;
        }
    }

    /**
     * An event of earlier, read from the session's book.
     *
     * @param frame as clients saw it: one JSON object in UTF-8 that ends with its {@code seq}
     */
    record Stored(byte[] frame) implements SessionEvent {
        @Override
        public Kind kind() {
            return Kind.STORED;
        }

        @Override
        public int weight() {
            return 96 + frame.length;
        }
    }

    /**
     * A question to a person.
     *
     * @param input the call's input, JSON in UTF-8
     * @param preview what the call would change, a JSON object in UTF-8, or null
     * @param expiresAtMs when it counts as denied, in milliseconds of the epoch
     * @param reason why it is asked, one sentence
     * @param suggestions changes that would let such calls pass for the rest of the session
     */
    record PermissionRequest(
            String requestId,
            String toolUseId,
            String tool,
            byte[] input,
            String description,
            byte @Nullable [] preview,
            long expiresAtMs,
            String reason,
            List<PermissionUpdate> suggestions) {}

    /**
     * What went wrong in a turn.
     *
     * @param upstream what the model's API said, or null
     */
    record TurnFault(
            Cause cause,
            String message,
            boolean retryable,
            @Nullable ModelFailure upstream) {
        /** Who is to blame. */
        public enum Cause {
            /** The model's API failed or refused. */
            UPSTREAM,
            /** The conversation could not be shortened. */
            COMPACTION,
            /** A defect of this server. */
            INTERNAL
        }
    }

    /**
     * What a turn came to.
     *
     * @param promptId the client's own id of the prompt, or null
     * @param stopReason why it stopped
     * @param error one sentence, or null
     * @param modelCalls how often the model was called
     * @param ttftMs from prompt to the first piece, or null when there was none
     * @param costUsd of this turn, or null when the model's price is not known
     * @param totalCostUsd of the session, or null when the price of a part is not known
     * @param contextTokens how long the conversation is now, about
     * @param contextWindow how long it may be with this model
     * @param structuredOutput what was asked for by a schema, JSON in UTF-8, or null
     */
    record TurnResult(
            @Nullable String promptId,
            String stopReason,
            boolean isError,
            @Nullable String error,
            int modelCalls,
            long durationMs,
            @Nullable Long ttftMs,
            @Nullable Double costUsd,
            @Nullable Double totalCostUsd,
            Usage usage,
            long contextTokens,
            long contextWindow,
            byte @Nullable [] structuredOutput) {}

    /**
     * A session, as clients see it.
     *
     * @param options as the client gave them, JSON in UTF-8, secrets left out
     * @param costUsd null when the price of a part is not known
     * @param sandbox what keeps its commands in
     * @param directory its working directory
     * @param title as chosen, or how it began, or null before that
     * @param firstPrompt how its first prompt begins, or null
     * @param forkedFrom or null
     * @param asleep whether only its book has it just now
     */
    record SessionInfo(
            String id,
            long createdAtMs,
            long updatedAtMs,
            SessionStatus status,
            byte[] options,
            int messageCount,
            @Nullable String errorMessage,
            @Nullable Double costUsd,
            int turns,
            long durationMs,
            String model,
            PermissionMode permissionMode,
            long lastSeq,
            int queueLength,
            List<String> pendingPermissions,
            String sandbox,
            String directory,
            @Nullable String title,
            @Nullable String firstPrompt,
            @Nullable ForkOrigin forkedFrom,
            boolean asleep) {
        /** The same once only its book has it. */
        public SessionInfo fallenAsleep() {
            return new SessionInfo(
                    id,
                    createdAtMs,
                    updatedAtMs,
                    status,
                    options,
                    messageCount,
                    errorMessage,
                    costUsd,
                    turns,
                    durationMs,
                    model,
                    permissionMode,
                    lastSeq,
                    queueLength,
                    pendingPermissions,
                    sandbox,
                    directory,
                    title,
                    firstPrompt,
                    forkedFrom,
                    true);
        }
    }

    /**
     * The place in another session where one was forked off.
     *
     * @param index of the last message that both have; negative when there is none
     */
    record ForkOrigin(String sessionId, int index) {}
}
