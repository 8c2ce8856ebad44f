package dev.agentws.websocket;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Further documents to serve, such as a console page or metrics. Thread-safe; called on event loops, never blocks. */
@FunctionalInterface
public interface PageSource {
    /** No documents. */
    PageSource NONE = (path, html) -> CompletableFuture.completedFuture(Optional.empty());

    /**
     * The document of a path. Asked for {@code /} only if a browser wants HTML, and for every path that the server does not know.
     *
     * @param path starts with a slash, decoded, without the query
     * @param html whether the client accepts {@code text/html}
     * @return completed on any thread; a failure is answered 500
     */
    CompletionStage<Optional<Page>> page(String path, boolean html);

    /**
     * A document. Its arrays are not changed after this.
     *
     * @param contentType such as {@code text/html; charset=utf-8}
     * @param gzipped the body once more, compressed, for clients that take it; null = never compressed
     * @param headers besides those that every answer has, names in lower case; an {@code etag} is compared with the one that the client has
     */
    record Page(String contentType, byte[] body, byte @Nullable [] gzipped, Map<String, String> headers) {
        /** A document that is made anew for each request. */
        public Page(String contentType, byte[] body) {
            this(contentType, body, null, Map.of());
        }
    }
}
