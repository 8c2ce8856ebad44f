package dev.agentws.websocket;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import dev.agentws.agent.event.EscapedText;
import dev.agentws.agent.event.MessageText;
import dev.agentws.agent.event.PieceKind;
import dev.agentws.agent.event.SessionEvent;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufOutputStream;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Renders what happens in one session as whole WebSocket text frames, header included, straight into a buffer. Live pieces are copied
 * as the escaped bytes they came as: no decoding, no object. Confined to the session's loop.
 */
public final class FrameWriter {
    private static final JsonFactory JSON = new JsonFactory();
    private static final byte[] TEXT_HEAD = ascii("{\"type\":\"agent_message\",\"content\":\"");
    private static final byte[] THINKING_HEAD = ascii("{\"type\":\"agent_thinking\",\"thinking\":true,\"content\":\"");
    private static final byte[] REPLAYED = ascii(",\"replayed\":true");
    /** Two bytes of header for up to 125 bytes, four for up to 65,535, ten beyond (RFC 6455 section 5.2). */
    static final int MAX_HEADER = 10;

    private final String sessionId;
    private byte @Nullable [] thinkingTail;
    private @Nullable String tailMessage;
    private byte[] textTail = new byte[0];

    public FrameWriter(String sessionId) {
        this.sessionId = sessionId;
    }

    /** At least as many bytes as the frame of a piece takes. Builds what all pieces of the message share. */
    public int pieceRoom(PieceKind kind, String messageId, int length) {
        return MAX_HEADER + head(kind).length + length + tail(kind, messageId).length + 20 + REPLAYED.length + 1;
    }

    /** A live piece. {@code out} has room for it. The hot path: allocates nothing after the first piece of a message. */
    public void piece(ByteBuf out, PieceKind kind, String messageId, ByteBuf bytes, int offset, int length, long seq) {
        byte[] head = head(kind);
        byte[] tail = tail(kind, messageId);
        int digits = digits(seq);
        header(out, head.length + length + tail.length + digits + 1);
        out.writeBytes(head);
        out.writeBytes(bytes, offset, length);
        out.writeBytes(tail);
        number(out, seq, digits);
        out.writeByte('}');
    }

    /** The same from where the text is stored. */
    public void stored(
            ByteBuf out, PieceKind kind, String messageId, EscapedText text, int from, int length, Mark mark) {
        byte[] head = head(kind);
        byte[] tail = tail(kind, messageId);
        header(out, head.length + length + tail.length + mark.length());
        out.writeBytes(head);
        text.copyTo(out, from, length);
        out.writeBytes(tail);
        mark.write(out);
    }

    /** The number of a frame and whether it is shown again. */
    public record Mark(long seq, boolean replayed) {
        int length() {
            return digits(seq) + (replayed ? REPLAYED.length : 0) + 1;
        }

        void write(ByteBuf out) {
            number(out, seq, digits(seq));
            if (replayed) {
                out.writeBytes(REPLAYED);
            }
            out.writeByte('}');
        }
    }

    private static byte[] head(PieceKind kind) {
        return kind == PieceKind.TEXT ? TEXT_HEAD : THINKING_HEAD;
    }

    private byte[] tail(PieceKind kind, String messageId) {
        if (kind == PieceKind.THINKING) {
            byte[] tail = thinkingTail;
            if (tail == null) {
                tail = utf8("\",\"session_id\":\"" + escaped(sessionId) + "\",\"seq\":");
                thinkingTail = tail;
            }
            return tail;
        }
        if (!messageId.equals(tailMessage)) {
            tailMessage = messageId;
            textTail = messageTail(messageId, false);
        }
        return textTail;
    }

    private byte[] messageTail(String messageId, boolean complete) {
        return utf8("\",\"complete\":" + complete + ",\"message_id\":\"" + escaped(messageId) + "\",\"session_id\":\""
                + escaped(sessionId) + "\",\"seq\":");
    }

