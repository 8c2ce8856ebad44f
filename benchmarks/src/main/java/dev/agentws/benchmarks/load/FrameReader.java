package dev.agentws.benchmarks.load;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The client's end of a WebSocket, with as little as can be between socket and message: the load shares its processors with what it
 * measures. That is also why it is not the library's Java client, which makes a tree of every frame. Confined to the channel's loop.
 */
abstract class FrameReader extends ChannelInboundHandlerAdapter {
    private static final int CONTINUATION = 0;
    private static final int TEXT = 1;
    private static final int FINAL = 0x80;
    private static final int CLOSE = 8;
    private static final int PING = 9;
    private static final int LARGEST = 64 << 20;
    private static final byte[] HEAD_END = {'\r', '\n', '\r', '\n'};

    private @Nullable ByteBuf rest;
    private byte[] message = new byte[4096];
    /** Bytes of a message whose last fragment has not come. */
    private int gathered;

    private boolean open;
    private int failures;

    /** The upgrade has been accepted. */
    abstract void onOpen(ChannelHandlerContext ctx);

    /** A text message at the beginning of an array that is used again afterwards. */
    abstract void onText(ChannelHandlerContext ctx, byte[] bytes, int length);

    /** The connection is of no more use; called once. It is being closed. */
    abstract void onFailure(String why);

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object read) {
        ByteBuf fresh = (ByteBuf) read;
        ByteBuf kept = rest;
        if (kept == null) {
            consume(ctx, fresh);
            if (fresh.isReadable() && failures == 0) {
                rest = ctx.alloc().buffer(fresh.readableBytes() * 2).writeBytes(fresh);
            }
            fresh.release();
            return;
        }
        kept.discardReadBytes().writeBytes(fresh);
        fresh.release();
        consume(ctx, kept);
        if (!kept.isReadable()) {
            kept.release();
            rest = null;
        }
    }

    private void consume(ChannelHandlerContext ctx, ByteBuf in) {
        if (!open && !upgraded(ctx, in)) {
            return;
        }
        while (failures == 0 && frame(ctx, in)) {
            // until what is left is not whole
        }
    }

    private boolean upgraded(ChannelHandlerContext ctx, ByteBuf in) {
        String head = in.toString(StandardCharsets.ISO_8859_1);
        int end = head.indexOf(new String(HEAD_END, StandardCharsets.ISO_8859_1));
        if (end < 0) {
            return false;
        }
        in.skipBytes(end + HEAD_END.length);
        if (!head.startsWith("HTTP/1.1 101 ")) {
            fail(ctx, "upgrade: " + head.lines().findFirst().orElse("") + " (expected: status 101)");
            return false;
        }
        open = true;
        onOpen(ctx);
        return true;
    }

    /** Takes one frame if it is whole. */
    private boolean frame(ChannelHandlerContext ctx, ByteBuf in) {
        int start = in.readerIndex();
        int readable = in.readableBytes();
        if (readable < 2) {
            return false;
        }
        int first = in.getUnsignedByte(start);
        long length = in.getUnsignedByte(start + 1);
        int head = length < 126 ? 2 : length == 126 ? 4 : 10;
        if (readable < head) {
            return false;
        }
        length = head == 2 ? length : head == 4 ? in.getUnsignedShort(start + 2) : in.getLong(start + 2);
        if (length < 0 || length > LARGEST || (first & 0x70) != 0) {
            fail(ctx, "frame: first byte " + first + ", length " + length + " (expected: unmasked, no extension)");
            return false;
        }
        if (readable < head + length) {
            return false;
        }
        in.skipBytes(head);
        payload(ctx, first, in, (int) length);
        return true;
    }

    private void payload(ChannelHandlerContext ctx, int first, ByteBuf in, int length) {
        switch (first & 15) {
            case TEXT, CONTINUATION -> {
                if (message.length < gathered + length) {
                    message = Arrays.copyOf(message, (gathered + length) * 2);
                }
                in.readBytes(message, gathered, length);
                gathered += length;
                if ((first & FINAL) != 0) {
                    int whole = gathered;
                    gathered = 0;
                    onText(ctx, message, whole);
                }
            }
            case PING -> {
                byte[] payload = new byte[length];
                in.readBytes(payload);
                ctx.writeAndFlush(ClientFrames.pong(ctx.alloc(), payload));
            }
            case CLOSE -> {
                String why = length < 2
                        ? "without a code"
                        : in.getUnsignedShort(in.readerIndex())
                                + " "
                                + in.toString(in.readerIndex() + 2, length - 2, StandardCharsets.UTF_8);
                in.skipBytes(length);
                fail(ctx, "closed by the server: " + why);
            }
            default -> in.skipBytes(length);
        }
    }

    private void fail(ChannelHandlerContext ctx, String why) {
        if (failures++ == 0) {
            onFailure(why);
            ctx.close();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (rest != null) {
            rest.release();
            rest = null;
        }
        fail(ctx, "the server hung up");
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        fail(ctx, cause.toString());
    }
}
