package dev.agentws.agent.event;

import io.netty.buffer.ByteBuf;

/** Someone to whom a session is shown: events and pieces, in order, with every number exactly once. Called on the session's loop. */
public interface SessionListener extends EventWatcher {
    /** Does not care. */
    SessionListener NOBODY = new SessionListener() {
        @Override
        public void onEvent(long seq, SessionEvent event) {
            // nobody listens
        }

        @Override
        public void onPiece(long seq, PieceKind kind, String messageId, ByteBuf bytes, int offset, int length) {
            // nobody listens
        }

        @Override
        public boolean ready() {
            return true;
        }
    };

    /**
     * A live piece, the hot path: the inside of a JSON string. The bytes are only valid during the call.
     *
     * @param messageId the same object for all pieces of one message
     */
    void onPiece(long seq, PieceKind kind, String messageId, ByteBuf bytes, int offset, int length);

    /** Nothing more comes from here, because another process carries the session on. */
    default void onLost() {}

    /** Whether it can take more just now; asked when it becomes the driver. */
    boolean ready();

    /** There is more to read. Takes the place of the others where clients see only what is committed. */
    default void committed() {}
}
