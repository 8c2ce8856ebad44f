package dev.agentws.agent.options;

import com.fasterxml.jackson.databind.JsonNode;
import dev.agentws.agent.options.SessionOptions.Invalid;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What pictures and documents in a prompt have to be, so that a bad one is refused by its name before a turn begins. */
final class MediaRules {
    private static final Set<String> PICTURES = Set.of("image/png", "image/jpeg", "image/gif", "image/webp");
    private static final Set<String> PICTURE_SOURCES = Set.of("base64", "url", "file");
    private static final Set<String> DOCUMENT_SOURCES = Set.of("base64", "text", "url", "content", "file");
    private static final int MOST_OF_A_PICTURE = 5 << 20;
    /** What the API takes of a whole request. */
    private static final int MOST_OF_A_DOCUMENT = 32 << 20;

    private static final int MOST_BLOCKS = 100;

    /** How the data of a type begins. */
    private static final String[][] BEGINNINGS = {
        {"image/png", "\u0089PNG\r\n(?s).*"},
        {"image/jpeg", "\u00ff\u00d8\u00ff(?s).*"},
        {"image/gif", "GIF8[79]a(?s).*"},
        {"image/webp", "(?s)RIFF.{4}WEBP.*"},
        {"application/pdf", "%PDF-(?s).*"}
    };

    private MediaRules() {}

    /** @throws Invalid naming the block and what was expected */
    static void check(JsonNode content) throws Invalid {
        int media = 0;
        for (int i = 0; i < content.size(); i++) {
            JsonNode block = content.get(i);
            String type = block.path("type").asText();
            String name = "content[" + i + "].source";
            if (type.equals("image")) {
                picture(name, block.path("source"));
                media++;
            } else if (type.equals("document")) {
                document(name, block.path("source"));
                media++;
            }
            if (media > MOST_BLOCKS) {
                throw new Invalid("content[" + i + "]: one more picture or document than " + MOST_BLOCKS
                        + " (expected: at most " + MOST_BLOCKS + " in a prompt)");
            }
        }
    }

    private static void picture(String name, JsonNode source) throws Invalid {
        String kind = kind(name, source, PICTURE_SOURCES);
        if (kind.equals("base64")) {
            mediaType(name, source, PICTURES);
            base64(name, source, MOST_OF_A_PICTURE);
        } else {
            place(name, kind, source);
        }
    }

    private static void document(String name, JsonNode source) throws Invalid {
        String kind = kind(name, source, DOCUMENT_SOURCES);
        switch (kind) {
            case "base64":
                mediaType(name, source, Set.of("application/pdf"));
                base64(name, source, MOST_OF_A_DOCUMENT);
                break;
            case "text":
                mediaType(name, source, Set.of("text/plain"));
                if (ContentReader.isBlank(text(name + ".data", source.get("data")))) {
                    throw new Invalid(name + ".data: empty (expected: some text)");
                }
                break;
            case "content":
                JsonNode content = source.path("content");
                if (content.isEmpty() && content.asText().isEmpty()) {
                    throw new Invalid(name + ".content: empty (expected: a string or content blocks)");
                }
                break;
            default:
                place(name, kind, source);
        }
    }

    private static String kind(String name, JsonNode source, Set<String> kinds) throws Invalid {
        if (!source.isObject()) {
            throw new Invalid(name + ": missing (expected: an object with a type)");
        }
        String kind = source.path("type").asText();
        if (!kinds.contains(kind)) {
            throw new Invalid(name + ".type: " + cut(kind) + " (expected: " + listed(kinds) + ")");
        }
        return kind;
    }

    private static void place(String name, String kind, JsonNode source) throws Invalid {
        if (kind.equals("file")) {
            text(name + ".file_id", source.get("file_id"));
            return;
        }
        String url = text(name + ".url", source.get("url"));
        if (!url.matches("(?i)https?://\\S+")) {
            throw new Invalid(name + ".url: " + cut(url) + " (expected: an address that begins with https://)");
        }
    }

    private static void mediaType(String name, JsonNode source, Set<String> allowed) throws Invalid {
        String type = text(name + ".media_type", source.get("media_type"));
        if (!allowed.contains(type)) {
            throw new Invalid(name + ".media_type: " + cut(type) + " (expected: " + listed(allowed) + ")");
        }
    }

    private static void base64(String name, JsonNode source, int mostBytes) throws Invalid {
        String data = text(name + ".data", source.get("data"));
        int length = data.length();
        int padding = data.endsWith("==") ? 2 : data.endsWith("=") ? 1 : 0;
        int bad = firstOutsideOfBase64(data, length - padding);
        if (bad >= 0) {
            throw new Invalid(name + ".data: not base64 at character " + (bad + 1)
                    + " (expected: base64 without line breaks and without a data: prefix)");
        }
        if (length == 0 || length % 4 != 0) {
            throw new Invalid(
                    name + ".data: " + length + " characters of base64 (expected: a multiple of four, padded with =)");
        }
        beginning(name, source, data);
        long bytes = length / 4 * 3L - padding;
        if (bytes > mostBytes) {
            throw new Invalid(name + ".data: " + bytes + " bytes (expected: at most " + mostBytes + ")");
        }
    }

    /** The API refuses what is not what it is called, in the middle of the turn. What cannot be told is left to it. */
    private static void beginning(String name, JsonNode source, String data) throws Invalid {
        byte[] first = Base64.getDecoder().decode(data.substring(0, Math.min(data.length(), 16)));
        String text = new String(first, StandardCharsets.ISO_8859_1);
        String told = source.path("media_type").asText();
        for (String[] known : BEGINNINGS) {
            if (Pattern.matches(known[1], text) && !told.equals(known[0])) {
                throw new Invalid(name + ".media_type: " + cut(told) + ", and the data is " + known[0] + " (expected: "
                        + known[0] + ")");
            }
        }
    }

    private static int firstOutsideOfBase64(String data, int end) {
        for (int i = 0; i < end; i++) {
            char c = data.charAt(i);
            boolean good =
                    (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '/';
            if (!good) {
                return i;
            }
        }
        return -1;
    }

    private static String text(String name, @Nullable JsonNode value) throws Invalid {
        if (value == null || !value.isTextual()) {
            throw new Invalid(name + ": not a string (expected: a string)");
        }
        return value.textValue();
    }

    private static String listed(Set<String> words) {
        return String.join(", ", new java.util.TreeSet<>(words));
    }

    private static String cut(String text) {
        return text.length() > 80 ? text.substring(0, 80) + "..." : text;
    }
}
