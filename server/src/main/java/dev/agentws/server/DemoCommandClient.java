package dev.agentws.server;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** The demo's end of the WebSocket: frames out, frames in, never waiting longer than its patience. Confined to one thread. */
final class DemoCommandClient implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final WebSocket socket;
    private final Incoming incoming;
    private final Duration patience;

    private DemoCommandClient(WebSocket socket, Incoming incoming, Duration patience) {
        this.socket = socket;
        this.incoming = incoming;
        this.patience = patience;
    }

    static DemoCommandClient connect(URI address, Duration patience) throws StartFailure {
        Incoming incoming = new Incoming();
        // The server is in this process: a proxy would only be in the way.
        HttpClient http = HttpClient.newBuilder()
                .proxy(HttpClient.Builder.NO_PROXY)
                .connectTimeout(patience)
                .build();
        CompletableFuture<WebSocket> opening = http.newWebSocketBuilder().buildAsync(address, incoming);
        return new DemoCommandClient(await(opening, "connect to " + address, patience), incoming, patience);
    }

    void send(JsonNode message) throws StartFailure {
        await(socket.sendText(message.toString(), true), "send " + message.path("type"), patience);
    }

    /** The next frame. */
    JsonNode receive() throws StartFailure {
        Received next;
        try {
            next = incoming.queue.poll(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StartFailure("demo: interrupted");
        }
        if (next == null) {
            throw new StartFailure("demo: the server said nothing for " + patience.toSeconds() + " s");
        }
        if (next.end() != null) {
            throw new StartFailure("demo: the connection ended: " + BadSetting.printable(next.end()));
        }
        try {
            return JSON.readTree(next.text());
        } catch (JsonProcessingException e) {
            throw new StartFailure("demo: the server sent no JSON: " + BadSetting.printable(next.text()));
        }
    }

    private static <T> T await(CompletableFuture<T> step, String what, Duration patience) throws StartFailure {
        try {
            return step.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StartFailure("demo: interrupted");
        } catch (ExecutionException e) {
            throw new StartFailure("demo: cannot " + what + ": " + BadSetting.printable(String.valueOf(e.getCause())));
        } catch (TimeoutException e) {
            throw new StartFailure("demo: cannot " + what + ": no answer for " + patience.toSeconds() + " s");
        }
    }

    /** Says goodbye and does not wait: the server that is about to end need not answer. */
    @Override
    public void close() {
        if (!socket.isOutputClosed()) {
            socket.sendClose(WebSocket.NORMAL_CLOSURE, "").whenComplete((sent, fault) -> socket.abort());
        }
    }

    /** A whole text message, or how the connection ended. */
    private record Received(String text, @Nullable String end) {}

    /** Called by the client's own threads, one call at a time. */
    private static final class Incoming implements WebSocket.Listener {
        final BlockingQueue<Received> queue = new LinkedBlockingQueue<>();
        private final StringBuilder parts = new StringBuilder();

        @Override
        public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
            parts.append(data);
            if (last) {
                queue.add(new Received(parts.toString(), null));
                parts.setLength(0);
            }
            from.request(1);
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
            queue.add(new Received("", code + " " + reason));
            return null;
        }

        @Override
        public void onError(WebSocket from, Throwable fault) {
            queue.add(new Received("", String.valueOf(fault)));
        }
    }
}
