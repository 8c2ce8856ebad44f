package dev.agentws.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.handler.codec.http.websocketx.WebSocketClientHandshakeException;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What lies below an {@link AgentClient}: connects, shows the key, finds out when the other end is dead, and comes back with growing
 * pauses. All that happens to it happens on its one thread; {@link #open}, {@link #send}, {@link #hold}, {@link #release} and
 * {@link #close} may be called from any.
 */
final class Link {
    private static final long LONGEST_PAUSE_MS = 10_000;

    /** What the link tells, always on its thread, except {@link #over} when it is closed. */
    interface Listener {
        /**
         * Messages can be sent.
         *
         * @param again whether there was a connection before
         */
        void ready(boolean again);

        void frame(JsonNode frame);

        /** The connection broke and will be tried again. */
        void cut();

        /** There will be no connection any more. */
        void over(ClientException reason);
    }

    private final ClientConfig config;
    private final Listener listener;
    private final CompletableFuture<@Nullable Void> opened = new CompletableFuture<>();
    private final EventLoopGroup thread = new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("agentws-client", true), NioIoHandler.newFactory());

    /** The connection there is, or the one that is being made. Changed with the lock held. */
    private @Nullable Socket current;

    private boolean closed;
    private int holds;

    private int failures;
    private long cutAtNanos;

    Link(ClientConfig config, Listener listener) {
        this.config = config;
        this.listener = listener;
    }

    /** Completes when the server has let us in. To be called once. */
    CompletableFuture<@Nullable Void> open() {
        thread.execute(this::connect);
        return opened;
    }

    /** Whether there is a connection to send it on. Nothing is kept for later. */
    synchronized boolean send(ObjectNode message) {
        Socket socket = current;
        return socket != null && socket.send(message.toString());
    }

    /** Reads no more until it is released as often as it was held. */
    synchronized void hold() {
        if (++holds == 1 && current != null) {
            current.reads(false);
        }
    }

    synchronized void release() {
        if (--holds == 0 && current != null) {
            current.reads(true);
        }
    }

    void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            if (current != null) {
                current.goodbye();
            }
            current = null;
        }
        listener.over(new ClientException("closed", "the client was closed"));
        // Runs what waits, closes the socket, and drops the pauses that are left.
        thread.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }

    private void connect() {
        Socket socket = new Socket(config, thread.next(), new Conversation());
        synchronized (this) {
            if (closed) {
                return;
            }
            current = socket;
            socket.reads(holds == 0);
        }
        socket.connect();
    }

    private void lost(Socket socket, @Nullable Throwable fault) {
        synchronized (this) {
            if (current != socket) {
                return;
            }
            current = null;
        }
        if (!opened.isDone()) {
            fail(notOpened(fault));
            return;
        }
        if (socket.ready()) {
            cutAtNanos = System.nanoTime();
            failures = 0;
            listener.cut();
        }
        if (System.nanoTime() - cutAtNanos >= config.giveUpAfter().toNanos()) {
            fail(new ClientException(
                    ClientException.UNREACHABLE,
                    "the connection to " + config.address() + " is lost" + why(fault),
                    fault));
            return;
        }
        long pause = Math.min(LONGEST_PAUSE_MS, config.firstPause().toMillis() << Math.min(failures++, 20));
        // Not all clients of a server that was restarted at the same moment.
        long spread = (long) (pause * ThreadLocalRandom.current().nextDouble(0.75, 1.25));
        synchronized (this) {
            if (!closed) {
                thread.schedule(this::connect, spread, TimeUnit.MILLISECONDS);
            }
        }
    }

    private ClientException notOpened(@Nullable Throwable fault) {
        if (fault instanceof WebSocketClientHandshakeException answered && answered.response() != null) {
            return new ClientException(
                    ClientException.NOT_UPGRADED,
                    config.address() + " answered " + answered.response().status()
                            + " (expected: the WebSocket of an agentws server)",
                    fault);
        }
        return new ClientException(
                ClientException.UNREACHABLE, "no server answers at " + config.address() + why(fault), fault);
    }

    private static String why(@Nullable Throwable fault) {
        String message = fault == null ? null : fault.getMessage();
        return message == null || message.isBlank() ? "" : " (" + message + ")";
    }

    private void fail(ClientException reason) {
        opened.completeExceptionally(reason);
        listener.over(reason);
        close();
    }

    private synchronized boolean isCurrent(Socket socket) {
        return current == socket;
    }

    /** What one connection tells. */
    private final class Conversation implements Socket.Listener {
        @Override
        public void ready(Socket socket) {
            if (isCurrent(socket)) {
                boolean again = opened.isDone();
                listener.ready(again);
                opened.complete(null);
            }
        }

        @Override
        public void frame(Socket socket, JsonNode frame) {
            if (isCurrent(socket)) {
                listener.frame(frame);
            }
        }

        @Override
        public void refused(Socket socket, ClientException reason) {
            if (isCurrent(socket)) {
                fail(reason);
            }
        }

        @Override
        public void lost(Socket socket, @Nullable Throwable fault) {
            Link.this.lost(socket, fault);
        }
    }
}
