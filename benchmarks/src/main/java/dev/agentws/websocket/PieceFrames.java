package dev.agentws.websocket;

import dev.agentws.agent.event.PieceKind;
import io.netty.buffer.ByteBuf;

/** The door through which the benchmarks reach the frame writer of a session; the only one for this package. Confined to one thread. */
public final class PieceFrames {
    private final FrameWriter frames;
    private final PieceKind kind;

    /** @param kind of all pieces */
    public PieceFrames(String sessionId, PieceKind kind) {
        this.kind = kind;
        this.frames = new FrameWriter(sessionId);
    }

    /** At least as many bytes as the frame takes. */
    public int room(String messageId, int length) {
        return frames.pieceRoom(kind, messageId, length);
    }

    /** Appends the frame of a piece; both buffers stay the caller's. */
    public void write(ByteBuf out, String messageId, ByteBuf text, int offset, int length, long seq) {
        frames.piece(out, kind, messageId, text, offset, length, seq);
    }
}
