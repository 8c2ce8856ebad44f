package dev.agentws.anthropic.stream;

import dev.agentws.agent.model.ModelFailure;
import dev.agentws.agent.model.ModelListener;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/**
 * The door through which the benchmarks reach the package-private parts of the path of a delta; the only one for this package. Each
 * part is confined to one thread.
 */
public final class StreamParts {
    private static final int MAX_EVENT_BYTES = 1 << 20;

    private StreamParts() {}

    /** Reads the body of an answer that never ends. */
    public interface Body {
        /** Reads some bytes, which stay the caller's. */
        void read(ByteBuf bytes);

        /** Frees what is held. */
        void release();
    }

    /**
     * The reader of production, without its limit on the length of an answer.
     *
     * @param fastPath false has every event parsed
     */
    public static Body reader(ModelListener listener, ByteBufAllocator allocator, boolean fastPath) {
        StreamLimits limits = new StreamLimits(MAX_EVENT_BYTES, 10, Long.MAX_VALUE);
        StreamEventReader reader = new StreamEventReader(listener, new Refusing(), limits, allocator, () -> null);
        StreamEventReader chosen = fastPath ? reader : reader.withoutFastPath();
        return new Body() {
            @Override
            public void read(ByteBuf bytes) {
                chosen.read(bytes, bytes.readerIndex(), bytes.readableBytes());
            }

            @Override
            public void release() {
                chosen.release();
            }
        };
    }

    /** The event stream decoder alone; the data of the events is only measured. */
    public static SseOnly decoder(ByteBufAllocator allocator) {
        return new SseOnly(allocator);
    }

    /** Splits a stream into events. */
    public static final class SseOnly implements SseDecoder.Sink {
        private final SseDecoder decoder;
        private int dataBytes;

        private SseOnly(ByteBufAllocator allocator) {
            this.decoder = new SseDecoder(this, allocator, MAX_EVENT_BYTES);
        }

        /** Feeds a window and returns how many bytes of data were in its events. */
        public int feed(ByteBuf bytes) {
            dataBytes = 0;
            decoder.feed(bytes, bytes.readerIndex(), bytes.readableBytes());
            return dataBytes;
        }

        /** Frees what is held. */
        public void release() {
            decoder.release();
        }

        @Override
        public int takeWhole(ByteBuf buf, int from, int end) {
            return -1;
        }

        @Override
        public void event(StreamEvent name, ByteBuf buf, int offset, int length) {
            dataBytes += length;
        }

        @Override
        public void tooLarge(int maxEventBytes) {
            throw new IllegalStateException("event: more than " + maxEventBytes + " bytes (expected: at most that)");
        }
    }

    /** The recogniser of the usual deltas. */
    public static final class Recogniser {
        private final DeltaRecogniser recogniser = new DeltaRecogniser();

        /** Takes one event and returns the length of its text, or -1 if it is not a usual one. */
        public int take(ByteBuf bytes) {
            int next = recogniser.take(bytes, bytes.readerIndex(), bytes.writerIndex());
            return next < 0 ? -1 : recogniser.length();
        }
    }

    /** A measurement of a stream that has failed would be one of nothing. */
    private static final class Refusing implements MessageReader.Outcome {
        @Override
        public void completed() {
            throw new IllegalStateException("answer: complete (expected: one that never ends)");
        }

        @Override
        public void failed(ModelFailure failure) {
            throw new IllegalStateException("answer: " + failure.message());
        }
    }
}
