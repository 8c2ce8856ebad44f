package dev.agentws.anthropic;

import dev.agentws.agent.model.BlockKind;
import dev.agentws.agent.model.DeltaKind;
import dev.agentws.agent.model.ModelFailure;
import dev.agentws.agent.model.ModelListener;
import dev.agentws.agent.model.Usage;
import dev.agentws.anthropic.stream.MessageReader;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A reader of a far simpler stream, one word a line: {@code start}, {@code block}, {@code done}, {@code fail KIND}; any other line is a
 * delta.
 */
final class LineReader implements MessageReader {
    private final ModelListener listener;
    private final Outcome outcome;
    private final AtomicInteger open;
    private final StringBuilder line = new StringBuilder();
    private boolean begun;
    private boolean over;
    private boolean released;
    private boolean reading;

    private LineReader(ModelListener listener, Outcome outcome, AtomicInteger open) {
        this.listener = listener;
        this.outcome = outcome;
        this.open = open;
    }

    /** @param open counts the readers that have not been released */
    static ReaderFactory counting(AtomicInteger open) {
        return (listener, outcome) -> {
            open.incrementAndGet();
            return new LineReader(listener, outcome, open);
        };
    }

    @Override
    public void read(ByteBuf bytes, int offset, int length) {
        if (released) {
            throw new IllegalStateException("read after release");
        }
        reading = true;
        try {
            readLines(bytes, offset, length);
        } finally {
            reading = false;
        }
    }

    private void readLines(ByteBuf bytes, int offset, int length) {
        for (int i = offset; i < offset + length; i++) {
            char c = (char) bytes.getByte(i);
            if (c != '\n') {
                line.append(c);
            } else if (!over) {
                String word = line.toString();
                line.setLength(0);
                boolean cut = i - word.length() < offset;
                take(
                        word,
                        cut ? Unpooled.copiedBuffer(word, StandardCharsets.US_ASCII) : bytes,
                        cut ? 0 : i - word.length());
            }
        }
    }

    private void take(String word, ByteBuf bytes, int at) {
        if (word.equals("start")) {
            listener.onStart("msg", "model", Usage.NONE);
        } else if (word.equals("block")) {
            begun = true;
            listener.onBlockStart(0, BlockKind.TEXT, "{}".getBytes(StandardCharsets.US_ASCII));
        } else if (word.equals("done")) {
            over = true;
            outcome.completed();
        } else if (word.startsWith("fail ")) {
            over = true;
            outcome.failed(new ModelFailure(
                    ModelFailure.Kind.valueOf(word.substring(5)), "said so", 0, "some_error", null, null));
        } else {
            listener.onDelta(0, DeltaKind.TEXT, bytes, at, word.length());
        }
    }

    @Override
    public void end() {
        if (!over) {
            over = true;
            outcome.failed(new ModelFailure(ModelFailure.Kind.CONNECTION, "ended early", 0, null, null, null));
        }
    }

    @Override
    public boolean begun() {
        return begun;
    }

    @Override
    public void release() {
        if (reading) {
            throw new IllegalStateException("released while reading");
        }
        if (!released) {
            released = true;
            open.decrementAndGet();
        }
    }
}
