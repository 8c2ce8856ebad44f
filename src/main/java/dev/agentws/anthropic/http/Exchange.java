package dev.agentws.anthropic.http;

import io.netty.buffer.ByteBuf;

/** A request and its response, as far as what carries them is concerned. Called on the event loop of its {@link UpstreamStream}. */
public interface Exchange {
    /** The request has left for the socket. */
    void onSent();

    /** Something has been read; comes before what it means. */
    void onRead();

    void onHead(ResponseHead head);

    /** Some bytes of the body; they stay the caller's and are only valid during the call. */
    void onBody(ByteBuf bytes, int offset, int length);

    /** The response is whole; what carried it has been given back or closed. */
    void onEnd();

    /** The connection or the stream broke. Nothing follows. */
    void onBroken(String why);

    /** The response makes no sense; what carried it is closed. Nothing follows. */
    void onMalformed(String why);
}
