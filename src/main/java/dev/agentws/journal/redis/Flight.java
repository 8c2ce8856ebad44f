package dev.agentws.journal.redis;

import dev.agentws.journal.Commit;
import dev.agentws.journal.Entry;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Batches under way as one script, the same bytes each time they are sent.
 *
 * @param arguments id, kind and JSON of each entry
 * @param from how many entries the book has before it
 * @param lastId the id of its last entry in the stream
 * @param busy whether anything is under way behind its last batch
 */
record Flight(
        List<Batch> batches,
        List<byte[]> arguments,
        long from,
        int entries,
        long lastSeq,
        String lastId,
        boolean busy) {
    private static final int MOST_ENTRIES = 512;
    private static final long MOST_BYTES = 512 << 10;

    /** One append that waits, with what it costs the pressure. */
    record Batch(List<Entry> entries, long cost, boolean busy, Commit done) {}

    /** Takes from the front of what waits, at least one batch. */
    static Flight take(Iterable<Batch> waiting, long from, StreamId last) {
        List<Batch> batches = new ArrayList<>();
        List<byte[]> arguments = new ArrayList<>();
        StreamId id = last;
        int entries = 0;
        long bytes = 0;
        for (Batch batch : waiting) {
            boolean fits = entries + batch.entries.size() <= MOST_ENTRIES && bytes + batch.cost <= MOST_BYTES;
            if (!fits && !batches.isEmpty()) {
                break;
            }
            batches.add(batch);
            bytes += batch.cost;
            entries += batch.entries.size();
            for (Entry entry : batch.entries) {
                id = id.next(entry.seq());
                arguments.add(id.toString().getBytes(StandardCharsets.US_ASCII));
                arguments.add(entry.kind().getBytes(StandardCharsets.US_ASCII));
                arguments.add(entry.json());
            }
        }
        boolean busy = batches.get(batches.size() - 1).busy();
        return new Flight(batches, arguments, from, entries, id.seq(), id.toString(), busy);
    }
}
