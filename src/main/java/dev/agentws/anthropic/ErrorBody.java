package dev.agentws.anthropic;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.agentws.anthropic.http.HttpText;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the body of a refusal says, whoever wrote it: the API, another server of its kind, or a proxy with a page of HTML. Immutable.
 *
 * @param type such as {@code overloaded_error}, or null
 * @param message on one line, without control characters and mark-up; empty if there is none
 * @param code {@code error.details.error_code}, or null
 * @param requestId or null
 */
record ErrorBody(
        @Nullable String type,
        String message,
        @Nullable String code,
        @Nullable String requestId) {
    private static final int MAX_MESSAGE = 1000;
    private static final int MAX_PLAIN = 200;
    private static final int MAX_WORD = 100;
    private static final JsonMapper JSON = new JsonMapper();
    private static final Pattern UNSEEN = Pattern.compile("(?is)<(script|style)\\b.*?(</\\1\\s*>|$)|<!--.*?(-->|$)");
    private static final Pattern TAG = Pattern.compile("<[^<>]*(>|$)");
    private static final Pattern SPACE = Pattern.compile("\\s+");

    static final ErrorBody NONE = new ErrorBody(null, "", null, null);

    /** Never fails. */
    static ErrorBody of(byte[] body) {
        try {
            JsonNode root = JSON.readTree(body);
            if (root != null && root.isObject()) {
                return of(root);
            }
        } catch (JsonProcessingException e) {
            // Not JSON: read as text below.
            return plain(body);
        } catch (IOException e) {
            // Bytes in memory have no I/O errors; bytes that are no character are reported this way.
            return plain(body);
        }
        return plain(body);
    }

    private static ErrorBody of(JsonNode root) {
        JsonNode error = root.path("error");
        JsonNode message = error.isTextual() ? error : error.path("message");
        if (!message.isTextual()) {
            message = root.path("message").isTextual() ? root.path("message") : root.path("detail");
        }
        return new ErrorBody(
                word(error.path("type")),
                cut(clean(message.asText("")), MAX_MESSAGE),
                word(error.path("details").path("error_code")),
                word(root.path("request_id")));
    }

    private static ErrorBody plain(byte[] body) {
        String text = new String(body, StandardCharsets.UTF_8);
        String seen = TAG.matcher(UNSEEN.matcher(text).replaceAll(" ")).replaceAll(" ");
        String bare = seen.replace('<', ' ').replace('>', ' ');
        return new ErrorBody(null, cut(clean(bare), MAX_PLAIN), null, null);
    }

    private static @Nullable String word(JsonNode node) {
        return node.isTextual() && !node.asText().isEmpty() ? cut(clean(node.asText()), MAX_WORD) : null;
    }

    private static String clean(String text) {
        return HttpText.printable(SPACE.matcher(text).replaceAll(" ").strip());
    }

    private static String cut(String text, int most) {
        if (text.length() <= most) {
            return text;
        }
        int end = Character.isHighSurrogate(text.charAt(most - 1)) ? most - 1 : most;
        return text.substring(0, end) + "...";
    }
}
