package dev.agentws.simulator.wire;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;

/** What the versions of HTTP do differently below an answer. Stateless. */
public enum Wire {
    /** Chunks on a connection of the one answer's own. */
    HTTP_1 {
        @Override
        Object frame(ByteBuf chunk) {
            return ChunkFrames.framed(chunk);
        }

        @Override
        void halfClose(Channel channel) {
            ChunkFrames.shutdownOutput(channel);
        }

        @Override
        void cut(Channel channel) {
            ChunkFrames.reset(channel);
        }

        @Override
        void closeAfterWrites(Channel channel) {
            ChunkFrames.closeAfterWrites(channel);
        }
    },
    /** DATA frames on a stream, whose connection others share. */
    HTTP_2 {
        @Override
        Object frame(ByteBuf chunk) {
            return StreamFrames.framed(chunk);
        }

        @Override
        void halfClose(Channel channel) {
            StreamFrames.closeConnection(channel);
        }

        @Override
        void cut(Channel channel) {
            StreamFrames.reset(channel);
        }

        @Override
        void closeAfterWrites(Channel channel) {
            StreamFrames.sayGoodbye(channel);
        }
    };

    /** Room before the content of a chunk, for whatever framing there is. */
    static final int FRAME_ROOM = 10;
    /** Room behind it. */
    static final int FRAME_END = 2;

    /** Turns a buffer whose content begins at {@link #FRAME_ROOM} into what the context of the codec takes; owns it then. */
    abstract Object frame(ByteBuf chunk);

    /** Ends the output without an end of the body. */
    abstract void halfClose(Channel channel);

    /** Resets what carries the answer. */
    abstract void cut(Channel channel);

    /** Ends the connection properly once all has been written. */
    abstract void closeAfterWrites(Channel channel);
}
