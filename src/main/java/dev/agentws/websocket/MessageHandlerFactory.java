package dev.agentws.websocket;

import io.netty.channel.Channel;

/** Makes the {@link MessageHandler} of each connection that is let in. Thread-safe. */
@FunctionalInterface
public interface MessageHandlerFactory {
    /**
     * A connection has authenticated; called once, on its event loop.
     *
     * @param channel for its event loop and writability; never to be written to
     * @param outbox the one way to write to it
     */
    MessageHandler open(Channel channel, Outbox outbox);
}
