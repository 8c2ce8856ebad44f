package dev.agentws.agent.transcript;

import dev.agentws.agent.event.EscapedText;
import dev.agentws.agent.transcript.AssistantMessage.ToolUse;
import io.netty.buffer.ByteBuf;

/** Where an answer of the model is shown while it arrives. Confined to the session's loop. */
public interface AnswerView {
    /** Nowhere: for calls that the server makes on its own account. */
    AnswerView UNSEEN = new AnswerView() {
        @Override
        public void nextCall() {}

        @Override
        public void thinking(boolean on) {}

        @Override
        public void thought(EscapedText block, ByteBuf bytes, int offset, int length) {}

        @Override
        public void said(EscapedText block, ByteBuf bytes, int offset, int length) {}

        @Override
        public void used(ToolUse use) {}

        @Override
        public void finished(OpenBlock block) {}

        @Override
        public void close() {}
    };

    /** A model call begins: nothing of it has been shown. */
    void nextCall();

    /** The light that says the model thinks. */
    void thinking(boolean on);

    /** The last {@code length} bytes of {@code block} are new. */
    void thought(EscapedText block, ByteBuf bytes, int offset, int length);

    /** The last {@code length} bytes of {@code block} are new. */
    void said(EscapedText block, ByteBuf bytes, int offset, int length);

    /** The model calls a tool. */
    void used(ToolUse use);

    /** A block of whatever kind is whole. */
    void finished(OpenBlock block);

    /** Shows the whole text once more, if a message is open. */
    void close();
}
