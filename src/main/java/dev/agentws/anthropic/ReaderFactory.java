package dev.agentws.anthropic;

import dev.agentws.agent.model.ModelListener;
import dev.agentws.anthropic.stream.MessageReader;

/** Opens a reader for the body of one answer. Thread-safe; the reader is confined to the event loop that opened it. */
interface ReaderFactory {
    /** The caller releases the reader. */
    MessageReader open(ModelListener listener, MessageReader.Outcome outcome);
}
