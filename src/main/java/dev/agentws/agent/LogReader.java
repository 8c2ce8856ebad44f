package dev.agentws.agent;

/** Receives what the event log holds, in order. Called on the session's loop. */
public interface LogReader {
    /** One event. */
    void onEvent(long seq, SessionEvent event);

    /**
     * Some pieces of one message, merged.
     *
     * @param seq the sequence number of the last of them
     * @param text where they are stored; only valid during the call
     */
    void onPieces(long seq, PieceKind kind, String messageId, EscapedText text, int from, int length);

    /** Whether it wants more now; asked after each entry. */
    boolean wantsMore();
}
