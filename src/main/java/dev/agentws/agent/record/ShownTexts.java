package dev.agentws.agent.record;

import dev.agentws.agent.event.EscapedText;
import dev.agentws.agent.event.PieceKind;
import dev.agentws.agent.event.SessionEvent.MessageDone;
import dev.agentws.agent.model.Block;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What of a session's texts is in its book already, piece by piece, so that neither the frame that closes a message nor what goes back to
 * the model has them a second and a third time. Read again by {@link StoredTexts}. Confined to the session's loop.
 */
final class ShownTexts {
    /** Since the last message of the conversation was written down. */
    private final List<Shown> texts = new ArrayList<>(1);
    /** Bytes of all pieces. */
    private long total;

    private String messageId = "";
    private long messageFirst;
    private long messageFrom;
    private long messageTo;

    /** A text whose pieces stand in the book one behind the other. */
    static final class Shown {
        private final EscapedText text;
        private final long first;
        private final long from;
        private long to;

        private Shown(EscapedText text, long first, long from, int length) {
            this.text = text;
            this.first = first;
            this.from = from;
            this.to = from + length;
        }

        /** The number of its first piece. */
        long first() {
            return first;
        }

        int length() {
            return text.length();
        }

        /** Where it begins in the JSON of its block. */
        int placeIn(byte[] json) {
            return text.placeIn(json);
        }

        private boolean isWhole() {
            return to - from == text.length();
        }
    }

    /**
     * Pieces were written down as one record.
     *
     * @param first the number of the first of them
     */
    void pieces(PieceKind kind, String message, EscapedText text, long first, int length) {
        Shown last = texts.isEmpty() ? null : texts.get(texts.size() - 1);
        if (last != null && last.text == text && last.to == total) {
            last.to += length;
        } else {
            texts.add(new Shown(text, first, total, length));
        }
        if (kind == PieceKind.TEXT && messageTo == total && messageId.equals(message)) {
            messageTo += length;
        } else if (kind == PieceKind.TEXT) {
            messageId = message;
            messageFirst = first;
            messageFrom = total;
            messageTo = total + length;
        }
        total += length;
    }

    /** The number of the first piece of a message that is there piece by piece; 0 if it is not. */
    long first(MessageDone message) {
        boolean whole = messageId.equals(message.messageId())
                && messageTo - messageFrom == message.text().length();
        return whole ? messageFirst : 0;
    }

    /** The text in the block, if all of it is there; otherwise null. */
    @Nullable
    Shown in(Block block) {
        for (Shown each : texts) {
            if (each.text.placeIn(block.json()) >= 0 && each.isWhole()) {
                return each;
            }
        }
        return null;
    }

    /** What follows is referred to by the next message of the conversation. */
    void said() {
        texts.clear();
    }
}
