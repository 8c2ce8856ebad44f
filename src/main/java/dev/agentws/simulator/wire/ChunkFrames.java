package dev.agentws.simulator.wire;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.DuplexChannel;

/** {@link Wire#HTTP_1}. Stateless. */
final class ChunkFrames {
    private static final int CRLF = '\r' << 8 | '\n';
    private static final String HEX = "0123456789abcdef";

    private ChunkFrames() {}

    static ByteBuf framed(ByteBuf chunk) {
        int size = chunk.writerIndex() - Wire.FRAME_ROOM;
        int at = Wire.FRAME_ROOM - 2;
        chunk.setShort(at, CRLF);
        do {
            chunk.setByte(--at, HEX.charAt(size & 15));
            size >>>= 4;
        } while (size != 0);
        return chunk.readerIndex(at).writeShort(CRLF);
    }

    static void shutdownOutput(Channel channel) {
        if (channel instanceof DuplexChannel duplex) {
            duplex.shutdownOutput();
        } else {
            channel.close();
        }
    }

    static void reset(Channel channel) {
        channel.config().setOption(ChannelOption.SO_LINGER, 0);
        channel.close();
    }

    static void closeAfterWrites(Channel channel) {
        channel.writeAndFlush(channel.alloc().buffer(0)).addListener(ChannelFutureListener.CLOSE);
    }
}
