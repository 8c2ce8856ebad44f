package dev.agentws.simulator.rules;

import dev.agentws.simulator.api.ApiError;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The rules for headers. */
public final class HeaderRules {
    private static final Set<String> VERSIONS = Set.of("2023-06-01", "2026-10-21");
    private static final Set<String> BETAS = Set.of(
            "interleaved-thinking-2025-05-14",
            "context-1m-2025-08-07",
            "context-management-2025-06-27",
            "compact-2026-01-12",
            "compact-2026-09-04",
            "fast-mode-2026-02-01",
            "output-300k-2026-03-24",
            "advisor-tool-2026-03-01",
            "thinking-token-count-2026-05-13",
            "server-side-fallback-2026-07-01",
            "fallback-credit-2026-07-01",
            "mid-conversation-tool-changes-2026-07-01",
            "inline-tools-2026-09-15",
            "thinking-display-updates-2026-08-18",
            "mid-conversation-output-config-2026-07-01",
            "mid-conversation-system-clear-at-2026-08-21",
            "thinking-binding-controls-2026-08-01",
            "task-budgets-2026-03-13",
            "mcp-client-2025-11-20",
            "mcp-client-2026-09-15",
            "message-threads-2026-08-12",
            "model-context-window-exceeded-2025-08-26",
            "prompt-caching-2024-07-31",
            "pdfs-2024-09-25",
            "token-counting-2024-11-01",
            "token-efficient-tools-2025-02-19",
            "extended-cache-ttl-2025-04-11",
            "cache-diagnosis-2026-04-07",
            "claude-code-20250219",
            "oauth-2025-04-20",
            "adaptive-thinking-2026-01-28",
            "prompt-caching-scope-2026-01-05",
            "advanced-tool-use-2025-11-20",
            "effort-2025-11-24");

    private HeaderRules() {}

    public static @Nullable ApiError check(HttpHeaders headers) {
        String bearer = headers.get("authorization", "");
        boolean hasBearer = bearer.regionMatches(true, 0, "Bearer ", 0, 7)
                && !bearer.substring(7).isBlank();
        if (!hasBearer && headers.get("x-api-key", "").isBlank()) {
            return new ApiError(401, "authentication_error", "x-api-key header is required");
        }
        String version = headers.get("anthropic-version");
        if (version == null) {
            return ApiError.invalid("anthropic-version: header is required");
        }
        if (!VERSIONS.contains(version)) {
            return ApiError.invalid("anthropic-version: \"" + version + "\" is not a valid version");
        }
        for (String beta : betas(headers)) {
            if (!BETAS.contains(beta)) {
                return ApiError.invalid("Unexpected value(s) `" + beta
                        + "` for the `anthropic-beta` header. Please consult our documentation at"
                        + " docs.anthropic.com or try again without the header.");
            }
        }
        return null;
    }

    /** The header may be a list with commas, or come several times. */
    static Set<String> betas(HttpHeaders headers) {
        Set<String> betas = new LinkedHashSet<>();
        for (String line : headers.getAll("anthropic-beta")) {
            for (String beta : line.split(",", -1)) {
                if (!beta.isBlank()) {
                    betas.add(beta.strip());
                }
            }
        }
        return betas;
    }
}
