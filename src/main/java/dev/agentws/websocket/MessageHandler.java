package dev.agentws.websocket;

import dev.agentws.protocol.ClientMessage;

/** What acts upon the messages of one authenticated connection. All methods are called on the connection's event loop. */
public interface MessageHandler {
    /** Acts upon a message; {@code auth} and {@code ping} never get here. An exception becomes an {@code internal} error frame. */
    void onMessage(ClientMessage message);

    /** The connection became slow (false) or fast enough again (true). */
    void onWritabilityChanged(boolean writable);

    /** The connection is gone. Called exactly once, and nothing is called after it. */
    void onClosed();
}
