package dev.agentws.agent.record;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The text of a turn that clients saw, as its records tell it. They are read only when somebody asks, because of nearly all turns nobody
 * does: they came to their end. Confined to one thread.
 */
final class ToldText {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    /** In the order in which clients saw them. */
    private final List<Told> told = new ArrayList<>();
    /** How many of these the conversation holds; kept because their message may still be open. */
    private int held;

    private @Nullable Read read;

    /** A record of pieces, or one that says that a message is whole. */
    private record Told(byte[] json, boolean whole) {}

    private record Read(@Nullable String openMessage, String openText, String owed) {}

    /** A record of pieces that followed each other. */
    void pieces(byte[] json) {
        add(new Told(json, false));
    }

    /** The frame of a message that is complete, or the record that takes its place when the pieces are there. */
    void message(byte[] json) {
        add(new Told(json, true));
    }

    private void add(Told next) {
        told.add(next);
        read = null;
    }

    /** The conversation holds all of it from here on. */
    void said() {
        int open = told.size();
        while (open > 0 && !told.get(open - 1).whole) {
            open--;
        }
        told.subList(0, open).clear();
        held = told.size();
        read = null;
    }

    /** What the conversation does not hold. */
    String owed() {
        return read().owed;
    }

    /** The message of which clients saw only a part, or null. */
    @Nullable
    String openMessage() {
        return read().openMessage;
    }

    /** That part, as the inside of a JSON string. */
    String openText() {
        return read().openText;
    }

    /** @throws UncheckedIOException for a record that is not what its kind says */
    private Read read() {
        Read known = read;
        if (known == null) {
            try {
                known = readNow();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            read = known;
        }
        return known;
    }

    private Read readNow() throws IOException {
        String message = null;
        StringBuilder text = new StringBuilder();
        StringBuilder owed = new StringBuilder();
        for (int i = 0; i < told.size(); i++) {
            JsonNode json = MAPPER.readTree(told.get(i).json);
            String content = json.path("content").asText();
            boolean whole = told.get(i).whole;
            // Of a message that came in pieces the frame only says that it is complete.
            if (i >= held && (whole ? message == null : isText(json))) {
                owed.append(content);
            }
            if (whole) {
                message = null;
                text.setLength(0);
            } else if (isText(json)) {
                message = json.path("message_id").asText();
                String escaped = MAPPER.writeValueAsString(content);
                text.append(escaped, 1, escaped.length() - 1);
            }
        }
        return new Read(message, text.toString(), owed.toString());
    }

    private static boolean isText(JsonNode pieces) {
        return pieces.path("kind").asText().equals("text");
    }
}