    /** Any other event. */
    public void event(ByteBuf out, long seq, SessionEvent event, boolean replayed) {
        Mark mark = new Mark(seq, replayed);
        if (event instanceof SessionEvent.MessageDone done) {
            whole(out, done.messageId(), done.text(), mark);
            return;
        }
        if (event instanceof SessionEvent.Stored stored) {
            again(out, stored.frame(), replayed);
            return;
        }
        ByteBuf json = PooledByteBufAllocator.DEFAULT.directBuffer(512);
        try (JsonGenerator generator = JSON.createGenerator((OutputStream) new ByteBufOutputStream(json))) {
            EventJson.write(generator, sessionId, seq, event, replayed);
            generator.flush();
            header(out, json.readableBytes());
            out.writeBytes(json);
        } catch (IOException e) {
            throw new IllegalStateException("event " + event.kind() + ": cannot be written", e);
        } finally {
            json.release();
        }
    }

    /** A frame of earlier; it ends with its number. */
    private static void again(ByteBuf out, byte[] frame, boolean replayed) {
        header(out, frame.length + (replayed ? REPLAYED.length : 0));
        out.writeBytes(frame, 0, frame.length - 1);
        if (replayed) {
            out.writeBytes(REPLAYED);
        }
        out.writeByte('}');
    }

    /** An event as a frame's text, without a header. */
    public static byte[] json(String sessionId, long seq, SessionEvent event) {
        ByteBuf frame = PooledByteBufAllocator.DEFAULT.directBuffer(512);
        try {
            new FrameWriter(sessionId).event(frame, seq, event, false);
            int length = frame.readableBytes();
            int header = length - 2 <= 125 ? 2 : length - 4 <= 0xffff ? 4 : MAX_HEADER;
            byte[] json = new byte[length - header];
            frame.getBytes(frame.readerIndex() + header, json);
            return json;
        } finally {
            frame.release();
        }
    }

    /**
     * The frame of an event without a copy of what its session keeps of it in any case; null unless it is so long that this matters. Any
     * thread may read it, and nothing has to be released.
     */
    public @Nullable ByteBuf byReference(long seq, SessionEvent event, boolean replayed) {
        if (!(event instanceof SessionEvent.MessageDone done) || done.text().length() < Outbox.BATCH) {
            return null;
        }
        ByteBuf text = done.text().shared();
        if (text == null) {
            return null;
        }
        ByteBuf tail = Unpooled.buffer().writeBytes(messageTail(done.messageId(), true));
        new Mark(seq, replayed).write(tail);
        ByteBuf start = Unpooled.buffer();
        header(start, TEXT_HEAD.length + text.readableBytes() + tail.readableBytes());
        return Unpooled.wrappedBuffer(start.writeBytes(TEXT_HEAD), text, tail);
    }

    private void whole(ByteBuf out, String messageId, MessageText text, Mark mark) {
        byte[] tail = messageTail(messageId, true);
        header(out, TEXT_HEAD.length + text.length() + tail.length + mark.length());
        out.writeBytes(TEXT_HEAD);
        text.copyTo(out);
        out.writeBytes(tail);
        mark.write(out);
    }

    /** The header of a final, unmasked text frame. */
    public static void header(ByteBuf out, int length) {
        if (length <= 125) {
            out.writeShort(0x8100 | length);
        } else if (length <= 0xffff) {
            out.writeInt(0x817e0000 | length);
        } else {
            out.writeShort(0x817f);
            out.writeLong(length);
        }
    }

    private static int digits(long value) {
        int digits = 1;
        for (long rest = value; rest >= 10; rest /= 10) {
            digits++;
        }
        return digits;
    }

    private static void number(ByteBuf out, long value, int digits) {
        int start = out.writerIndex();
        out.ensureWritable(digits);
        long rest = value;
        for (int i = digits - 1; i >= 0; i--) {
            out.setByte(start + i, (int) ('0' + rest % 10));
            rest /= 10;
        }
        out.writerIndex(start + digits);
    }

    private static String escaped(String text) {
        return new String(JsonStringEncoder.getInstance().quoteAsString(text));
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
