package dev.agentws.agent.record;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import dev.agentws.agent.event.EscapedText;
import dev.agentws.agent.event.LogReader;
import dev.agentws.agent.event.PieceKind;
import dev.agentws.agent.event.SessionEvent;
import dev.agentws.journal.Entry;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Turns what the event log holds into records: an event is one, pieces that follow each other are one together, with the length of each,
 * so that a client who comes back in their midst gets exactly the rest. Confined to the session's loop.
 */
final class FrameRecords implements LogReader {
    private final String sessionId;
    private final FrameFormat format;
    private final List<Entry> out;
    private final long lastWanted;
    private final StringBuilder sizes = new StringBuilder();
    private @Nullable EscapedText text;
    private @Nullable PieceKind kind;
    private String messageId = "";
    private long first;
    private long last;
    private int from;
    private int length;

    /**
     * @param afterSeq the number of the last event that is a record already
     * @param lastWanted the number of the last event to turn into a record
     */
    FrameRecords(String sessionId, FrameFormat format, List<Entry> out, long afterSeq, long lastWanted) {
        this.sessionId = sessionId;
        this.format = format;
        this.out = out;
        this.last = afterSeq;
        this.lastWanted = lastWanted;
    }

    @Override
    public void onEvent(long seq, SessionEvent event) {
        finish();
        out.add(new Entry(seq, RecordKind.FRAME.word(), format.json(sessionId, seq, event)));
        last = seq;
    }

    @Override
    public void onPieces(long seq, PieceKind pieceKind, String message, EscapedText block, int offset, int count) {
        boolean goesOn = text == block && kind == pieceKind && from + length == offset && messageId.equals(message);
        if (!goesOn) {
            finish();
            text = block;
            kind = pieceKind;
            messageId = message;
            from = offset;
            length = 0;
            first = seq;
        }
        sizes.append(sizes.length() == 0 ? "" : ",").append(count);
        length += count;
        last = seq;
    }

    /** Writes the pieces that are gathered, if any. */
    void finish() {
        EscapedText block = text;
        if (block == null) {
            return;
        }
        String head = "{\"first\":" + first + ",\"kind\":\"" + (kind == PieceKind.TEXT ? "text" : "thinking")
                + "\",\"message_id\":\""
                + new String(JsonStringEncoder.getInstance().quoteAsString(messageId))
                + "\",\"sizes\":[" + sizes + "],\"content\":\"";
        byte[] start = head.getBytes(StandardCharsets.UTF_8);
        byte[] json = new byte[start.length + length + 2];
        System.arraycopy(start, 0, json, 0, start.length);
        ByteBuf copy = ByteBufAllocator.DEFAULT.heapBuffer(Math.max(1, length));
        try {
            block.copyTo(copy, from, length);
            copy.getBytes(0, json, start.length, length);
        } finally {
            copy.release();
        }
        json[json.length - 2] = '"';
        json[json.length - 1] = '}';
        out.add(new Entry(last, RecordKind.PIECES.word(), json));
        text = null;
        sizes.setLength(0);
    }

    @Override
    public boolean merged() {
        return false;
    }

    @Override
    public boolean wantsMore() {
        return last < lastWanted;
    }
}
