package dev.agentws.console;

import dev.agentws.websocket.PageSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Serves the console: the page at {@code /} and what it is made of below {@code /console/}. Everything is read and compressed once, when
 * the first browser asks, on the executor. Thread-safe.
 */
public final class ConsolePages implements PageSource {
    private final Executor executor;
    private @Nullable CompletableFuture<Map<String, Page>> files;

    /** @param executor may block; is used once */
    public ConsolePages(Executor executor) {
        this.executor = executor;
    }

    @Override
    public CompletionStage<Optional<Page>> page(String path, boolean html) {
        boolean page = path.equals("/") ? html : path.startsWith(ConsoleFiles.FOLDER);
        return page
                ? files().thenApply(found -> Optional.ofNullable(found.get(path)))
                : CompletableFuture.completedFuture(Optional.empty());
    }

    private synchronized CompletableFuture<Map<String, Page>> files() {
        if (files == null) {
            files = CompletableFuture.supplyAsync(ConsoleFiles::pages, executor);
        }
        return files;
    }
}
