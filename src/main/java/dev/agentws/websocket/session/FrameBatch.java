package dev.agentws.websocket.session;

import dev.agentws.agent.event.EscapedText;
import dev.agentws.agent.event.LogReader;
import dev.agentws.agent.event.PieceKind;
import dev.agentws.agent.event.SessionEvent;
import dev.agentws.websocket.FrameWriter;
import dev.agentws.websocket.FrameWriter.Mark;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Renders what a session has shown into one batch of frames. Confined to one thread. */
final class FrameBatch implements LogReader {
    private static final byte[] END = "{\"type\":\"session_ended\"".getBytes(StandardCharsets.US_ASCII);

    private final FrameWriter frames;
    private final ByteBuf out;
    private final long replayedTo;
    private final int limit;
    private long last;
    private int count;
    private @Nullable ByteBuf longFrame;
    private boolean ended;

    /**
     * @param shown the number of the last event that was shown before
     * @param replayedTo up to this number events are marked as shown again
     * @param limit bytes from which on no further event is taken
     */
    FrameBatch(FrameWriter frames, ByteBuf out, long shown, long replayedTo, int limit) {
        this.frames = frames;
        this.out = out;
        this.last = shown;
        this.replayedTo = replayedTo;
        this.limit = limit;
    }

    /** How many frames it has. */
    int count() {
        return count;
    }

    /** A frame that comes behind them, by reference; or null. */
    @Nullable
    ByteBuf longFrame() {
        return longFrame;
    }

    /** Whether the session's end is among them. */
    boolean ended() {
        return ended;
    }

    @Override
    public void onEvent(long seq, SessionEvent event) {
        last = seq;
        longFrame = frames.byReference(seq, event, seq <= replayedTo);
        if (longFrame != null) {
            return;
        }
        frames.event(out, seq, event, seq <= replayedTo);
        count++;
        ended |= event instanceof SessionEvent.Stored stored && isEnd(stored.frame());
    }

    private static boolean isEnd(byte[] frame) {
        for (int i = 0; i < END.length; i++) {
            if (i >= frame.length || frame[i] != END[i]) {
                return false;
            }
        }
        return true;
    }

    @Override
    public void onPieces(long seq, PieceKind kind, String messageId, EscapedText text, int from, int length) {
        frames.stored(out, kind, messageId, text, from, length, new Mark(seq, merged()));
        last = seq;
        count++;
    }

    @Override
    public boolean merged() {
        return last < replayedTo;
    }

    @Override
    public boolean wantsMore() {
        return longFrame == null && out.readableBytes() < limit;
    }
}
