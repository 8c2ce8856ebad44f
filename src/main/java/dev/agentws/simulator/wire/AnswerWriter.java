package dev.agentws.simulator.wire;

import com.fasterxml.jackson.databind.JsonNode;
import dev.agentws.simulator.api.ApiError;
import dev.agentws.simulator.api.Compaction;
import dev.agentws.simulator.api.Ids;
import dev.agentws.simulator.api.JsonBodies;
import dev.agentws.simulator.api.PromptCache;
import dev.agentws.simulator.api.TokenCount;
import dev.agentws.simulator.api.TokenUsage;
import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Turns what a script says into events, in the API's order and with its pings. What is said after the answer ended is dropped.
 * Confined to the connection's event loop.
 */
public final class AnswerWriter {
    private static final long PING_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final int MAX_PADDING = 16;
    private static final long FIRST_OUTPUT_TOKENS = 2;

    private final PromptCache cache;
    private final boolean padded;
    private final LongConsumer deltas;
    private final Function<JsonNode, String> summaries;
    private final ReceivedRequest request;
    private final Reply reply;
    private final @Nullable MessageCollector collector;
    private Framing framing = Framing.REAL;
    private TokenUsage usage = TokenUsage.NONE;
    private long webSearches;
    /** What a summary of the conversation took, if it was too long. */
    private @Nullable TokenUsage shortening;

    private Runnable whenWritable = () -> {};
    private boolean pings = true;
    private boolean pinged;
    private int nextIndex;
    private long outputTokens;
    private long thinkingTokens;
    private long lastWrite;
    private @Nullable ScheduledFuture<?> pingTimer;

    /**
     * @param padded whether data lines carry spaces before their last brace
     * @param told how many deltas were written, and asked for the summary of a conversation that is too long
     */
    public AnswerWriter(ReceivedRequest request, Reply reply, PromptCache cache, boolean padded, Told told) {
        this.request = request;
        this.reply = reply;
        this.cache = cache;
        this.padded = padded;
        this.deltas = told.deltas();
        this.summaries = told.summaries();
        this.collector = request.streaming() ? null : new MessageCollector();
    }

    /** What a writer needs of those around it. */
    public record Told(LongConsumer deltas, Function<JsonNode, String> summaries) {}

    public void framing(Framing value) {
        framing = value;
    }

    public Framing framing() {
        return framing;
    }

    public Reply reply() {
        return reply;
    }

    public ReceivedRequest request() {
        return request;
    }

    public void countDeltas(int count) {
        deltas.accept(count);
    }

    /** Turns all pings off, as in a stream that stalls or a server that never sends any. */
    public void silencePings() {
        pings = false;
    }

    /** What to do whenever the socket has room again; for streams that are written as fast as it takes them. */
    public void whenWritable(Runnable action) {
        whenWritable = action;
    }

    public void writable() {
        whenWritable.run();
    }

    public int padding() {
        return padded ? request.random().nextInt(MAX_PADDING) : 0;
    }

    public void event(String name, String json) {
        write(name, json, name.equals("ping") ? 0 : padding());
    }

    /** An event of a server that knows no padding. */
    public void unpadded(String name, String json) {
        write(name, json, 0);
    }

