package dev.agentws.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The socket below an {@link AgentClient}: connects, shows the key, finds out when the other end is dead, and comes back with growing
 * pauses. All that happens to it happens on its one thread; {@link #send}, {@link #hold} and {@link #release} may be called from any.
 */
final class Link {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long LONGEST_PAUSE_MS = 10_000;
    private static final int AUTHENTICATION_REQUIRED = 1008;

    /** What the link tells, always on its thread. */
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
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread made = new Thread(task, "agentws-client");
        made.setDaemon(true);
        return made;
    });
    private final HttpClient http;

    private @Nullable Socket current;
    private boolean closed;
    private int failures;
    private long cutAtNanos;
    private int holds;

    Link(ClientConfig config, Listener listener) {
        this.config = config;
        this.listener = listener;
        this.http = HttpClient.newBuilder().connectTimeout(config.timeout()).build();
    }

    /** Completes when the server has let us in. To be called once. */
    CompletableFuture<@Nullable Void> open() {
        thread.execute(this::connect);
        return opened;
    }

    /** Whether there is a connection to send it on. Nothing is kept for later. */
    synchronized boolean send(ObjectNode message) {
        Socket socket = current;
        if (socket == null || !socket.ready) {
            return false;
        }
        socket.send(message.toString());
        return true;
    }

    /** Reads no more until it is released as often as it was held. */
    synchronized void hold() {
        holds++;
    }

    synchronized void release() {
        holds--;
        Socket socket = current;
        if (holds == 0 && socket != null) {
            run(socket::readOn);
        }
    }

    void close() {
        Socket socket;
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            socket = current;
            current = null;
        }
        if (socket != null) {
            socket.goodbye();
        }
        listener.over(new ClientException("closed", "the client was closed"));
        // Pauses that still run would only wake up to see that all is over.
        thread.shutdownNow();
    }

    private synchronized boolean isCurrent(Socket socket) {
        return current == socket;
    }

    private void connect() {
        Socket socket = new Socket();
        synchronized (this) {
            if (closed) {
                return;
            }
            current = socket;
        }
        http.newWebSocketBuilder()
                .connectTimeout(config.timeout())
                .buildAsync(config.address(), socket)
                .whenComplete((made, fault) -> {
                    if (fault != null) {
                        run(() -> lost(socket, fault instanceof CompletionException ? fault.getCause() : fault));
                    }
                });
    }

    private void lost(Socket socket, @Nullable Throwable fault) {
        synchronized (this) {
            if (current != socket) {
                return;
            }
            current = null;
        }
        socket.abort();
        if (!opened.isDone()) {
            fail(new ClientException(
                    ClientException.UNREACHABLE, "no server answers at " + config.address() + why(fault), fault));
            return;
        }
        if (socket.ready) {
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
        later(this::connect, spread);
    }

    /** The JDK calls from threads of its own. */
    private void run(Runnable task) {
        synchronized (this) {
            if (!closed) {
                thread.execute(task);
            }
        }
    }

    private void later(Runnable task, long ms) {
        synchronized (this) {
            if (!closed) {
                thread.schedule(task, ms, TimeUnit.MILLISECONDS);
            }
        }
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

    /** One connection. Its methods are called on the link's thread, one at a time; those that say so from any. */
    private final class Socket implements WebSocket.Listener {
        private final StringBuilder parts = new StringBuilder();
        private volatile boolean ready;
        private volatile @Nullable WebSocket socket;
        /** The JDK's socket takes one message at a time. */
        private CompletableFuture<?> sent = CompletableFuture.completedFuture(null);

        private long heardNanos = System.nanoTime();
        private boolean waiting;

        @Override
        public void onOpen(WebSocket opened) {
            run(() -> {
                socket = opened;
                // Without a key a harmless question shows whether one is needed.
                ObjectNode first = config.key() == null
                        ? AgentClient.message("ping")
                        : AgentClient.message("auth").put("token", config.key());
                send(first.toString());
                watch();
                opened.request(1);
            });
        }

        @Override
        public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
            String part = data.toString();
            run(() -> {
                heardNanos = System.nanoTime();
                parts.append(part);
                if (last) {
                    String text = parts.toString();
                    parts.setLength(0);
                    if (isCurrent(this)) {
                        take(text);
                    }
                }
                more(from);
            });
            return null;
        }

        private void more(WebSocket from) {
            synchronized (Link.this) {
                waiting = holds > 0;
                if (waiting) {
                    return;
                }
            }
            from.request(1);
        }

        void readOn() {
            synchronized (Link.this) {
                if (!waiting || holds > 0) {
                    return;
                }
                waiting = false;
            }
            heardNanos = System.nanoTime();
            WebSocket open = socket;
            if (open != null) {
                open.request(1);
            }
        }

        private void take(String text) {
            JsonNode frame;
            try {
                frame = JSON.readTree(text);
            } catch (JsonProcessingException e) {
                lost(this, e);
                return;
            }
            if (ready) {
                listener.frame(frame);
            } else if (frame.path("type").asText().equals("error")) {
                fail(new ClientException(
                        frame.path("code").asText(), frame.path("message").asText()));
            } else {
                ready = true;
                boolean again = opened.isDone();
                listener.ready(again);
                opened.complete(null);
            }
        }

        /** From any thread. */
        void send(String text) {
            WebSocket open = socket;
            if (open != null) {
                synchronized (Link.this) {
                    sent = sent.thenCompose(before -> open.sendText(text, true)).exceptionally(fault -> open);
                }
            }
        }

        private void watch() {
            long leftMs;
            synchronized (Link.this) {
                if (current != this) {
                    return;
                }
                long silentMs = waiting ? 0 : (System.nanoTime() - heardNanos) / 1_000_000;
                leftMs = config.silence().toMillis() - silentMs;
            }
            if (leftMs <= 0) {
                lost(this, null);
            } else {
                later(this::watch, leftMs);
            }
        }

        @Override
        public @Nullable CompletionStage<?> onPing(WebSocket from, ByteBuffer message) {
            run(() -> {
                heardNanos = System.nanoTime();
                more(from);
            });
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
            run(() -> {
                if (code == AUTHENTICATION_REQUIRED && !ready) {
                    fail(new ClientException("auth_required", reason));
                } else {
                    lost(this, new IOException(code + " " + reason));
                }
            });
            return null;
        }

        @Override
        public void onError(WebSocket from, Throwable fault) {
            run(() -> lost(this, fault));
        }

        /** From any thread. Does not wait: what was sent last still goes out. */
        void goodbye() {
            WebSocket open = socket;
            if (open != null) {
                synchronized (Link.this) {
                    sent.whenComplete((done, fault) ->
                            open.sendClose(WebSocket.NORMAL_CLOSURE, "").whenComplete((bye, late) -> open.abort()));
                }
            }
        }

        void abort() {
            WebSocket open = socket;
            if (open != null) {
                open.abort();
            }
        }
    }
}
