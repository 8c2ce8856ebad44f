package dev.agentws.simulator.agent;

import dev.agentws.simulator.wire.AnswerWriter;
import dev.agentws.simulator.wire.EventJson;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/**
 * Streams many small deltas, as fast as the socket takes them or at a pace, a burst per write. Confined to one event loop.
 *
 * <p>The text of a delta is 6 hex digits of its number, a colon, 12 hex digits of {@link System#nanoTime} and a space, then the
 * filling: a reader can check the order, and on the same machine the latency, of each.
 */
final class LoadStream {
    private static final String HEX = "0123456789abcdef";
    private static final byte[] SPACES = " ".repeat(16).getBytes(StandardCharsets.US_ASCII);
    private static final int STAMP_BYTES = 20;

    /** So many bursts in a row, then other streams of the loop get their turn. */
    private static final int BURSTS_PER_TURN = 16;

    private final AnswerWriter writer;
    private final Channel channel;
    private final LoadShape shape;
    private final Runnable atEnd;
    private final byte[] opening;
    private final byte[] filling;
    private final byte[] closing;
    private int sent;
    private long nextAt;
    private boolean running;
    private boolean scheduled;
    private boolean ended;

    /** {@code atEnd} runs after the last delta; the block is still open then. */
    LoadStream(AnswerWriter writer, LoadShape shape, int blockIndex, Runnable atEnd) {
        this.writer = writer;
        this.channel = writer.reply().channel();
        this.shape = shape;
        this.atEnd = atEnd;
        String field = shape.thinking() ? "thinking" : "text";
        this.opening = bytes(writer.framing().opening("content_block_delta")
                + "{\"type\":\"content_block_delta\",\"index\":" + blockIndex + ",\"delta\":{\"type\":\"" + field
                + "_delta\",\"" + field + "\":\"");
        String quoted = EventJson.quote(shape.filling());
        this.filling = bytes(quoted.substring(1, quoted.length() - 1) + "\"}");
        this.closing = bytes("}" + writer.framing().lineEnd() + writer.framing().lineEnd());
        this.nextAt = now();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private long now() {
        return channel.eventLoop().ticker().nanoTime();
    }

    void begin() {
        if (!writer.request().streaming()) {
            collect();
            return;
        }
        writer.whenWritable(this::run);
        run();
    }

    /** A call without stream gets the same text, joined. */
    private void collect() {
        String field = shape.thinking() ? "thinking" : "text";
        for (int i = 0; i < shape.count(); i++) {
            String text = String.format("%06x:%012x ", i, System.nanoTime() & 0xFFFF_FFFF_FFFFL) + shape.filling();
            writer.event("content_block_delta", EventJson.delta(0, field + "_delta", field, text));
        }
        end();
    }

    private void run() {
        if (running || ended) {
            return;
        }
        running = true;
        int bursts = 0;
        while (sent < shape.count() && !writer.reply().done() && channel.isWritable()) {
            long wait = shape.paceNanos() == 0 ? 0 : nextAt - now();
            if (wait > 0 || bursts == BURSTS_PER_TURN) {
                later(Math.max(0, wait));
                break;
            }
            writeBurst();
            bursts++;
        }
        running = false;
        if (sent == shape.count() && !writer.reply().done()) {
            end();
        }
    }

    private void later(long nanos) {
        if (!scheduled) {
            scheduled = true;
            channel.eventLoop().schedule(this::wake, nanos, TimeUnit.NANOSECONDS);
        }
    }

    private void wake() {
        scheduled = false;
        run();
    }

    private void writeBurst() {
        int count = Math.min(shape.burst(), shape.count() - sent);
        int most = opening.length + STAMP_BYTES + filling.length + SPACES.length + closing.length;
        ByteBuf chunk = writer.reply().chunk(count * most);
        for (int i = 0; i < count; i++) {
            writeDelta(chunk, sent + i);
        }
        sent += count;
        nextAt += shape.paceNanos() * count;
        writer.countDeltas(count);
        writer.send(chunk);
    }

    private void writeDelta(ByteBuf out, int number) {
        out.writeBytes(opening);
        writeHex(out, number, 6);
        out.writeByte(':');
        writeHex(out, System.nanoTime(), 12);
        out.writeByte(' ');
        out.writeBytes(filling);
        out.writeBytes(SPACES, 0, writer.padding());
        out.writeBytes(closing);
    }

    private static void writeHex(ByteBuf out, long value, int digits) {
        for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4) {
            out.writeByte(HEX.charAt((int) (value >>> shift) & 15));
        }
    }

    private void end() {
        ended = true;
        writer.whenWritable(() -> {});
        long tokens = (long) shape.count() * (STAMP_BYTES + shape.filling().length()) / 4;
        if (shape.thinking()) {
            writer.countThinking(tokens);
        } else {
            writer.countOutput(tokens);
        }
        atEnd.run();
    }
}
