package dev.agentws.journal.files;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The files one writer keeps open; the one used longest ago goes first. For the writer's thread. */
final class OpenFiles {
    private final Map<FileBook, SegmentFile> files = new LinkedHashMap<>(16, 0.75f, true);
    private final int most;
    private final Failures failures;

    OpenFiles(int most, Failures failures) {
        this.most = most;
        this.failures = failures;
    }

    @Nullable
    SegmentFile get(FileBook book) {
        return files.get(book);
    }

    void put(SegmentFile file) {
        files.put(file.book(), file);
    }

    /** Closes what is too much. What was not forced yet is forced by it. */
    void trim() {
        while (files.size() > most) {
            close(files.keySet().iterator().next());
        }
    }

    void close(FileBook book) {
        SegmentFile file = files.remove(book);
        if (file != null) {
            try {
                file.close();
            } catch (IOException e) {
                failures.notForced(book, e);
            }
        }
    }

    void closeAll() {
        new ArrayList<>(files.keySet()).forEach(this::close);
    }
}
