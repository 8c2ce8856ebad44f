package dev.agentws.benchmarks.jmh;

import com.fasterxml.jackson.core.JsonParser;
import dev.agentws.agent.event.PieceKind;
import dev.agentws.agent.model.BlockKind;
import dev.agentws.agent.model.DeltaKind;
import dev.agentws.agent.model.ModelFailure;
import dev.agentws.agent.model.ModelListener;
import dev.agentws.agent.model.Usage;
import dev.agentws.anthropic.stream.StreamParts;
import dev.agentws.websocket.PieceFrames;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * One delta on its way: read, written, and both. The first word of a name is the step, the rest who does it: {@code ours},
 * {@code jacksonStreaming}, {@code jacksonTree}, {@code plainLines}.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class DeltaBenchmark {
    /** As many bytes as the outbox gathers. */
    private static final int BATCH = 16 << 10;

    /** Bytes of the text on the wire. */
    @Param({"20", "200", "4096"})
    public int bytes = 200;

    /** What the text is made of, or what is in place of a text: {@code thinking}, {@code tool_input}. */
    @Param({"ascii", "escaped", "cjk"})
    public String text = "ascii";

    private final PooledByteBufAllocator allocator = PooledByteBufAllocator.DEFAULT;
    private final PlainLines lines = new PlainLines();
    private final StreamParts.Recogniser recogniser = new StreamParts.Recogniser();
    private final Measured measured = new Measured();
    private final Transcoding transcoding = new Transcoding();
    private final StreamParts.SseOnly decoder = StreamParts.decoder(allocator);
    private final StreamParts.Body reading = StreamParts.reader(measured, allocator, true);
    private final StreamParts.Body parsing = StreamParts.reader(measured, allocator, false);
    private final StreamParts.Body transcoder = StreamParts.reader(transcoding, allocator, true);
    private final StreamParts.Body parsingTranscoder = StreamParts.reader(transcoding, allocator, false);
    private ByteBuf event = allocator.directBuffer(BATCH);
    private ByteBuf piece = allocator.directBuffer(BATCH);
    private ByteBuf batch = allocator.directBuffer(BATCH);
    private JacksonPath jackson = new JacksonPath(Sample.Kind.TEXT);
    private PieceFrames frames = new PieceFrames(Sample.SESSION, PieceKind.TEXT);
    private String string = "";
    private char[] characters = new char[0];
    private long seq;

    @Setup
    public void setup() throws IOException {
        Sample sample = Sample.of(text, bytes);
        boolean thinking = sample.kind() == Sample.Kind.THINKING;
        jackson = new JacksonPath(sample.kind());
        frames = new PieceFrames(Sample.SESSION, thinking ? PieceKind.THINKING : PieceKind.TEXT);
        event.writeBytes(sample.event());
        piece.writeBytes(sample.text());
        string = jackson.decoded(sample.escaped());
        characters = string.toCharArray();
        int length = sample.escaped().getBytes(StandardCharsets.UTF_8).length;
        if (recognise_ours() != length || recognise_jacksonStreaming() != length) {
            throw new IllegalStateException("event: not found alike (expected: " + length + " bytes of string)");
        }
    }

    @TearDown
    public void tearDown() {
        reading.release();
        parsing.release();
        transcoder.release();
        parsingTranscoder.release();
        decoder.release();
        event.release();
        piece.release();
        batch.release();
    }

    @Benchmark
    public int recognise_ours() {
        return recogniser.take(event);
    }

    /** To the same: where the string lies and how long it is. */
    @Benchmark
    public int recognise_jacksonStreaming() throws IOException {
        return jackson.streamingLength(event);
    }

    @Benchmark
    public int sse_ours() {
        return decoder.feed(event);
    }

    @Benchmark
    public int sse_plainLines() {
        return lines.feed(event);
    }

    @Benchmark
    public long read_ours() {
        reading.read(event);
        return measured.bytes;
    }

    /** What an event costs that the recogniser does not know. */
    @Benchmark
    public long read_oursFallback() {
        parsing.read(event);
        return measured.bytes;
    }

    @Benchmark
    public int read_jacksonStreaming() throws IOException {
        try (JsonParser parser = jackson.streamingText(event)) {
            return parser.getTextLength();
        }
    }

    @Benchmark
    public int read_jacksonTree() throws IOException {
        String found = jackson.treeText(event);
        return found == null ? -1 : found.length();
    }

    @Benchmark
    public int frame_ours() {
        ByteBuf out = room(frames.room(Sample.MESSAGE, piece.readableBytes()));
        frames.write(out, Sample.MESSAGE, piece, 0, piece.readableBytes(), ++seq);
        return out.writerIndex();
    }

    @Benchmark
    public int frame_jacksonStreaming() throws IOException {
        ByteBuf out = room(piece.readableBytes() + 512);
        jackson.streamingFrame(out, characters, 0, characters.length, ++seq);
        return out.writerIndex();
    }

    @Benchmark
    public int frame_jacksonTree() throws IOException {
        ByteBuf out = room(piece.readableBytes() + 512);
        jackson.treeFrame(out, string, ++seq);
        return out.writerIndex();
    }

    @Benchmark
    public int transcode_ours() {
        transcoder.read(event);
        return batch.writerIndex();
    }

    @Benchmark
    public int transcode_oursFallback() {
        parsingTranscoder.read(event);
        return batch.writerIndex();
    }

    @Benchmark
    public int transcode_jacksonStreaming() throws IOException {
        ByteBuf out = room(piece.readableBytes() + 512);
        try (JsonParser parser = jackson.streamingText(event)) {
            jackson.streamingFrame(
                    out, parser.getTextCharacters(), parser.getTextOffset(), parser.getTextLength(), ++seq);
        }
        return out.writerIndex();
    }

    @Benchmark
    public int transcode_jacksonTree() throws IOException {
        ByteBuf out = room(piece.readableBytes() + 512);
        String found = jackson.treeText(event);
        if (found == null) {
            throw new IllegalStateException("event: of another kind (expected: the one that was written)");
        }
        jackson.treeFrame(out, found, ++seq);
        return out.writerIndex();
    }

    /** As the outbox does: one pooled buffer for many frames, given back when it is full. */
    private ByteBuf room(int needed) {
        if (batch.writerIndex() + needed > BATCH) {
            batch.release();
            batch = allocator.directBuffer(BATCH);
        }
        return batch;
    }

    /** Writes what it hears as frames. */
    private final class Transcoding extends Deltas {
        @Override
        public void onDelta(int index, DeltaKind kind, ByteBuf source, int offset, int length) {
            ByteBuf out = room(frames.room(Sample.MESSAGE, length));
            frames.write(out, Sample.MESSAGE, source, offset, length, ++seq);
        }
    }

    /** Counts what it hears. */
    private static final class Measured extends Deltas {
        long bytes;

        @Override
        public void onDelta(int index, DeltaKind kind, ByteBuf source, int offset, int length) {
            bytes += length;
        }
    }

    /** Hears only deltas; a failure would make the measurement one of nothing. */
    private abstract static class Deltas implements ModelListener {
        @Override
        public void onStart(String messageId, String model, Usage usage) {}

        @Override
        public void onBlockStart(int index, BlockKind kind, byte[] json) {}

        @Override
        public void onOtherDelta(int index, byte[] json) {}

        @Override
        public void onBlockStop(int index) {}

        @Override
        public void onStop(
                @Nullable String stopReason, @Nullable String stopSequence, Usage usage, byte @Nullable [] details) {}

        @Override
        public void onComplete() {}

        @Override
        public void onFailure(ModelFailure failure) {
            throw new IllegalStateException(failure.message());
        }

        @Override
        public void onRetry(int attempt, Duration delay, ModelFailure cause) {}
    }
}
