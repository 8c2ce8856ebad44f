package dev.agentws.simulator;

import dev.agentws.simulator.wire.Wire;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.http.HttpContentDecompressor;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2StreamFrameToHttpObjectCodec;
import java.util.List;

/**
 * Sees from the first bytes of a connection whether it speaks HTTP/2, agreed by ALPN or known beforehand, or HTTP/1.1, and puts the
 * handlers of that in its own place.
 */
final class HttpSwitch extends ByteToMessageDecoder {
    /** The name of the handler that turns HTTP into bytes, in the pipeline in which the API's handler stands. */
    static final String CODEC = "http";

    private final SimulatorState state;

    HttpSwitch(SimulatorState state) {
        this.state = state;
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
        ByteBuf preface = Http2CodecUtil.connectionPrefaceBuf();
        try {
            int length = Math.min(in.readableBytes(), preface.readableBytes());
            boolean same = in.slice(in.readerIndex(), length).equals(preface.slice(0, length));
            if (same && length < preface.readableBytes()) {
                return;
            }
            if (same) {
                ctx.pipeline()
                        .addLast(Http2FrameCodecBuilder.forServer().build(), new Http2MultiplexHandler(streams()));
            } else {
                ctx.pipeline().addLast(CODEC, new HttpServerCodec());
                fill(ctx.pipeline(), Wire.HTTP_1);
            }
            ctx.pipeline().remove(this);
        } finally {
            preface.release();
        }
    }

    private ChannelInitializer<Channel> streams() {
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel stream) {
                stream.pipeline().addLast(CODEC, new Http2StreamFrameToHttpObjectCodec(true));
                fill(stream.pipeline(), Wire.HTTP_2);
            }
        };
    }

    private void fill(ChannelPipeline pipeline, Wire wire) {
        pipeline.addLast("decompress", new HttpContentDecompressor(0));
        pipeline.addLast("aggregate", new SizeLimiter(state));
        pipeline.addLast("api", new ApiHandler(state, wire));
    }
}
