package dev.agentws.anthropic.http;

import io.netty.buffer.ByteBufAllocator;

/**
 * What carries one exchange: a whole connection of HTTP/1.1, or one of the streams of an HTTP/2 connection. Whoever gets one either sends
 * a request on it or gives it back. Confined to its event loop.
 */
public interface UpstreamStream {
    /** Starts an exchange, at most one. The request's body is taken over. */
    void send(Exchange exchange, UpstreamRequest request);

    /** Gives it back without having sent anything. */
    void release();

    /**
     * Whether a break so far says nothing about the request: the connection has served others before and may have been closed by the peer
     * meanwhile, and of this response nothing has come.
     */
    boolean isReplaceable();

    ByteBufAllocator alloc();

    /** Whether the response is read on. What was on its way already may still come. */
    void setReading(boolean reading);

    /** Ends the exchange without another callback, and tells the peer at once that nobody listens. */
    void abandon();

    /** Ends the exchange without another callback; a rest of the response that is short and comes soon is read and dropped. */
    void drain();
}
