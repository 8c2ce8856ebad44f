package dev.agentws.agent.record;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agentws.agent.model.Block;
import dev.agentws.agent.options.ContentReader;
import dev.agentws.journal.Entry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Texts as a book has them, piece by piece; what else has the same text refers to them, see {@link ShownTexts}. For one thread. */
final class StoredTexts {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final byte[] CONTENT = "\"content\":\"".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] FRAME = ",\"frame\":".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] LENGTH = ",\"length\":".getBytes(StandardCharsets.US_ASCII);
    private static final int END = "\"}".length();

    private final List<Entry> pieces = new ArrayList<>();

    /** Takes a record of pieces. Looked into only if something refers to it. */
    void add(Entry record) {
        pieces.add(record);
    }

    /** What was added is referred to no more. */
    void clear() {
        pieces.clear();
    }

    /**
     * So many bytes, the inside of a JSON string, from the piece of that number on; null when not all of them are here.
     *
     * @param first one that a record begins with
     */
    private byte @Nullable [] text(long first, int length) {
        byte[] text = new byte[length];
        int done = 0;
        for (Entry each : pieces) {
            if ((done > 0 || first(each) == first) && done < length) {
                byte[] json = each.json();
                int at = find(json, CONTENT, 0);
                if (at < 0) {
                    return null;
                }
                int count = Math.min(json.length - END - at, length - done);
                System.arraycopy(json, at, text, done, count);
                done += count;
            }
        }
        return done == length ? text : null;
    }

    /** The frame of a record that closes a message; null when not all of its text is here. */
    @Nullable
    Entry closing(Entry whole) {
        byte[] json = whole.json();
        int lengthAt = find(json, LENGTH, 0);
        int from = find(json, FRAME, 0);
        int at = from < 0 ? -1 : find(json, CONTENT, from);
        int length = at < 0 || lengthAt < 0 ? 0 : (int) number(json, lengthAt);
        byte[] text = length == 0 ? null : text(first(whole), length);
        if (text == null) {
            return null;
        }
        byte[] frame = new byte[json.length - 1 - from + length];
        System.arraycopy(json, from, frame, 0, at - from);
        System.arraycopy(text, 0, frame, at - from, length);
        System.arraycopy(json, at, frame, at - from + length, json.length - 1 - at);
        return new Entry(whole.seq(), RecordKind.FRAME.word(), frame);
    }

    /** The number of the first piece that the record is about, or refers to. */
    static long first(Entry record) {
        return number(record.json(), "{\"first\":".length());
    }

    /**
     * The blocks of a message of the conversation.
     *
     * @throws IOException when one has a text that is not here
     */
    List<Block> blocks(JsonNode record) throws IOException {
        JsonNode content = record.path("content");
        for (JsonNode shown : record.path("shown")) {
            int index = shown.path(0).asInt();
            byte[] text = text(shown.path(1).asLong(), shown.path(2).asInt());
            if (text == null || !(content.path(index) instanceof ObjectNode block)) {
                throw new IOException(
                        "said: block " + index + " has a text that is not there (expected: the pieces from "
                                + shown.path(1).asLong() + " on)");
            }
            block.set(block.path("type").asText().equals("thinking") ? "thinking" : "text", string(text));
        }
        List<Block> blocks = new ArrayList<>();
        content.forEach(each -> blocks.add(ContentReader.stored(each)));
        return blocks;
    }

    private static JsonNode string(byte[] inside) throws IOException {
        byte[] quoted = new byte[inside.length + 2];
        quoted[0] = '"';
        System.arraycopy(inside, 0, quoted, 1, inside.length);
        quoted[quoted.length - 1] = '"';
        return MAPPER.readTree(quoted);
    }

    /** Where the text of pieces begins: it is stored as it is shown, so it is not taken apart. */
    static int contentAt(byte[] json) {
        int at = find(json, CONTENT, 0);
        if (at < 0) {
            throw new IllegalArgumentException("pieces: without content");
        }
        return at;
    }

    /** @return the place behind the words, or -1 */
    private static int find(byte[] json, byte[] words, int from) {
        for (int i = from; i + words.length <= json.length; i++) {
            int same = 0;
            while (same < words.length && json[i + same] == words[same]) {
                same++;
            }
            if (same == words.length) {
                return i + same;
            }
        }
        return -1;
    }

    private static long number(byte[] json, int at) {
        long number = 0;
        for (int i = at; i < json.length && json[i] >= '0' && json[i] <= '9'; i++) {
            number = 10 * number + json[i] - '0';
        }
        return number;
    }
}
