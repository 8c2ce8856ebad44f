package relay;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.core.parsetools.RecordParser;
import java.net.URI;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A relay as a Vert.x programmer writes it: JSON objects, the record parser for lines, back-pressure by the drain handler. PORT, TOKEN
 * and UPSTREAM (http://127.0.0.1:PORT) come from the environment. One event loop.
 */
public final class Main {
    private final String token = System.getenv("TOKEN");
    private final URI upstream = URI.create(System.getenv("UPSTREAM"));
    private final HttpClient client;

    private Main(Vertx vertx) {
        HttpClientOptions options = new HttpClientOptions()
                .setDefaultHost(upstream.getHost())
                .setDefaultPort(upstream.getPort())
                .setTcpNoDelay(true);
        client = vertx.createHttpClient(options, new PoolOptions().setHttp1MaxSize(20_000));
    }

    /** Listens until the process is ended. */
    public static void main(String[] args) {
        Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1).setPreferNativeTransport(true));
        Main relay = new Main(vertx);
        vertx.createHttpServer(new HttpServerOptions().setTcpNoDelay(true).setAcceptBacklog(4096))
                .webSocketHandler(relay::serve)
                .listen(Integer.parseInt(System.getenv("PORT")), "127.0.0.1")
                .onFailure(error -> {
                    System.err.println(error);
                    System.exit(1);
                });
    }

    /** A socket and the turns that run on it; a socket has only one drain handler and one close handler for all of them. */
    private record Client(ServerWebSocket socket, Set<HttpClientResponse> running, Set<RecordParser> paused) {
        static Client of(ServerWebSocket socket) {
            Client client = new Client(socket, new HashSet<>(), new HashSet<>());
            socket.closeHandler(unused -> client.running.forEach(response -> response.request().reset()));
            socket.drainHandler(unused -> {
                List<RecordParser> waiting = List.copyOf(client.paused);
                client.paused.clear();
                waiting.forEach(RecordParser::resume);
            });
            return client;
        }

        void pauseIfFull(RecordParser lines) {
            if (socket.writeQueueFull()) {
                lines.pause();
                paused.add(lines);
            }
        }
    }

    private void serve(ServerWebSocket socket) {
        Map<String, JsonArray> sessions = new HashMap<>();
        Client client = Client.of(socket);
        boolean[] authorised = {false};
        socket.textMessageHandler(text -> {
            JsonObject message = new JsonObject(text);
            String type = message.getString("type");
            String id = message.getString("session_id");
            if (!authorised[0]) {
                if (!type.equals("auth") || !token.equals(message.getString("token"))) {
                    socket.close((short) 1008);
                    return;
                }
                authorised[0] = true;
                send(socket, new JsonObject().put("type", "auth_success"));
            } else if (type.equals("create_session")) {
                sessions.put(id, new JsonArray());
                send(socket, new JsonObject().put("type", "session_created").put("session_id", id));
            } else if (type.equals("end_session")) {
                sessions.remove(id);
            } else if (type.equals("send_prompt") && sessions.containsKey(id)) {
                turn(client, id, sessions.get(id), message.getString("prompt"));
            }
        });
    }

    private void turn(Client browser, String id, JsonArray history, String prompt) {
        history.add(new JsonObject().put("role", "user").put("content", prompt));
        Buffer body = new JsonObject()
                .put("model", "claude-sonnet-4-6")
                .put("max_tokens", 4096)
                .put("stream", true)
                .put("messages", history)
                .toBuffer();
        client.request(HttpMethod.POST, "/v1/messages")
                .compose(request -> request.putHeader("content-type", "application/json")
                        .putHeader("x-api-key", "k")
                        .putHeader("anthropic-version", "2023-06-01")
                        .send(body))
                .onSuccess(response -> stream(browser, id, history, response))
                .onFailure(error -> fail(browser.socket, id, error));
    }

    private static void stream(Client browser, String id, JsonArray history, HttpClientResponse response) {
        ServerWebSocket socket = browser.socket;
        StringBuilder answer = new StringBuilder();
        browser.running.add(response);
        RecordParser lines = RecordParser.newDelimited("\n", response);
        lines.exceptionHandler(error -> fail(socket, id, error));
        lines.handler(line -> {
            if (line.length() < 6 || line.getByte(0) != 'd' || line.getByte(4) != ':') {
                return;
            }
            JsonObject delta = new JsonObject(line.slice(5, line.length())).getJsonObject("delta");
            String type = delta == null ? null : delta.getString("type");
            JsonObject frame = new JsonObject().put("type", "agent_message").put("session_id", id);
            if ("text_delta".equals(type)) {
                answer.append(delta.getString("text"));
                send(socket, frame.put("content", delta.getString("text")).put("complete", false));
            } else if ("thinking_delta".equals(type)) {
                send(socket, frame.put("type", "agent_thinking")
                        .put("thinking", true)
                        .put("content", delta.getString("thinking")));
            }
            browser.pauseIfFull(lines);
        });
        lines.endHandler(unused -> {
            browser.running.remove(response);
            history.add(new JsonObject().put("role", "assistant").put("content", answer.toString()));
            send(socket, new JsonObject()
                    .put("type", "agent_message")
                    .put("session_id", id)
                    .put("content", answer.toString())
                    .put("complete", true));
        });
    }

    private static void fail(ServerWebSocket socket, String id, Throwable error) {
        send(socket, new JsonObject().put("type", "error").put("session_id", id).put("message", String.valueOf(error)));
    }

    private static void send(ServerWebSocket socket, JsonObject frame) {
        if (!socket.isClosed()) {
            socket.writeTextMessage(frame.encode());
        }
    }
}
