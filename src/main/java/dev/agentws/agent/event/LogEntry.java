package dev.agentws.agent.event;

/** A stretch of the event log: one event, or a run of pieces. */
sealed interface LogEntry permits PieceRun, LogEntry.Single {
    long firstSeq();

    long lastSeq();

    /** About how many bytes of memory it holds on to. */
    int weight();

    /**
     * Shows the part after {@code afterSeq}, which lies before {@link #lastSeq()}, at most up to {@code upToSeq}, which does not lie
     * before {@link #firstSeq()}.
     *
     * @return the number of the last event shown
     */
    long show(long afterSeq, long upToSeq, LogReader reader);

    /** One event. */
    record Single(long seq, SessionEvent event, int weight) implements LogEntry {
        @Override
        public long firstSeq() {
            return seq;
        }

        @Override
        public long lastSeq() {
            return seq;
        }

        @Override
        public long show(long afterSeq, long upToSeq, LogReader reader) {
            reader.onEvent(seq, event);
            return seq;
        }
    }
}
