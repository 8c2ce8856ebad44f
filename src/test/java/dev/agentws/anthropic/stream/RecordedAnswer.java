package dev.agentws.anthropic.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentws.agent.event.PieceKind;
import dev.agentws.agent.model.BlockKind;
import dev.agentws.agent.model.DeltaKind;
import dev.agentws.agent.model.ModelFailure;
import dev.agentws.agent.model.ModelListener;
import dev.agentws.agent.model.Usage;
import dev.agentws.websocket.FrameWriter;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Runs a reader over a body and writes down, one line each, what it tells. */
final class RecordedAnswer implements ModelListener, MessageReader.Outcome {
    static final StreamLimits LIMITS = StreamLimits.DEFAULT;

    final List<String> told = new ArrayList<>();
    /** What clients get of its text, as it goes over the wire. */
    final List<byte[]> frames = new ArrayList<>();

    @Nullable
    ModelFailure failure;

    Usage usage = Usage.NONE;
    private Runnable onDelta = () -> {};
    /** Counts what is not given back, which is quicker than looking for leaks on each access. */
    private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(true, true);

    private final FrameWriter writer = new FrameWriter("s");

    private StreamLimits limits = LIMITS;
    private boolean fastPath = true;

    RecordedAnswer slow() {
        fastPath = false;
        return this;
    }

    RecordedAnswer limits(StreamLimits changed) {
        limits = changed;
        return this;
    }

    RecordedAnswer onDelta(Runnable action) {
        onDelta = action;
        return this;
    }

    StreamEventReader reader() {
        StreamEventReader reader = new StreamEventReader(this, this, limits, allocator, () -> "req_header");
        return fastPath ? reader : reader.withoutFastPath();
    }

    RecordedAnswer whole(String body) {
        return whole(body.getBytes(StandardCharsets.UTF_8));
    }

    RecordedAnswer whole(byte[] body) {
        return windows(body, body.length, body.length, new Random(1));
    }

    RecordedAnswer byteByByte(byte[] body) {
        return windows(body, 1, 1, new Random(1));
    }

    RecordedAnswer randomly(byte[] body, Random random) {
        return windows(body, 1, 200, random);
    }

    private RecordedAnswer windows(byte[] body, int least, int most, Random random) {
        StreamEventReader reader = reader();
        ByteBuf buf = allocator.directBuffer(body.length + 8);
        try {
            int at = 0;
            while (at < body.length) {
                int length = Math.min(body.length - at, least + (most > least ? random.nextInt(most - least) : 0));
                // whatever was left in the buffer is garbage by now: a reader that looks behind its window finds no
                // sense
                buf.setZero(0, buf.capacity());
                buf.setBytes(3, body, at, length);
                buf.setIndex(3, 3 + length);
                reader.read(buf, 3, length);
                at += length;
            }
            reader.end();
        } finally {
            reader.release();
            buf.release();
        }
        assertNothingHeld();
        return this;
    }

    void assertNothingHeld() {
        assertThat(allocator.metric().usedDirectMemory()).isZero();
        assertThat(allocator.metric().usedHeapMemory()).isZero();
    }

    @Override
    public void onStart(String messageId, String model, Usage start) {
        usage = start;
        told.add("start " + messageId + " " + model);
    }

    @Override
    public void onBlockStart(int index, BlockKind kind, byte[] json) {
        told.add("block " + index + " " + kind + " " + text(json));
    }

    @Override
    public void onDelta(int index, DeltaKind kind, ByteBuf bytes, int offset, int length) {
        told.add(kind + " " + index + " " + bytes.toString(offset, length, StandardCharsets.UTF_8));
        if (kind == DeltaKind.TEXT || kind == DeltaKind.THINKING) {
            frame(kind == DeltaKind.TEXT ? PieceKind.TEXT : PieceKind.THINKING, bytes, offset, length);
        }
        onDelta.run();
    }

    private void frame(PieceKind kind, ByteBuf bytes, int offset, int length) {
        ByteBuf out = Unpooled.buffer(writer.pieceRoom(kind, "m", length));
        writer.piece(out, kind, "m", bytes, offset, length, frames.size() + 1);
        frames.add(ByteBufUtil.getBytes(out));
    }

    @Override
    public void onOtherDelta(int index, byte[] json) {
        told.add("other " + index + " " + text(json));
    }

    @Override
    public void onBlockStop(int index) {
        told.add("end " + index);
    }

    @Override
    public void onStop(
            @Nullable String stopReason, @Nullable String stopSequence, Usage last, byte @Nullable [] details) {
        usage = last;
        told.add("stop " + stopReason + (stopSequence == null ? "" : " at " + stopSequence)
                + (details == null ? "" : " " + text(details)));
    }

    @Override
    public void onComplete() {
        throw new AssertionError("the reader tells its outcome, not the listener");
    }

    @Override
    public void onFailure(ModelFailure unused) {
        throw new AssertionError("the reader tells its outcome, not the listener");
    }

    @Override
    public void onRetry(int attempt, Duration delay, ModelFailure cause) {
        throw new AssertionError("a reader does not retry");
    }

    @Override
    public void completed() {
        told.add("completed");
    }

    @Override
    public void failed(ModelFailure cause) {
        failure = cause;
        told.add("failed " + cause.kind() + " " + cause.message());
    }

    private static String text(byte[] json) {
        return new String(json, StandardCharsets.UTF_8);
    }
}
