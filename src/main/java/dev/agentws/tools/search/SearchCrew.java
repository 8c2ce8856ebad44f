package dev.agentws.tools.search;

import dev.agentws.tools.search.FileSearch.Found;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Searches the files of a walk, many of them on threads of its own, and hands on what was found in the order of the walk. The first
 * files are searched in place: most searches need no more. All methods belong to the walk's thread; the others end with
 * {@link #close}.
 */
final class SearchCrew implements AutoCloseable {
    private static final int FILES_ALONE = 100;
    private static final int BATCHES_A_HELPER = 4;
    /** So far the walk may be ahead of the oldest batch that is not done. */
    private static final int MAX_UNTOLD = 64;

    private final Supplier<FileSearch> searches;
    private final Predicate<Found> taker;
    private final int helpers;
    private final BlockingQueue<SearchBatch> waiting;
    private final Deque<SearchBatch> untold = new ArrayDeque<>();
    private final List<Thread> threads = new ArrayList<>();
    private SearchBatch open = new SearchBatch(0);
    private @Nullable FileSearch own;
    private int filesAlone;
    private boolean more = true;
    private volatile boolean ended;

    /**
     * @param searches makes one for each thread
     * @param taker is told what became of each file; false when it wants no more
     * @param helpers threads besides the walk's own
     */
    SearchCrew(Supplier<FileSearch> searches, Predicate<Found> taker, int helpers) {
        this.searches = searches;
        this.taker = taker;
        this.helpers = helpers;
        waiting = new ArrayBlockingQueue<>(Math.max(1, helpers * BATCHES_A_HELPER));
    }

    /**
     * Has a file searched, now or soon.
     *
     * @param wanted rows of it after which there is no interest in more
     */
    void add(FileWalk.Entry file, long wanted) throws IOException, InterruptedException {
        if (helpers == 0 || filesAlone < FILES_ALONE) {
            filesAlone++;
            more &= taker.test(own().search(file.folder(), file.name(), file.attributes(), false, wanted));
            return;
        }
        if (open.isEmpty()) {
            open = new SearchBatch(wanted);
        }
        open.add(file);
        if (open.full()) {
            handOut();
        }
    }

    /** Tells of a place in its turn that need not be searched. */
    void add(Found known) {
        if (open.isEmpty() && untold.isEmpty()) {
            more &= taker.test(known);
        } else {
            open.add(known);
        }
    }

    /** Has all that is left searched, and tells of it. */
    void finish() throws IOException, InterruptedException {
        if (!more) {
            return;
        }
        handOut();
        for (SearchBatch batch = waiting.poll(); batch != null; batch = waiting.poll()) {
            batch.run(own());
            batch.requireNotCancelled();
        }
        tell(0);
    }

    private FileSearch own() {
        if (own == null) {
            own = searches.get();
        }
        return own;
    }

    private void handOut() throws IOException, InterruptedException {
        if (threads.isEmpty() && helpers > 0) {
            startThreads();
        }
        untold.add(open);
        if (!waiting.offer(open)) {
            open.run(own());
            open.requireNotCancelled();
        }
        open = new SearchBatch(0);
        tell(MAX_UNTOLD);
    }

    /** Tells of all batches that are done, up to the first that is not; waits for that if more than so many are left. */
    private void tell(int left) throws IOException, InterruptedException {
        while (!untold.isEmpty() && (untold.size() > left || untold.element().done())) {
            for (Found found : untold.element().await()) {
                more = more && taker.test(found);
            }
            untold.remove();
        }
    }

    private void startThreads() {
        for (int i = 1; i <= helpers; i++) {
            Thread thread = new Thread(this::help, Thread.currentThread().getName() + "-grep-" + i);
            thread.setDaemon(true);
            threads.add(thread);
            thread.start();
        }
    }

    private void help() {
        FileSearch search = searches.get();
        try {
            while (!ended) {
                waiting.take().run(search);
            }
        } catch (InterruptedException end) {
            // The call is over.
        }
    }

    /** Ends the threads and waits until they are gone; what was not searched is dropped. */
    @Override
    public void close() {
        ended = true;
        threads.forEach(Thread::interrupt);
        boolean interrupted = false;
        for (Thread thread : threads) {
            while (thread.isAlive()) {
                try {
                    thread.join();
                } catch (InterruptedException again) {
                    interrupted = true;
                }
            }
        }
        waiting.forEach(SearchBatch::drop);
        open.drop();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
