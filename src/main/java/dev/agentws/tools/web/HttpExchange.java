package dev.agentws.tools.web;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpContentDecompressor;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.function.LongSupplier;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;

/**
 * One request over one TLS connection, driven by the thread that waits for it. The protocol is Netty's; the sockets are not, because
 * a page asked for by a model, its decompression included, has no business on the event loops. Confined to one tool worker.
 */
final class HttpExchange implements Closeable {
    /** Small, because each read may grow a thousandfold when it is decompressed. */
    private static final int READ_BYTES = 8 << 10;

    private static final int MAX_LINE = 8 << 10;
    private static final int MAX_HEAD = 64 << 10;
    private static final String USER_AGENT = "agentws (WebFetch)";

    private final EmbeddedChannel protocol;
    private final SocketChannel socket;
    private final Selector selector;
    private final LongSupplier nanoClock;
    private final long deadline;
    private final ByteBuffer read = ByteBuffer.allocate(READ_BYTES);

    /** @param deadline on {@code nanoClock} */
    HttpExchange(WebAddress address, SslContext tls, LongSupplier nanoClock, long deadline) throws IOException {
        this.nanoClock = nanoClock;
        this.deadline = deadline;
        SSLEngine engine = tls.newEngine(Unpooled.EMPTY_BUFFER.alloc(), address.host(), address.port());
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        engine.setSSLParameters(parameters);
        selector = Selector.open();
        socket = SocketChannel.open();
        protocol = new EmbeddedChannel(
                new SslHandler(engine),
                new HttpClientCodec(MAX_LINE, MAX_HEAD, READ_BYTES),
                new HttpContentDecompressor(0));
    }

    /** Connects to the address that was checked, and to no other, and sends the request. */
    void begin(WebAddress page, InetSocketAddress checked) throws IOException, InterruptedException {
        socket.configureBlocking(false);
        boolean connected = socket.connect(checked);
        SelectionKey key = socket.register(selector, SelectionKey.OP_CONNECT);
        while (!connected) {
            await(key, SelectionKey.OP_CONNECT);
            connected = socket.finishConnect();
        }
        FullHttpRequest request =
                new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, page.target(), Unpooled.EMPTY_BUFFER);
        request.headers()
                .set(HttpHeaderNames.HOST, page.hostHeader())
                .set(HttpHeaderNames.USER_AGENT, USER_AGENT)
                .set(
                        HttpHeaderNames.ACCEPT,
                        "text/markdown, text/html, text/*;q=0.9, application/json;q=0.9, */*;q=0.1")
                .set(HttpHeaderNames.ACCEPT_ENCODING, "gzip, deflate")
                .set(HttpHeaderNames.CONNECTION, "close");
        protocol.writeOneOutbound(request);
        protocol.flushOutbound();
        write();
    }

    /**
     * The next part of the answer, head first; waits for it.
     *
     * @return to be released by the caller
     * @throws EOFException when the connection ended before the answer did
     */
    Object next() throws IOException, InterruptedException {
        while (true) {
            Object part = protocol.readInbound();
            if (part != null) {
                return part;
            }
            await(socket.keyFor(selector), SelectionKey.OP_READ);
            read.clear();
            int count = socket.read(read);
            if (count < 0) {
                protocol.finish();
                Object last = protocol.readInbound();
                if (last == null) {
                    throw new EOFException("the connection ended before the answer did");
                }
                return last;
            }
            read.flip();
            protocol.writeInbound(Unpooled.copiedBuffer(read));
            protocol.runPendingTasks();
            write();
        }
    }

    private void write() throws IOException, InterruptedException {
        for (Object out = protocol.readOutbound(); out != null; out = protocol.readOutbound()) {
            try {
                ByteBuffer bytes = ((ByteBuf) out).nioBuffer();
                while (bytes.hasRemaining()) {
                    if (socket.write(bytes) == 0) {
                        await(socket.keyFor(selector), SelectionKey.OP_WRITE);
                    }
                }
            } finally {
                ReferenceCountUtil.release(out);
            }
        }
    }

    private void await(SelectionKey key, int interest) throws IOException, InterruptedException {
        key.interestOps(interest);
        while (true) {
            long leftMs = (deadline - nanoClock.getAsLong()) / 1_000_000;
            if (leftMs <= 0) {
                throw new SocketTimeoutException("it took too long");
            }
            selector.select(leftMs);
            if (Thread.interrupted()) {
                throw new InterruptedException("cancelled while loading a page");
            }
            if (selector.selectedKeys().remove(key)) {
                return;
            }
        }
    }

    @Override
    public void close() throws IOException {
        try (socket;
                selector) {
            protocol.finishAndReleaseAll();
        }
    }
}
