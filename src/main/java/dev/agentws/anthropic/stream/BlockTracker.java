package dev.agentws.anthropic.stream;

import dev.agentws.agent.model.BlockKind;
import dev.agentws.agent.model.DeltaKind;
import dev.agentws.agent.model.ModelListener;
import io.netty.buffer.ByteBuf;
import io.netty.util.collection.IntObjectHashMap;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Turns the blocks of an upstream, which may overlap, share an index, change their kind or come unannounced, into blocks that are each
 * begun once, of one kind, and stopped once. Blocks are numbered anew in the order in which they begin, which is the upstream's own
 * order unless it errs. Confined to one thread.
 */
final class BlockTracker {
    private static final byte[] EMPTY_TEXT = ascii("{\"type\":\"text\",\"text\":\"\"}");
    private static final byte[] EMPTY_THINKING = ascii("{\"type\":\"thinking\",\"thinking\":\"\",\"signature\":\"\"}");

    private static final int NONE = -1;

    private final ModelListener listener;
    private final int maxBlocks;
    private final ToolIds toolIds = new ToolIds();
    private final IntObjectHashMap<Place> places = new IntObjectHashMap<>();
    private @Nullable Place latest;
    /** Where the last delta went, as long as nothing has begun or ended since: the next one nearly always goes there too. */
    private int recentBlock = NONE;

    private int recentIndex;
    private @Nullable DeltaKind recentKind;
    private String messageId = "";
    private int blocks;
    private boolean toolUse;

    BlockTracker(ModelListener listener, int maxBlocks) {
        this.listener = listener;
        this.maxBlocks = maxBlocks;
    }

    /** What invented tool ids are made from. */
    void messageId(String id) {
        messageId = id;
    }

    /** How many blocks have begun. */
    int begun() {
        return blocks;
    }

    /** Whether one of them is a call of a tool of ours. */
    boolean hasToolUse() {
        return toolUse;
    }

    void start(int upstreamIndex, BlockHead head) throws StreamFault {
        BlockKind kind = head.kind();
        Place place = place(upstreamIndex);
        byte[] json = kind == BlockKind.TOOL_USE ? toolIds.own(head, messageId) : head.json();
        begin(place, kind, json);
    }

    /**
     * Hands on a piece of a block's string, after beginning a block for it if there is none that takes it.
     *
     * @return false for a signature that belongs to no thinking
     */
    boolean delta(int upstreamIndex, DeltaKind kind, ByteBuf bytes, int offset, int length) throws StreamFault {
        if (recentBlock != NONE && recentIndex == upstreamIndex && recentKind == kind && length > 0) {
            listener.onDelta(recentBlock, kind, bytes, offset, length);
            return true;
        }
        Place place = place(upstreamIndex);
        Open block = place.taking(kind);
        if (block == null) {
            // some upstreams pad with empty pieces of the wrong kind: those must not begin anything
            if (length == 0) {
                return true;
            }
            if (kind == DeltaKind.SIGNATURE && place.other != null) {
                return false;
            }
            block = beginUnannounced(place, kind);
        }
        recentBlock = block.index;
        recentIndex = upstreamIndex;
        recentKind = kind;
        if (length > 0 || kind == DeltaKind.TOOL_INPUT) {
            listener.onDelta(block.index, kind, bytes, offset, length);
        }
        return true;
    }

    /** Hands on any other delta; one without a block has nothing it could change and is dropped. Says whether it was handed on. */
    boolean otherDelta(int upstreamIndex, byte[] json) {
        Place place = place(upstreamIndex);
        Open block = place.prose != null ? place.prose : place.other;
        if (block != null) {
            listener.onOtherDelta(block.index, json);
        }
        return block != null;
    }

    void stop(int upstreamIndex) {
        recentBlock = NONE;
        int index = resolve(upstreamIndex);
        Place place = places.remove(index);
        if (place != null) {
            latest = place == latest ? null : latest;
            stopInOrder(List.of(place));
        }
    }

    void stopAll() {
        recentBlock = NONE;
        List<Place> open = new ArrayList<>(places.values());
        places.clear();
        latest = null;
        stopInOrder(open);
    }

    private void stopInOrder(List<Place> stopped) {
        List<Open> open = new ArrayList<>();
        for (Place place : stopped) {
            if (place.prose != null) {
                open.add(place.prose);
            }
            if (place.other != null) {
                open.add(place.other);
            }
        }
        open.sort(Comparator.comparingInt(Open::index));
        for (Open block : open) {
            listener.onBlockStop(block.index);
        }
    }

    /** The place of that index, or a fresh one, which is not kept before a block begins there. */
    private Place place(int upstreamIndex) {
        recentBlock = NONE;
        int index = resolve(upstreamIndex);
        Place place = places.get(index);
        if (place == null) {
            return new Place(index);
        }
        latest = place;
        return place;
    }

    /** An event without an index means the block of the event before. */
    private int resolve(int upstreamIndex) {
        if (upstreamIndex != EventJson.NO_INDEX) {
            return upstreamIndex;
        }
        return latest == null ? 0 : latest.upstreamIndex;
    }

    private Open beginUnannounced(Place place, DeltaKind kind) throws StreamFault {
        return switch (kind) {
            case TEXT -> begin(place, BlockKind.TEXT, EMPTY_TEXT.clone());
            case THINKING, SIGNATURE -> begin(place, BlockKind.THINKING, EMPTY_THINKING.clone());
            case TOOL_INPUT -> begin(place, BlockKind.TOOL_USE, toolIds.unannounced(messageId));
        };
    }

    private Open begin(Place place, BlockKind kind, byte[] json) throws StreamFault {
        if (blocks >= maxBlocks) {
            throw new StreamFault("content blocks: more than " + maxBlocks + " (expected: at most " + maxBlocks + ")");
        }
        recentBlock = NONE;
        places.put(place.upstreamIndex, place);
        latest = place;
        Open block = new Open(blocks++, kind);
        Open replaced = place.put(block);
        if (replaced != null) {
            listener.onBlockStop(replaced.index);
        }
        toolUse |= kind == BlockKind.TOOL_USE;
        listener.onBlockStart(block.index, kind, json);
        return block;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private record Open(int index, BlockKind kind) {}

    /**
     * What is open at one index of the upstream: text or thinking, and beside it a tool call or anything else, because some upstreams
     * send a call's index with text and go on with the call afterwards.
     */
    private static final class Place {
        private final int upstreamIndex;
        private @Nullable Open prose;
        private @Nullable Open other;

        Place(int upstreamIndex) {
            this.upstreamIndex = upstreamIndex;
        }

        /** Puts a block into its slot; returns the one it takes it from. */
        @Nullable
        Open put(Open block) {
            boolean isProse =
                    switch (block.kind) {
                        case TEXT, THINKING, REDACTED_THINKING -> true;
                        case TOOL_USE, TOOL_RESULT, COMPACTION, OTHER -> false;
                    };
            Open replaced = isProse ? prose : other;
            if (isProse) {
                prose = block;
            } else {
                other = block;
            }
            return replaced;
        }

        /** The open block that a delta of that kind belongs to. */
        @Nullable
        Open taking(DeltaKind kind) {
            if (kind == DeltaKind.TOOL_INPUT) {
                return other;
            }
            BlockKind wanted = kind == DeltaKind.TEXT ? BlockKind.TEXT : BlockKind.THINKING;
            return prose != null && prose.kind == wanted ? prose : null;
        }
    }
}
