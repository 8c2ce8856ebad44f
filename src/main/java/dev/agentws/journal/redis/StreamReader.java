package dev.agentws.journal.redis;

import dev.agentws.journal.Entry;
import dev.agentws.journal.EntryReader;
import dev.agentws.journal.JournalException;
import dev.agentws.journal.JournalException.Reason;
import io.lettuce.core.Limit;
import io.lettuce.core.Range;
import io.lettuce.core.StreamMessage;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads a session's stream in pieces. Thread-safe; blocks. */
final class StreamReader {
    private static final int PIECE = 256;

    private final RedisLink link;

    StreamReader(RedisLink link) {
        this.link = link;
    }

    /** @param upTo the last entry wanted; null for the end as it is then */
    void read(String sessionId, long afterSeq, @Nullable StreamId upTo, EntryReader reader) throws JournalException {
        if (afterSeq == Long.MAX_VALUE) {
            return;
        }
        String stream = new RedisKeys(sessionId).stream();
        Range.Boundary<String> to =
                upTo == null ? Range.Boundary.unbounded() : Range.Boundary.including(upTo.toString());
        Range.Boundary<String> from = Range.Boundary.including(afterSeq < 0 ? "0-1" : (afterSeq + 1) + "-0");
        List<StreamMessage<String, byte[]>> piece;
        do {
            piece = link.await(link.commands().xrange(stream, Range.from(from, to), Limit.from(PIECE)));
            for (StreamMessage<String, byte[]> message : piece) {
                if (!reader.take(entry(sessionId, message))) {
                    return;
                }
                from = Range.Boundary.excluding(message.getId());
            }
        } while (piece.size() == PIECE);
    }

    private static Entry entry(String sessionId, StreamMessage<String, byte[]> message) throws JournalException {
        byte[] kind = message.getBody().get("k");
        byte[] json = message.getBody().get("d");
        if (kind == null || json == null) {
            throw new JournalException(
                    Reason.DAMAGED, "session " + sessionId + ": entry " + message.getId() + " is none of ours");
        }
        return new Entry(StreamId.parse(message.getId()).seq(), new String(kind, StandardCharsets.US_ASCII), json);
    }
}
