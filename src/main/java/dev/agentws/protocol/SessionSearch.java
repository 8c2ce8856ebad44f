package dev.agentws.protocol;

import org.jspecify.annotations.Nullable;

/**
 * Which sessions somebody looks for, newest activity first. Immutable.
 *
 * @param cursor from the page before, or null for the first one
 * @param limit the most sessions of the page, at least 1
 * @param query what must occur in the title, the id, the directory or the first prompt, or null
 * @param status or null for all that have not ended
 */
public record SessionSearch(
        @Nullable String cursor,
        int limit,
        @Nullable String query,
        @Nullable SessionFilter status) {}
