package dev.agentws.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** What tests of journals hand over and wait for. */
public final class Outcomes {
    private Outcomes() {}

    public static Entry entry(long seq) {
        return entry(seq, "frame", "{\"n\":" + seq + "}");
    }

    public static Entry entry(long seq, String kind, String json) {
        return new Entry(seq, kind, json.getBytes(StandardCharsets.UTF_8));
    }

    public static List<Entry> entries(long from, long to) {
        List<Entry> batch = new ArrayList<>();
        for (long seq = from; seq <= to; seq++) {
            batch.add(entry(seq));
        }
        return batch;
    }

    /** Appends, and waits for what becomes of it; null is a commit. */
    public static @Nullable JournalException append(Book book, List<Entry> batch) {
        CompletableFuture<@Nullable JournalException> outcome = new CompletableFuture<>();
        book.append(batch, outcome::complete);
        return await(outcome);
    }

    /** The same, safe from a loss of power whatever the level. */
    public static @Nullable JournalException appendDurably(Book book, List<Entry> batch) {
        CompletableFuture<@Nullable JournalException> outcome = new CompletableFuture<>();
        book.append(batch, new Commit() {
            @Override
            public void done(@Nullable JournalException failure) {
                outcome.complete(failure);
            }

            @Override
            public boolean durable() {
                return true;
            }
        });
        return await(outcome);
    }

    public static void commit(Book book, List<Entry> batch) {
        assertThat(append(book, batch)).isNull();
    }

    public static @Nullable JournalException end(Book book, End how) {
        CompletableFuture<@Nullable JournalException> outcome = new CompletableFuture<>();
        book.end(how, outcome::complete);
        return await(outcome);
    }

    public static <T extends @Nullable Object> T await(CompletableFuture<T> outcome) {
        try {
            // Not orTimeout: who completes such a future takes a lock to take the timer back, and that may be an event
            // loop.
            return outcome.get(30, TimeUnit.SECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new AssertionError(e);
        }
    }

    public static List<Entry> read(Book book, long afterSeq) throws JournalException {
        List<Entry> found = new ArrayList<>();
        book.read(afterSeq, found::add);
        return found;
    }

    public static List<Long> seqs(Book book, long afterSeq) throws JournalException {
        return read(book, afterSeq).stream().map(Entry::seq).toList();
    }

    public static String json(Entry entry) {
        return new String(entry.json(), StandardCharsets.UTF_8);
    }

    public static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
