package dev.agentws.anthropic.stream;

import com.fasterxml.jackson.core.JsonParser;
import dev.agentws.agent.model.DeltaKind;
import dev.agentws.agent.model.ModelFailure;
import dev.agentws.agent.model.ModelListener;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a streamed answer of the Messages API, and of servers that only resemble it. The usual deltas go from the read buffer to the
 * listener without a copy; everything else is parsed, forgivingly where upstreams are known to err, but never guessed. Of a delta the
 * listener gets the same bytes either way. Confined to the session's event loop; {@link #release()} may be called from inside a callback,
 * and then nothing more is heard.
 */
public final class StreamEventReader implements MessageReader, SseDecoder.Sink {
    private static final Logger LOG = LoggerFactory.getLogger(StreamEventReader.class);
    private static final int MAX_QUOTED_BYTES = 4000;

    private final OpenListener listener;
    private final Outcome outcome;
    private final StreamLimits limits;
    private final Supplier<@Nullable String> requestId;
    private final SseDecoder decoder;
    private final DeltaRecogniser recogniser = new DeltaRecogniser();
    private final BlockTracker blocks;
    private final UsageTotals usage = new UsageTotals();
    private final MessageEnd end = new MessageEnd();

    private boolean fastPath = true;
    private long totalBytes;
    private boolean started;
    private boolean announced;
    /** How many blocks had begun at the last onStop; -1 before any. A block that begins later needs another one. */
    private int blocksAtStop = -1;

    private boolean ending;
    private boolean done;

    /**
     * @param allocator for what is held of cut events
     * @param requestId the {@code request-id} of the response, asked for when the stream fails
     */
    public StreamEventReader(
            ModelListener listener,
            Outcome outcome,
            StreamLimits limits,
            ByteBufAllocator allocator,
            Supplier<@Nullable String> requestId) {
        this.listener = new OpenListener(listener);
        this.outcome = outcome;
        this.limits = limits;
        this.requestId = requestId;
        this.decoder = new SseDecoder(this, allocator, limits.maxEventBytes());
        this.blocks = new BlockTracker(this.listener, limits.maxBlocks());
    }

    /** Has every event parsed, for tests that hold the two ways against each other. Before the first byte. */
    StreamEventReader withoutFastPath() {
        fastPath = false;
        return this;
    }

    @Override
    public void read(ByteBuf bytes, int offset, int length) {
        if (done) {
            return;
        }
        totalBytes += length;
        if (totalBytes > limits.maxTotalBytes()) {
            fail("answer: more than " + limits.maxTotalBytes() + " bytes (expected: at most that)");
            return;
        }
        decoder.feed(bytes, offset, length);
    }

    @Override
    public void end() {
        if (done) {
            return;
        }
        ending = true;
        decoder.end();
        if (!done && end.announced()) {
            complete();
        } else if (!done) {
            String what = totalBytes == 0 ? "stream ended early: the answer is empty" : "stream ended early";
            fail(ModelFailure.Kind.CONNECTION, what);
        }
    }

    @Override
    public boolean begun() {
        return blocks.begun() > 0;
    }

    @Override
    public void release() {
        done = true;
        listener.close();
        decoder.release();
    }

    @Override
    public int takeWhole(ByteBuf buf, int from, int to) {
        if (!fastPath) {
            return -1;
        }
        int next = recogniser.take(buf, from, to);
        if (next < 0) {
            return -1;
        }
        ensureStarted();
        try {
            blocks.delta(recogniser.index(), recogniser.kind(), buf, recogniser.offset(), recogniser.length());
        } catch (StreamFault fault) {
            fail(fault.sentence());
        }
        return next;
    }

    @Override
    public void event(StreamEvent name, ByteBuf buf, int offset, int length) {
        if (!isObject(buf, offset, length)) {
            noObject(name, quote(buf, offset, length));
            return;
        }
        EventJson event;
        try {
            event = EventJson.parse(EventBytes.copy(buf, offset, length));
        } catch (IOException notJson) {
            broken(name, quote(buf, offset, length));
            return;
        }
        try {
            handle(kind(name, event), event);
        } catch (StreamFault fault) {
            fail(fault.sentence());
        } catch (IOException notJson) {
            broken(name, quote(buf, offset, length));
        }
    }

    @Override
    public void tooLarge(int maxEventBytes) {
        fail("event: more than " + maxEventBytes + " bytes (expected: at most that)");
    }

    /** The type inside counts; the event line is what gateways get wrong or leave out. */
    private static StreamEvent kind(StreamEvent name, EventJson event) {
        StreamEvent type = StreamEvent.named(event.type());
        if (type == StreamEvent.NONE) {
            boolean error = event.error() != null || (name == StreamEvent.NONE && event.errorText() != null);
            return error ? StreamEvent.ERROR : name;
        }
        return type == StreamEvent.UNKNOWN && name == StreamEvent.ERROR ? StreamEvent.ERROR : type;
    }

