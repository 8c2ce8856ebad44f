package dev.agentws.tools.search;

import dev.agentws.tools.search.FileSearch.Found;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * Some files of a walk that one thread searches in one go, and what was found in them. Filled by the walk, then run by one thread,
 * then read by the walk's once it is done.
 */
final class SearchBatch {
    private static final int MAX_FILES = 32;

    /** @param known what became of it, if it need not be searched */
    private record Step(
            FileWalk.@Nullable Entry file, @Nullable Found known) {}

    private final List<Step> steps = new ArrayList<>(MAX_FILES);
    private final List<Found> found = new ArrayList<>(MAX_FILES);
    private final long wanted;
    private final CountDownLatch done = new CountDownLatch(1);
    private @Nullable Throwable failure;

    /** @param wanted rows of one file after which there is no interest in more */
    SearchBatch(long wanted) {
        this.wanted = wanted;
    }

    /** Takes a file, and holds its folder until the batch has been run or dropped. */
    void add(FileWalk.Entry file) {
        file.folder().hold();
        steps.add(new Step(file, null));
    }

    void add(Found known) {
        steps.add(new Step(null, known));
    }

    boolean isEmpty() {
        return steps.isEmpty();
    }

    boolean full() {
        return steps.size() == MAX_FILES;
    }

    /** Searches the files, as long as there is time; never throws. Must be called once, or {@link #drop} instead. */
    void run(FileSearch search) {
        try {
            for (Step step : steps) {
                FileWalk.Entry file = step.file();
                if (step.known() != null) {
                    found.add(step.known());
                } else if (file != null && search.mayGoOn()) {
                    found.add(search.search(file.folder(), file.name(), file.attributes(), false, wanted));
                }
            }
        } catch (Throwable reason) {
            // Whatever happens on a helper's thread is told to the call.
            failure = reason;
        } finally {
            drop();
        }
    }

    /** Lets go of the folders. */
    void drop() {
        for (Step step : steps) {
            FileWalk.Entry file = step.file();
            if (file != null) {
                try {
                    file.folder().close();
                } catch (IOException notClosed) {
                    failure = failure == null ? notClosed : failure;
                }
            }
        }
        steps.clear();
        done.countDown();
    }

    boolean done() {
        return done.getCount() == 0;
    }

    /** For the thread that has run it. */
    void requireNotCancelled() throws InterruptedException {
        if (failure instanceof InterruptedException reason) {
            throw reason;
        }
    }

    /** Waits for the end, and returns what was found, in the order of the files. */
    List<Found> await() throws IOException, InterruptedException {
        done.await();
        if (failure instanceof IOException reason) {
            throw reason;
        }
        requireNotCancelled();
        if (failure != null) {
            throw new IllegalStateException("the search of a file failed: " + failure, failure);
        }
        return found;
    }
}
