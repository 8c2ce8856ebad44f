package dev.agentws.agent.transcript;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import dev.agentws.agent.model.Block;
import dev.agentws.agent.model.BlockKind;
import java.io.IOException;
import java.util.List;

/** About how many tokens content takes that the model has not counted yet. */
public final class TokenEstimate {
    private static final int BYTES_PER_TOKEN = 4;
    /** A picture at the size the API scales it to. */
    private static final int TOKENS_OF_A_PICTURE = 1600;
    /** Below this, base64 and text do not differ enough to look. */
    private static final int SMALL = 4096;

    private static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxStringLength(Integer.MAX_VALUE)
                    .build())
            .build();

    private TokenEstimate() {}

    public static long of(List<Block> blocks) {
        long sum = 0;
        for (Block block : blocks) {
            sum += of(block);
        }
        return sum;
    }

    private static long of(Block block) {
        boolean mayHoldPictures = block.kind() == BlockKind.OTHER || block.kind() == BlockKind.TOOL_RESULT;
        int bytes = block.json().length;
        return mayHoldPictures && bytes > SMALL ? withoutData(block.json()) : bytes / BYTES_PER_TOKEN;
    }

    /** What stands in {@code data} is a picture or a document in base64, whose length says little. */
    private static long withoutData(byte[] json) {
        long bytes = json.length;
        long pictures = 0;
        try (JsonParser parser = JSON.createParser(json)) {
            while (parser.nextToken() != null) {
                if (parser.currentToken() == JsonToken.FIELD_NAME
                        && parser.currentName().equals("data")) {
                    long from = parser.currentLocation().getByteOffset();
                    parser.nextToken();
                    parser.finishToken();
                    bytes -= parser.currentLocation().getByteOffset() - from;
                    pictures++;
                }
            }
        } catch (IOException e) {
            return json.length / BYTES_PER_TOKEN;
        }
        return bytes / BYTES_PER_TOKEN + pictures * TOKENS_OF_A_PICTURE;
    }
}
