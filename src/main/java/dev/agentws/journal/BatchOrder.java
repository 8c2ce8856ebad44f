package dev.agentws.journal;

import java.util.List;

/** What every implementation asks of a batch. */
public final class BatchOrder {
    private BatchOrder() {}

    /**
     * @param last the number of the entry before the batch
     * @return the number of its last entry
     * @throws IllegalArgumentException for an empty batch or a number that falls
     */
    public static long check(long last, List<Entry> batch) {
        if (batch.isEmpty()) {
            throw new IllegalArgumentException("batch: empty (expected: at least one entry)");
        }
        long seq = last;
        for (int i = 0; i < batch.size(); i++) {
            Entry entry = batch.get(i);
            if (entry.seq() < seq) {
                throw new IllegalArgumentException("seq: " + entry.seq() + " (expected: at least " + seq + ")");
            }
            seq = entry.seq();
        }
        return seq;
    }
}
