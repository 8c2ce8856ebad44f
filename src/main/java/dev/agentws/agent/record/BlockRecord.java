package dev.agentws.agent.record;

import dev.agentws.agent.model.Block;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A record whose last field are blocks. Texts that stand in the book already are cut out, and a field says where each stands. */
final class BlockRecord {
    private static final byte[] CONTENT = ",\"content\":[".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] END = "]}".getBytes(StandardCharsets.US_ASCII);

    private final List<Block> blocks;
    private final ShownTexts.@Nullable Shown[] shown;

    BlockRecord(List<Block> blocks, @Nullable ShownTexts texts) {
        this.blocks = blocks;
        shown = new ShownTexts.Shown[blocks.size()];
        for (int i = 0; texts != null && i < shown.length; i++) {
            shown[i] = texts.in(blocks.get(i));
        }
    }

    /** @param head the fields before them, one JSON object with at least one */
    byte[] json(byte[] head) {
        byte[] places = places();
        int size = head.length - 1 + places.length + CONTENT.length + Math.max(0, shown.length - 1) + END.length;
        for (int i = 0; i < shown.length; i++) {
            size = Math.addExact(size, blocks.get(i).json().length - cut(i));
        }
        ByteBuffer all = ByteBuffer.allocate(size);
        all.put(head, 0, head.length - 1).put(places).put(CONTENT);
        for (int i = 0; i < shown.length; i++) {
            if (i > 0) {
                all.put((byte) ',');
            }
            put(i, all);
        }
        return all.put(END).array();
    }

    private int cut(int index) {
        ShownTexts.Shown text = shown[index];
        return text == null ? 0 : text.length();
    }

    private void put(int index, ByteBuffer to) {
        byte[] json = blocks.get(index).json();
        ShownTexts.Shown text = shown[index];
        int cutAt = text == null ? json.length : text.placeIn(json);
        to.put(json, 0, cutAt);
        int behind = cutAt + cut(index);
        to.put(json, behind, json.length - behind);
    }

    /** For each text that was cut out: which block it belongs to, the number of its first piece, and its length in bytes. */
    private byte[] places() {
        StringBuilder all = new StringBuilder();
        for (int i = 0; i < shown.length; i++) {
            ShownTexts.Shown text = shown[i];
            if (text != null) {
                all.append(all.isEmpty() ? ",\"shown\":[[" : ",[")
                        .append(i)
                        .append(',')
                        .append(text.first());
                all.append(',').append(text.length()).append(']');
            }
        }
        return (all.isEmpty() ? "" : all.append(']').toString()).getBytes(StandardCharsets.US_ASCII);
    }
}
