package dev.agentws.websocket;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import java.util.List;

/**
 * Bytes to frames, with two additions: it can hold, so that what a client sends while its token is being checked waits as plain bytes
 * (neither lost, nor judged by the smaller limits from before authentication), and it tells that the peer is alive, even in the middle
 * of a large frame. Confined to the connection's event loop.
 */
final class HoldableFrameDecoder extends WebSocket13FrameDecoder {
    private final FrameHandler frames;
    private boolean held;

    HoldableFrameDecoder(int maxFrameBytes, FrameHandler frames) {
        // The violation becomes an exception and FrameHandler answers it, because only there the right close code is
        // known.
        super(WebSocketDecoderConfig.newBuilder()
                .maxFramePayloadLength(maxFrameBytes)
                .allowExtensions(false)
                .closeOnProtocolViolation(false)
                .build());
        this.frames = frames;
    }

    /** Decodes nothing more; a decoder that takes this one's place gets the bytes. */
    void hold() {
        held = true;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) throws Exception {
        frames.heard();
        super.channelRead(ctx, msg);
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) throws Exception {
        if (!held) {
            super.decode(ctx, in, out);
        }
    }
}
