package dev.agentws.agent.event;

/** Receives what the event log holds, in order. Called on the session's loop. */
public interface LogReader {
    /** One event. */
    void onEvent(long seq, SessionEvent event);

    /**
     * A piece, or several of one message merged.
     *
     * @param seq the sequence number of the last of them
     * @param text where they are stored; only valid during the call
     */
    void onPieces(long seq, PieceKind kind, String messageId, EscapedText text, int from, int length);

    /** Whether pieces are wanted merged, as a reader who comes back takes them, or one by one, as they were shown live. */
    boolean merged();

    /** Whether it wants more now; asked before each entry and each single piece. */
    boolean wantsMore();
}
