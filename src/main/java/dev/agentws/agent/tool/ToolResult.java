package dev.agentws.agent.tool;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a tool call came to. Immutable; nobody changes the arrays.
 *
 * @param text what the model reads; not empty
 * @param isError whether the model should take it as a failure
 * @param attachments pictures and documents the model sees after the text
 * @param details what only clients see, a JSON object in UTF-8 such as a diff, or null
 */
public record ToolResult(String text, boolean isError, List<Attachment> attachments, byte @Nullable [] details) {
    /** What an attachment is to the model's API. */
    public enum AttachmentKind {
        IMAGE,
        DOCUMENT
    }

    /**
     * Content that is not text.
     *
     * @param mediaType for example {@code image/png}
     * @param data the bytes as they are, not in Base64
     */
    public record Attachment(AttachmentKind kind, String mediaType, byte[] data) {}

    /** A success. */
    public static ToolResult of(String text) {
        return new ToolResult(text, false, List.of(), null);
    }

    /** A failure the model can act on. */
    public static ToolResult error(String text) {
        return new ToolResult(text, true, List.of(), null);
    }

    /** A call that was refused for its input, in the wrapping that models know. */
    public static ToolResult invalid(String text) {
        return error("<tool_use_error>" + text + "</tool_use_error>");
    }

    /** The same with other words. */
    public ToolResult withText(String words) {
        return new ToolResult(words, isError, attachments, details);
    }

    /** The same with something for the model to look at. */
    public ToolResult with(Attachment attachment) {
        return new ToolResult(text, isError, List.of(attachment), details);
    }

    /** The same with something for clients, a JSON object in UTF-8. */
    public ToolResult withDetails(byte[] json) {
        return new ToolResult(text, isError, attachments, json);
    }
}
