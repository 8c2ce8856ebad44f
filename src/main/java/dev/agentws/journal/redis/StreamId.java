package dev.agentws.journal.redis;

/**
 * The place of an entry in its stream.
 *
 * @param n counts the entries of one number from 1
 */
record StreamId(long seq, long n) {
    static final StreamId NONE = new StreamId(-1, 0);

    /** @param text as {@link #toString} has it; empty for none */
    static StreamId parse(String text) {
        int dash = text.indexOf('-');
        return dash < 0
                ? NONE
                : new StreamId(Long.parseLong(text.substring(0, dash)), Long.parseLong(text.substring(dash + 1)));
    }

    StreamId next(long nextSeq) {
        return new StreamId(nextSeq, nextSeq == seq ? n + 1 : 1);
    }

    @Override
    public String toString() {
        return seq < 0 ? "" : seq + "-" + n;
    }
}
