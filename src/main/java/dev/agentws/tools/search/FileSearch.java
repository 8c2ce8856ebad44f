package dev.agentws.tools.search;

import dev.agentws.tools.files.Folder;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import org.jspecify.annotations.Nullable;

/** Searches one file after the other for one Grep. Confined to one thread; several of these may serve the same call. */
final class FileSearch {
    /**
     * What became of one file.
     *
     * @param cutLines lines that were not searched to their end
     * @param failure why it could not be searched; null if it could
     */
    record Found(
            Path file,
            FileTime modified,
            FileHits hits,
            TextSearch.Outcome outcome,
            int cutLines,
            @Nullable IOException failure) {
        private static final FileTime NEVER = FileTime.fromMillis(0);

        static Found failed(Path file, IOException reason, GrepQuery query) {
            return new Found(file, NEVER, new FileHits("", query, 0), TextSearch.Outcome.SEARCHED, 0, reason);
        }
    }

    private final GrepQuery query;
    private final FileWalk walk;
    private final TextSearch text;

    FileSearch(GrepQuery query, FileWalk walk) {
        this.query = query;
        this.walk = walk;
        text = new TextSearch(query, new SearchWatch(walk));
    }

    /** Whether there is time left for a file. */
    boolean mayGoOn() {
        return !walk.outOfTime();
    }

    /**
     * Searches a file.
     *
     * @param named whether the call named this file
     * @param wanted rows after which there is no interest in more
     * @throws InterruptedException when this thread has been interrupted
     */
    Found search(Folder folder, Path name, BasicFileAttributes attributes, boolean named, long wanted)
            throws InterruptedException {
        Path file = folder.path().resolve(name);
        FileHits hits = new FileHits(file.toString(), query, wanted);
        int cutBefore = text.cutLines();
        TextSearch.Outcome outcome;
        try {
            SeekableByteChannel channel = folder.read(name, attributes);
            outcome = text.search(channel, attributes.size(), named, hits);
        } catch (SearchWatch.Stopped stopped) {
            if (Thread.interrupted()) {
                throw cancelled(file);
            }
            // The walk says so in its notes; what this file gave until then still counts.
            outcome = TextSearch.Outcome.SEARCHED;
        } catch (ClosedByInterruptException closed) {
            throw cancelled(file);
        } catch (IOException failure) {
            return Found.failed(file, failure, query);
        }
        return new Found(file, attributes.lastModifiedTime(), hits, outcome, text.cutLines() - cutBefore, null);
    }

    /** Clears the mark of an interrupt and says the same by an exception. */
    static InterruptedException cancelled(Path file) {
        Thread.interrupted();
        return new InterruptedException("cancelled while searching " + file);
    }
}
