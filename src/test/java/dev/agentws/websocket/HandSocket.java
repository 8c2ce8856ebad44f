package dev.agentws.websocket;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.AbstractChannel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelMetadata;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.DefaultChannelConfig;
import io.netty.channel.EventLoop;
import io.netty.channel.RecvByteBufAllocator;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;

/**
 * A socket whose kernel and far end are the test. It is read only when the test says that the loop came to it, and then as Netty reads a
 * real one: as often, and as much, as its {@link RecvByteBufAllocator} wants. Counts the memory that its buffers take. Confined to the
 * loop.
 */
final class HandSocket extends AbstractChannel {
    private static final ChannelMetadata METADATA = new ChannelMetadata(false, 16);
    private static final InetSocketAddress ANYWHERE = new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);

    /** What is at the other end. */
    interface FarEnd {
        /** Takes what has been written; it is released elsewhere. */
        void take(ByteBuf bytes);

        /** Fills the buffer as far as there is something to send. */
        void give(ByteBuf into);
    }

    private final FarEnd farEnd;
    private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(true);
    private final ChannelConfig config = new Config();
    private boolean open = true;
    private boolean connected;
    private boolean stalled;
    private int writes;

    HandSocket(FarEnd farEnd) {
        super(null);
        this.farEnd = farEnd;
    }

    /** Socket options are the kernel's, and there is none; the allocator counts for the test. */
    private final class Config extends DefaultChannelConfig {
        Config() {
            super(HandSocket.this);
            super.setAllocator(allocator);
        }

        @Override
        public <T> boolean setOption(ChannelOption<T> option, T value) {
            super.setOption(option, value);
            return true;
        }

        @Override
        public ChannelConfig setAllocator(ByteBufAllocator other) {
            return this;
        }
    }

    /** The far end has accepted it. */
    HandSocket accepted() {
        connected = true;
        return this;
    }

    /** From now on the far end takes nothing, and neither does the kernel. */
    void stall() {
        stalled = true;
    }

    /** The far end takes everything again, and what has waited first. */
    void flow() {
        stalled = false;
        unsafe().flush();
    }

    /** How often something was written to the kernel. */
    int writes() {
        return writes;
    }

    /** Bytes of memory held for it: what its allocator has given out, or what waits to be written if that is more. */
    long held() {
        ChannelOutboundBuffer waiting = unsafe().outboundBuffer();
        long given = allocator.metric().usedDirectMemory() + allocator.metric().usedHeapMemory();
        return Math.max(given, waiting == null ? 0 : waiting.totalPendingWriteBytes());
    }

    /**
     * The loop found it readable.
     *
     * @param look called whenever something has been read and handed on, while it is still in memory
     */
    void readable(Runnable look) {
        if (!connected || !config.isAutoRead()) {
            return;
        }
        var handle = unsafe().recvBufAllocHandle();
        handle.reset(config);
        boolean any = false;
        do {
            ByteBuf bytes = handle.allocate(allocator);
            handle.attemptedBytesRead(bytes.writableBytes());
            farEnd.give(bytes);
            handle.lastBytesRead(bytes.readableBytes());
            if (!bytes.isReadable()) {
                bytes.release();
                break;
            }
            any = true;
            handle.incMessagesRead(1);
            bytes.retain();
            pipeline().fireChannelRead(bytes);
            look.run();
            bytes.release();
        } while (handle.continueReading());
        handle.readComplete();
        if (any) {
            pipeline().fireChannelReadComplete();
        }
    }

    @Override
    protected void doWrite(ChannelOutboundBuffer in) {
        if (stalled || in.isEmpty()) {
            return;
        }
        writes++;
        for (Object next = in.current(); next != null; next = in.current()) {
            farEnd.take(((ByteBuf) next).duplicate());
            in.remove();
        }
    }

    /** Bytes for {@link #pipeline}. */
    static ByteBuf bytes(byte[] bytes) {
        return Unpooled.copiedBuffer(bytes);
    }

    @Override
    protected AbstractUnsafe newUnsafe() {
        return new AbstractUnsafe() {
            @Override
            public void connect(SocketAddress remote, SocketAddress local, ChannelPromise promise) {
                connected = true;
                safeSetSuccess(promise);
                pipeline().fireChannelActive();
            }
        };
    }

    @Override
    protected boolean isCompatible(EventLoop loop) {
        return true;
    }

    @Override
    protected SocketAddress localAddress0() {
        return ANYWHERE;
    }

    @Override
    protected SocketAddress remoteAddress0() {
        return ANYWHERE;
    }

    @Override
    protected void doBind(SocketAddress local) {}

    @Override
    protected void doDisconnect() {
        doClose();
    }

    @Override
    protected void doClose() {
        open = false;
        connected = false;
    }

    @Override
    protected void doBeginRead() {}

    @Override
    public ChannelConfig config() {
        return config;
    }

    @Override
    public boolean isOpen() {
        return open;
    }

    @Override
    public boolean isActive() {
        return connected;
    }

    @Override
    public ChannelMetadata metadata() {
        return METADATA;
    }
}
