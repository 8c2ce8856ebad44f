package dev.agentws.journal.files;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Which sessions have a book just now, and what sessions left that could not be moved out of the log when theirs was closed. Thread-safe. */
final class OpenBooks {
    private final Map<String, FileBook> books = new ConcurrentHashMap<>();
    private final Map<String, Tail> left = new ConcurrentHashMap<>();

    /** @return the book that the session has already; null when it is now this one */
    @Nullable
    FileBook reserve(FileBook book) {
        return books.putIfAbsent(book.sessionId(), book);
    }

    void remove(FileBook book) {
        books.remove(book.sessionId(), book);
    }

    void each(Consumer<FileBook> visitor) {
        books.values().forEach(visitor);
    }

    void leave(Tail tail) {
        left.put(tail.sessionId(), tail);
    }

    boolean hasLeft(String sessionId) {
        return left.containsKey(sessionId);
    }

    /** For the book that goes on with it; null when all is where it belongs. */
    @Nullable
    Tail takeLeft(String sessionId) {
        return left.remove(sessionId);
    }

    void settled(Tail tail) {
        left.remove(tail.sessionId(), tail);
    }

    void clear() {
        books.clear();
        left.clear();
    }
}
