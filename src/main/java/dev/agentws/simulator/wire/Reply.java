package dev.agentws.simulator.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.Map;

/**
 * The HTTP side of one answer: a whole body, or a head and chunks. Confined to the connection's event loop.
 *
 * <p>Chunks get their framing here and are written past the HTTP encoder, one buffer each: a load of hundreds of streams must
 * not cost three buffers per chunk.
 */
public final class Reply {
    private final Wire wire;
    private final ChannelHandlerContext codec;
    private final Channel channel;
    private final ReplyHead head;
    private final Runnable whenDone;
    private boolean opened;
    private boolean done;

    /** {@code codec} is the context of the HTTP codec; {@code whenDone} runs once, when the answer is complete or cut. */
    public Reply(Wire wire, ChannelHandlerContext codec, ReplyHead head, Runnable whenDone) {
        this.wire = wire;
        this.codec = codec;
        this.channel = codec.channel();
        this.head = head;
        this.whenDone = whenDone;
    }

    public boolean done() {
        return done;
    }

    public Channel channel() {
        return channel;
    }

    /** Sends a whole JSON answer. */
    public void whole(int status, String json, Map<String, String> extraHeaders) {
        if (done) {
            return;
        }
        if (opened) {
            throw new IllegalStateException("status: " + status + " (expected: before the first byte of the body)");
        }
        FullHttpResponse response = head.whole(status, ByteBufUtil.writeUtf8(codec.alloc(), json));
        extraHeaders.forEach(response.headers()::set);
        opened = true;
        end(response);
    }

    /** An empty buffer for one chunk, with room for its framing; to be filled and given to {@link #write}. */
    public ByteBuf chunk(int bytes) {
        ByteBuf chunk = codec.alloc().buffer(Wire.FRAME_ROOM + bytes + Wire.FRAME_END);
        return chunk.writerIndex(Wire.FRAME_ROOM);
    }

    /** Writes a chunk from {@link #chunk} without flushing and takes it over; drops it when the answer is over. */
    public void write(ByteBuf chunk, boolean events) {
        if (done || !channel.isActive() || chunk.writerIndex() == Wire.FRAME_ROOM) {
            chunk.release();
            return;
        }
        open(events);
        codec.write(wire.frame(chunk));
    }

    /** As {@link #write}, each byte in a chunk of its own. */
    void writeSingly(ByteBuf chunk, boolean events) {
        try {
            for (int i = Wire.FRAME_ROOM; i < chunk.writerIndex(); i++) {
                write(chunk(1).writeByte(chunk.getByte(i)), events);
            }
        } finally {
            chunk.release();
        }
    }

    public void flush() {
        codec.flush();
    }

    private void open(boolean events) {
        if (!opened) {
            opened = true;
            channel.write(head.chunked(events));
        }
    }

    /** Ends the body properly. */
    public void finish(boolean events) {
        if (!done) {
            open(events);
            end(LastHttpContent.EMPTY_LAST_CONTENT);
        }
    }

    /** Ends the body properly and then the connection. */
    void finishAndClose(boolean events) {
        if (!done) {
            finish(events);
            wire.closeAfterWrites(channel);
        }
    }

    /** Sends no more, not even the end of the body: the client sees an end of input too early. */
    public void halfClose(boolean events) {
        if (done) {
            return;
        }
        open(events);
        flush();
        done = true;
        whenDone.run();
        wire.halfClose(channel);
    }

    /** Resets the connection, or the stream where it is one of several. */
    public void cut() {
        if (!done) {
            done = true;
            flush();
            whenDone.run();
            wire.cut(channel);
        }
    }

    /** The client is gone: whatever is still said is dropped. */
    public void abandon() {
        done = true;
    }

    /** Says that it is done before the last bytes go: a client that has read them must not find the answer still counted. */
    private void end(Object last) {
        done = true;
        whenDone.run();
        channel.writeAndFlush(last);
        if (!head.keepAlive()) {
            wire.closeAfterWrites(channel);
        }
    }
}