    private void handle(StreamEvent kind, EventJson event) throws IOException {
        switch (kind) {
            case MESSAGE_START -> messageStart(event);
            case CONTENT_BLOCK_START -> blockStart(event);
            case CONTENT_BLOCK_DELTA -> delta(event);
            case CONTENT_BLOCK_STOP -> blocks.stop(event.index());
            case MESSAGE_DELTA -> messageDelta(event);
            case MESSAGE_STOP -> complete();
            case ERROR -> finish(StreamError.of(event, requestId.get()));
            case PING -> {}
            case UNKNOWN, NONE -> LOG.debug("ignored an event of type {}", event.type());
        }
    }

    private void messageStart(EventJson event) throws IOException {
        if (announced) {
            LOG.debug("ignored a second message_start");
            return;
        }
        announced = true;
        MessageHead head = MessageHead.read(event, usage);
        usage(event);
        if (blocks.begun() == 0) {
            started = true;
            blocks.messageId(head.id());
            listener.onStart(head.id(), head.model(), usage.snapshot());
        }
    }

    private void ensureStarted() {
        if (!started) {
            started = true;
            listener.onStart("", "", usage.snapshot());
        }
    }

    private void blockStart(EventJson event) throws IOException {
        Span block = event.contentBlock();
        BlockHead head = block == null ? null : BlockHead.parse(block.of(event.bytes()));
        if (head == null || head.type() == null) {
            LOG.debug("ignored a content_block_start without a typed block");
            return;
        }
        ensureStarted();
        blocks.start(event.index(), head);
    }

    private void delta(EventJson event) throws IOException {
        Span delta = event.delta();
        if (delta == null) {
            LOG.debug("ignored a content_block_delta without a delta");
            return;
        }
        ensureStarted();
        DeltaJson read = DeltaJson.read(event, delta);
        boolean taken = read != null && string(event, read.kind(), read.string());
        if (!taken && !blocks.otherDelta(event.index(), delta.of(event.bytes()))) {
            LOG.debug("ignored a delta that belongs to no block");
        }
    }

    private boolean string(EventJson event, DeltaKind kind, Span string) throws StreamFault {
        // only a view of an array, so there is nothing to release
        ByteBuf bytes = Unpooled.wrappedBuffer(event.bytes());
        return blocks.delta(event.index(), kind, bytes, string.start(), string.end() - string.start());
    }

    private void messageDelta(EventJson event) throws IOException {
        ensureStarted();
        usage(event);
        if (event.delta() != null) {
            end.read(event, event.delta());
        }
        if (end.announced()) {
            stop();
        }
    }

    private void usage(EventJson event) throws IOException {
        if (event.usage() != null) {
            try (JsonParser parser = event.open(event.usage())) {
                usage.read(parser);
            }
        }
    }

    private void stop() {
        blocks.stopAll();
        blocksAtStop = blocks.begun();
        listener.onStop(end.stopReason(blocks.hasToolUse()), end.stopSequence(), usage.snapshot(), end.details());
    }

    private void complete() {
        if (!end.announced() && blocks.begun() == 0) {
            fail(ModelFailure.Kind.CONNECTION, "stream ended early: the message is empty");
            return;
        }
        ensureStarted();
        blocks.stopAll();
        if (blocksAtStop != blocks.begun()) {
            stop();
        }
        if (!done) {
            release();
            outcome.completed();
        }
    }

    /** The one known word that is no object ends the streams of bridges from another API. */
    private void noObject(StreamEvent name, String data) {
        boolean idle = data.isBlank() || data.strip().equals("[DONE]") || name == StreamEvent.NONE;
        if (idle && name != StreamEvent.ERROR) {
            LOG.debug("ignored an event without an object");
        } else {
            broken(name, data);
        }
    }

    /** What is not JSON is only fatal where something that counts may be lost. */
    private void broken(StreamEvent name, String data) {
        if (name == StreamEvent.ERROR) {
            finish(StreamError.ofText(data, requestId.get()));
        } else if (ending || name == StreamEvent.UNKNOWN || name == StreamEvent.PING) {
            LOG.debug("ignored an event that is no JSON");
        } else {
            fail("event: no sound JSON (expected: one JSON object)");
        }
    }

    private static boolean isObject(ByteBuf buf, int offset, int length) {
        int end = offset + length;
        int at = offset;
        while (at < end && buf.getByte(at) <= ' ' && buf.getByte(at) > 0) {
            at++;
        }
        return at < end && buf.getByte(at) == '{';
    }

    private static String quote(ByteBuf buf, int offset, int length) {
        return buf.toString(offset, Math.min(length, MAX_QUOTED_BYTES), StandardCharsets.UTF_8);
    }

    private void fail(String what) {
        fail(ModelFailure.Kind.PROTOCOL, what);
    }

    private void fail(ModelFailure.Kind kind, String what) {
        finish(new ModelFailure(kind, what, 0, null, requestId.get(), null));
    }

    private void finish(ModelFailure failure) {
        if (!done) {
            release();
            outcome.failed(failure);
        }
    }
}
