package dev.agentws.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import dev.agentws.simulator.api.ApiError;
import dev.agentws.simulator.wire.AnswerWriter;
import dev.agentws.simulator.wire.EventJson;
import dev.agentws.simulator.wire.ReceivedRequest;
import dev.agentws.simulator.wire.Reply;
import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpHeaders;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * One call to {@code /v1/messages} that passed validation, and the means to answer it.
 *
 * <p>Thread-safe: each method hands its work to the connection's event loop, in the order of the calling thread, and returns at
 * once. What is said after the answer ended, or after the client hung up, is dropped. A call without {@code stream} collects the
 * same events and gets them as one JSON message at {@link #end}.
 */
public final class SimulatedCall {
    private final ReceivedRequest request;
    private final Reply reply;
    private final AnswerWriter writer;
    private final EventLoop loop;
    private final CompletableFuture<Void> closed = new CompletableFuture<>();

    SimulatedCall(ReceivedRequest request, Reply reply, AnswerWriter writer) {
        this.request = request;
        this.reply = reply;
        this.writer = writer;
        this.loop = reply.channel().eventLoop();
    }

    /** The parsed body of the request; not to be changed. */
    public JsonNode body() {
        return request.body();
    }

    /** The headers of the request. */
    public HttpHeaders headers() {
        return request.headers();
    }

    /** The value of the {@code request-id} header of the answer. */
    public String requestId() {
        return request.id();
    }

    /** Counts the requests of this simulator, from 1. */
    public int number() {
        return request.number();
    }

    /** Whether the client asked for a stream of events. */
    public boolean streaming() {
        return request.streaming();
    }

    /** Completes when the client hangs up before the answer is finished. */
    public CompletableFuture<Void> closed() {
        return closed.copy();
    }

    /** Writes one event at once; padding, when configured, goes before the last brace of the JSON. */
    public SimulatedCall event(String name, String json) {
        return run(() -> writer.event(name, json));
    }

    /** Writes bytes of the body as they are, as one HTTP chunk. */
    public SimulatedCall raw(byte[] bytes) {
        byte[] copy = bytes.clone();
        return run(() -> {
            ByteBuf chunk = reply.chunk(copy.length).writeBytes(copy);
            reply.write(chunk, request.streaming());
            reply.flush();
        });
    }

    /** Answers with an error of the API in place of a message; only before anything else was said. */
    public SimulatedCall status(int status, String type, String message, Map<String, String> extraHeaders) {
        Map<String, String> headers = Map.copyOf(extraHeaders);
        return run(() -> writer.error(new ApiError(status, type, message, headers)));
    }

    /** Resets the connection. */
    public SimulatedCall cut() {
        return run(reply::cut);
    }

    /** Ends the connection's output in the middle of the body: what was begun never finishes. */
    public SimulatedCall halfClose() {
        return run(() -> reply.halfClose(request.streaming()));
    }

    /** Ends the body properly, whether or not a message was complete. */
    public SimulatedCall finish() {
        return run(writer::finish);
    }

    /** Begins the message, with the usage that the simulated prompt cache works out. */
    public SimulatedCall start() {
        return run(() -> writer.start());
    }

    /** Begins the message with these numbers. */
    public SimulatedCall start(SimulatedUsage usage) {
        return run(() -> writer.start(usage.numbers()));
    }

    /** A whole text block, one delta for each piece. */
    public SimulatedCall text(String... pieces) {
        String[] copy = pieces.clone();
        return run(() -> writer.text(copy));
    }

    /** Opens a text block. */
    public SimulatedCall textStart() {
        return run(writer::textStart);
    }

    /** One delta of the open text block. */
    public SimulatedCall textPiece(String piece) {
        return run(() -> writer.textPiece(piece));
    }

    /** Closes the open text block. */
    public SimulatedCall textStop() {
        return run(writer::blockStop);
    }

    /** A whole thinking block; its text is left out where the request, or the model by default, omits it. */
    public SimulatedCall thinking(String text, String signature) {
        return run(() -> writer.thinking(text, signature));
    }

    /** A whole tool_use block; the input arrives in the given number of pieces after the usual empty one. */
    public SimulatedCall toolUse(String id, String name, String inputJson, int pieces) {
        if (pieces < 0) {
            throw new IllegalArgumentException("pieces: " + pieces + " (expected: at least 0)");
        }
        return run(() -> writer.toolUse(id, name, inputJson, pieces));
    }

    /** Ends the message and the body; output tokens are estimated from what was said. */
    public SimulatedCall end(String stopReason) {
        return run(() -> writer.end(EventJson.Stop.because(stopReason)));
    }

    /** Ends the message and the body with these cumulative numbers. */
    public SimulatedCall end(String stopReason, SimulatedUsage usage) {
        return run(() -> writer.end(EventJson.Stop.because(stopReason), usage.numbers()));
    }

    /** Ends the message as refused, for a category such as {@code cyber}. */
    public SimulatedCall refuse(String category) {
        return run(() -> writer.end(EventJson.Stop.refused(category)));
    }

    /** Runs an action on the call's event loop after a time, unless the answer is over by then. */
    public SimulatedCall after(Duration delay, Runnable action) {
        writer.after(delay, action);
        return this;
    }

    /** Runs an action on the call's event loop: at once when already there. */
    SimulatedCall run(Runnable action) {
        if (loop.inEventLoop()) {
            runIfOpen(action);
        } else {
            loop.execute(() -> runIfOpen(action));
        }
        return this;
    }

    private void runIfOpen(Runnable action) {
        if (!reply.done()) {
            action.run();
        }
    }

    AnswerWriter writer() {
        return writer;
    }

    void hungUp() {
        closed.complete(null);
    }
}
