package dev.agentws.websocket;

import io.netty.channel.Channel;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;

/** Ends our direction of a connection and leaves the peer's open, so that nothing it still sends can reset what we sent last. */
final class OutputEnd {
    private OutputEnd() {}

    static void of(Channel channel) {
        SslHandler tls = channel.pipeline().get(SslHandler.class);
        if (tls == null) {
            end(channel);
        } else {
            // Without the goodbye of TLS the peer must take what it got for cut off.
            tls.closeOutbound().addListener(sent -> end(channel));
        }
    }

    private static void end(Channel channel) {
        if (channel instanceof DuplexChannel duplex) {
            duplex.shutdownOutput();
        } else {
            channel.close();
        }
    }
}
