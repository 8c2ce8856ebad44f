package dev.agentws.agent.transcript;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.agentws.agent.model.BlockKind;
import java.io.IOException;

/** The text that a block already has at its start. Most upstreams begin a block empty; what another one sends there is not lost. */
public final class StartText {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final byte[] NONE = new byte[0];
    /** {@code {"type":"text","text":""}}: nothing longer, nothing to look for. */
    private static final int EMPTY_TEXT_START = 24;

    private StartText() {}

    /** The inside of a JSON string, often empty. */
    public static byte[] of(BlockKind kind, byte[] json) {
        boolean text = kind == BlockKind.TEXT;
        if (json.length <= EMPTY_TEXT_START || !(text || kind == BlockKind.THINKING)) {
            return NONE;
        }
        try {
            String value =
                    MAPPER.readTree(json).path(text ? "text" : "thinking").asText();
            return value.isEmpty() ? NONE : JsonStringEncoder.getInstance().quoteAsUTF8(value);
        } catch (IOException e) {
            return NONE;
        }
    }
}
