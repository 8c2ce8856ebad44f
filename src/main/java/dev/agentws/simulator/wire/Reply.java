package dev.agentws.simulator.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.Map;

/**
 * The HTTP side of one answer: a whole body, or a head and chunks. Confined to the connection's event loop.
 *
 * <p>Chunks carry their own framing and are written past the HTTP encoder, one buffer each: a load of hundreds of streams must
 * not cost three buffers per chunk.
 */
public final class Reply {
    private static final int FRAME_ROOM = 10;
    private static final int CRLF = '\r' << 8 | '\n';
    private static final String HEX = "0123456789abcdef";

    private final ChannelHandlerContext codec;
    private final Channel channel;
    private final ReplyHead head;
    private final Runnable whenDone;
    private boolean opened;
    private boolean done;

    /** {@code codec} is the context of the HTTP codec; {@code whenDone} runs once, when the answer is complete or cut. */
    public Reply(ChannelHandlerContext codec, ReplyHead head, Runnable whenDone) {
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
        ByteBuf chunk = codec.alloc().buffer(FRAME_ROOM + bytes + 2);
        return chunk.writerIndex(FRAME_ROOM);
    }

    /** Writes a chunk from {@link #chunk} without flushing and takes it over; drops it when the answer is over. */
    public void write(ByteBuf chunk, boolean events) {
        if (done || !channel.isActive() || chunk.writerIndex() == FRAME_ROOM) {
            chunk.release();
            return;
        }
        open(events);
        int size = chunk.writerIndex() - FRAME_ROOM;
        int at = FRAME_ROOM - 2;
        chunk.setShort(at, CRLF);
        do {
            chunk.setByte(--at, HEX.charAt(size & 15));
            size >>>= 4;
        } while (size != 0);
        chunk.readerIndex(at).writeShort(CRLF);
        codec.write(chunk);
    }

    /** As {@link #write}, each byte in a chunk of its own. */
    void writeSingly(ByteBuf chunk, boolean events) {
        try {
            for (int i = FRAME_ROOM; i < chunk.writerIndex(); i++) {
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
            closeAfterWrites();
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
        if (channel instanceof DuplexChannel duplex) {
            duplex.shutdownOutput();
        } else {
            channel.close();
        }
    }

    /** Resets the connection. */
    public void cut() {
        if (!done) {
            done = true;
            flush();
            whenDone.run();
            channel.config().setOption(ChannelOption.SO_LINGER, 0);
            channel.close();
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
            closeAfterWrites();
        }
    }

    private void closeAfterWrites() {
        channel.writeAndFlush(codec.alloc().buffer(0)).addListener(ChannelFutureListener.CLOSE);
    }
}
