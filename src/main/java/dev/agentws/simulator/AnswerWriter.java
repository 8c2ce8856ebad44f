package dev.agentws.simulator;

import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Turns what a script says into events, in the API's order and with its pings. Confined to the connection's event loop. */
final class AnswerWriter {
    private static final long PING_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final int MAX_PADDING = 16;
    private static final long FIRST_OUTPUT_TOKENS = 2;

    private final SimulatorState state;
    private final ReceivedRequest request;
    private final Reply reply;
    private final @Nullable MessageCollector collector;
    private Framing framing = Framing.REAL;
    private SimulatedUsage usage = SimulatedUsage.of(0, 0);
    private Runnable whenWritable = () -> {};
    private boolean pings = true;
    private boolean pinged;
    private int nextIndex;
    private long outputTokens;
    private long thinkingTokens;
    private long lastWrite;
    private @Nullable ScheduledFuture<?> pingTimer;

    AnswerWriter(SimulatorState state, ReceivedRequest request, Reply reply) {
        this.state = state;
        this.request = request;
        this.reply = reply;
        this.collector = request.streaming() ? null : new MessageCollector();
    }

    void framing(Framing value) {
        framing = value;
    }

    Framing framing() {
        return framing;
    }

    Reply reply() {
        return reply;
    }

    Counters counters() {
        return state.counters();
    }

    /** Turns all pings off, as in a stream that stalls or a server that never sends any. */
    void silencePings() {
        pings = false;
    }

    /** What to do whenever the socket has room again; for streams that are written as fast as it takes them. */
    void whenWritable(Runnable action) {
        whenWritable = action;
    }

    void writable() {
        whenWritable.run();
    }

    int padding() {
        return state.config().padding() ? request.random().nextInt(MAX_PADDING) : 0;
    }

    void event(String name, String json) {
        write(name, json, name.equals("ping") ? 0 : padding());
    }

    /** An event of a server that knows no padding. */
    void unpadded(String name, String json) {
        write(name, json, 0);
    }

    private void write(String name, String json, int spaces) {
        if (name.equals("content_block_delta")) {
            state.counters().deltas(1);
        }
        if (collector != null) {
            collect(collector, name, json);
            return;
        }
        ByteBuf chunk = reply.chunk(json.length() + 96);
        framing.append(chunk, name, json, spaces);
        send(chunk);
    }

    /** Writes and flushes a chunk of {@link Reply#chunk} and takes it over. */
    void send(ByteBuf chunk) {
        if (framing.singleBytes()) {
            reply.writeSingly(chunk, true);
        } else {
            reply.write(chunk, true);
        }
        reply.flush();
        lastWrite = now();
    }

    private void collect(MessageCollector message, String name, String json) {
        if (name.equals("error")) {
            error(JsonBodies.errorOf(json));
        } else if (message.add(name, json)) {
            reply.whole(200, message.toJson(), Map.of());
        }
    }

    void error(ApiError error) {
        reply.whole(error.status(), EventJson.errorBody(error, request.id()), error.headers());
    }

    /** Ends the body. What was collected for a call without stream goes out as it is. */
    void finish() {
        stopTimer();
        if (collector != null) {
            reply.whole(200, collector.toJson(), Map.of());
        } else {
            reply.finish(true);
        }
    }

    /** The error event after which the API closes the connection. */
    void failMidstream(String type) {
        event("error", EventJson.midstreamError(type, ApiError.messageOf(type), request.id()));
        stopTimer();
        reply.finishAndClose(true);
    }

    SimulatedUsage usage() {
        return state.cache().charge(request.apiKey(), request.model(), request.body(), FIRST_OUTPUT_TOKENS);
    }

    void start(SimulatedUsage first) {
        usage = first;
        outputTokens = first.output();
        event(
                "message_start",
                EventJson.messageStart(request.body().path("model").asText(), Ids.message(request.random()), first));
        armPing(PING_NANOS);
    }

    /** Opens a block and pings after the first, as the API does. Returns its index. */
    int blockStart(String block) {
        event("content_block_start", EventJson.blockStart(nextIndex, block));
        if (!pinged && pings) {
            pinged = true;
            event("ping", EventJson.PING);
        }
        return nextIndex;
    }

    void blockStop() {
        event("content_block_stop", EventJson.blockStop(nextIndex++));
    }

    void textStart() {
        blockStart("{\"type\":\"text\",\"text\":\"\"}");
    }

    void textPiece(String piece) {
        outputTokens += TokenCount.ofText(piece);
        event("content_block_delta", EventJson.delta(nextIndex, "text_delta", "text", piece));
    }

    void thinkingStart() {
        blockStart("{\"type\":\"thinking\",\"thinking\":\"\",\"signature\":\"\"}");
    }

    void thinkingStop(String signature) {
        event("content_block_delta", EventJson.delta(nextIndex, "signature_delta", "signature", signature));
        blockStop();
    }

    void thinking(String text, String signature) {
        long tokens = Math.max(1, TokenCount.ofText(text));
        countThinking(tokens);
        thinkingStart();
        if (!request.thinkingOmitted()) {
            for (String piece : Pieces.ofWords(text, 8)) {
                event("content_block_delta", EventJson.delta(nextIndex, "thinking_delta", "thinking", piece));
            }
        }
        thinkingStop(signature);
    }

    void countThinking(long tokens) {
        thinkingTokens += tokens;
        outputTokens += tokens;
    }

    void countOutput(long tokens) {
        outputTokens += tokens;
    }

    void toolUse(String id, String name, String inputJson, int pieces) {
        outputTokens += Math.max(1, TokenCount.ofText(inputJson)) + 8;
        blockStart(EventJson.toolUseBlock(id, name));
        inputDelta("");
        for (String piece : Pieces.equal(inputJson, pieces)) {
            inputDelta(piece);
        }
        blockStop();
    }

    void inputDelta(String json) {
        event("content_block_delta", EventJson.delta(nextIndex, "input_json_delta", "partial_json", json));
    }

    void end(EventJson.Stop stop) {
        end(stop, usage.withOutput(outputTokens));
    }

    void end(EventJson.Stop stop, SimulatedUsage last) {
        event("message_delta", EventJson.messageDelta(stop, last, thinkingTokens));
        event("message_stop", EventJson.MESSAGE_STOP);
        if (collector == null) {
            finish();
        }
    }

    private long now() {
        return reply.channel().eventLoop().ticker().nanoTime();
    }

    /** One timer per answer that looks when the last write was: cheaper than a new timer per write. */
    private void armPing(long nanos) {
        if (pingTimer == null && collector == null) {
            lastWrite = now();
        }
        if (collector == null) {
            pingTimer = reply.channel().eventLoop().schedule(this::pingIfSilent, nanos, TimeUnit.NANOSECONDS);
        }
    }

    private void pingIfSilent() {
        if (reply.done() || !reply.channel().isActive()) {
            return;
        }
        long silent = now() - lastWrite;
        if (silent >= PING_NANOS && pings) {
            event("ping", EventJson.PING);
            silent = 0;
        }
        armPing(silent >= PING_NANOS ? PING_NANOS : PING_NANOS - silent);
    }

    /** To be called when the answer is over, however it ended. */
    void stopTimer() {
        if (pingTimer != null) {
            pingTimer.cancel(false);
        }
    }
}
