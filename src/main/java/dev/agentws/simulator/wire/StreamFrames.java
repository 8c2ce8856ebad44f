package dev.agentws.simulator.wire;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2Error;

/** {@link Wire#HTTP_2}: the channel is a stream, its parent the connection. Stateless. */
final class StreamFrames {
    private StreamFrames() {}

    static Object framed(ByteBuf chunk) {
        return new DefaultHttp2DataFrame(chunk.readerIndex(Wire.FRAME_ROOM));
    }

    static void closeConnection(Channel stream) {
        // From the head of its pipeline: the codec would say goodbye first.
        stream.parent().unsafe().close(stream.parent().voidPromise());
    }

    static void reset(Channel stream) {
        stream.pipeline().firstContext().writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.INTERNAL_ERROR));
    }

    static void sayGoodbye(Channel stream) {
        stream.parent().close();
    }
}