    private void write(String name, String json, int spaces) {
        if (reply.done()) {
            return;
        }
        if (name.equals("content_block_delta")) {
            countDeltas(1);
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
    public void send(ByteBuf chunk) {
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

    public void error(ApiError error) {
        reply.whole(error.status(), EventJson.errorBody(error, request.id()), error.headers());
    }

    /** Ends the body. What was collected for a call without stream goes out as it is. */
    public void finish() {
        stopTimer();
        if (collector != null) {
            reply.whole(200, collector.toJson(), Map.of());
        } else {
            reply.finish(true);
        }
    }

    /** The error event after which the API closes the connection. */
    public void failMidstream(String type) {
        event("error", EventJson.midstreamError(type, ApiError.messageOf(type), request.id()));
        stopTimer();
        reply.finishAndClose(true);
    }

    /** Runs an action on the event loop after a time, unless the answer is over by then. May be called from any thread. */
    public void after(Duration delay, Runnable action) {
        Runnable unlessOver = () -> {
            if (!reply.done()) {
                action.run();
            }
        };
        reply.channel().eventLoop().schedule(unlessOver, delay.toNanos(), TimeUnit.NANOSECONDS);
    }

    private TokenUsage usage() {
        return cache.charge(request.apiKey(), request.model(), request.body(), FIRST_OUTPUT_TOKENS);
    }

    /** Begins the message, with the usage that the prompt cache works out. */
    public void start() {
        if (!reply.done()) {
            start(usage());
        }
    }

    public void start(TokenUsage first) {
        usage = first;
        outputTokens = first.output();
        event(
                "message_start",
                EventJson.messageStart(request.body().path("model").asText(), Ids.message(request.random()), first));
        armPing(PING_NANOS);
        Compaction asked = Compaction.askedIn(request.body());
        if (asked != null && first.prompt() >= asked.trigger()) {
            shorten(first);
        }
    }

    private void shorten(TokenUsage first) {
        String summary = summaries.apply(request.body());
        blockStart("{\"type\":\"compaction\",\"content\":null,\"encrypted_content\":null}");
        otherDelta(EventJson.compactionDelta(summary, Ids.signature(request.random())));
        blockStop();
        shortening = first.withOutput(TokenCount.ofText(summary));
        usage = Compaction.afterwards(request.body(), request.model(), summary);
    }

    /** Opens a block and pings after the first, as the API does. Returns its index. */
    public int blockStart(String block) {
        event("content_block_start", EventJson.blockStart(nextIndex, block));
        if (!pinged && pings) {
            pinged = true;
            event("ping", EventJson.PING);
        }
        return nextIndex;
    }

    public void blockStop() {
        event("content_block_stop", EventJson.blockStop(nextIndex++));
    }

    /** A whole text block, one delta for each piece. */
    public void text(String... pieces) {
        textStart();
        for (String piece : pieces) {
            textPiece(piece);
        }
        blockStop();
    }

    public void textStart() {
        blockStart("{\"type\":\"text\",\"text\":\"\"}");
    }

    public void textPiece(String piece) {
        outputTokens += TokenCount.ofText(piece);
        event("content_block_delta", EventJson.delta(nextIndex, "text_delta", "text", piece));
    }

    public void thinkingStart() {
        blockStart("{\"type\":\"thinking\",\"thinking\":\"\",\"signature\":\"\"}");
    }

    public void thinkingStop(String signature) {
        event("content_block_delta", EventJson.delta(nextIndex, "signature_delta", "signature", signature));
        blockStop();
    }

    public void thinking(String text, String signature) {
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

    public void countThinking(long tokens) {
        thinkingTokens += tokens;
        outputTokens += tokens;
    }

    public void countSearch() {
        webSearches++;
    }

    public void countOutput(long tokens) {
        outputTokens += tokens;
    }

    public void toolUse(String id, String name, String inputJson, int pieces) {
        outputTokens += Math.max(1, TokenCount.ofText(inputJson)) + 8;
        blockStart(EventJson.toolUseBlock(id, name));
        inputDelta("");
        for (String piece : Pieces.equal(inputJson, pieces)) {
            inputDelta(piece);
        }
        blockStop();
    }

    /** A delta that is none of the others; {@code delta} is JSON. */
    public void otherDelta(String delta) {
        event("content_block_delta", EventJson.otherDelta(nextIndex, delta));
    }

    public void inputDelta(String json) {
        event("content_block_delta", EventJson.delta(nextIndex, "input_json_delta", "partial_json", json));
    }

    public void end(EventJson.Stop stop) {
        end(stop, usage.withOutput(outputTokens));
    }

    public void end(EventJson.Stop stop, TokenUsage last) {
        event("message_delta", EventJson.messageDelta(stop, last, thinkingTokens, webSearches, shortening));
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
    public void stopTimer() {
        if (pingTimer != null) {
            pingTimer.cancel(false);
        }
    }
}
