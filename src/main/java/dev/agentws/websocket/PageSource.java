package dev.agentws.websocket;

import java.util.Optional;

/** Further documents to serve, such as a console page or metrics. Thread-safe; called on event loops, never blocks. */
@FunctionalInterface
public interface PageSource {
    /** No documents. */
    PageSource NONE = (path, html) -> Optional.empty();

    /**
     * The document of a path. Asked for {@code /} only if a browser wants HTML, and for every path that the server does not know.
     *
     * @param path starts with a slash, decoded, without the query
     * @param html whether the client accepts {@code text/html}
     */
    Optional<Page> page(String path, boolean html);

    /**
     * A document.
     *
     * @param contentType such as {@code text/html; charset=utf-8}
     * @param body not changed after this
     */
    record Page(String contentType, byte[] body) {}
}
