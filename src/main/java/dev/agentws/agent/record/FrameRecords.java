package dev.agentws.agent.record;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import dev.agentws.agent.event.EscapedText;
import dev.agentws.agent.event.LogReader;
import dev.agentws.agent.event.MessageText;
import dev.agentws.agent.event.PieceKind;
import dev.agentws.agent.event.SessionEvent;
import dev.agentws.agent.event.SessionEvent.MessageDone;
import dev.agentws.journal.Entry;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Turns what the event log holds into records: an event is one, pieces that follow each other are one together, with the length of each,
 * so that a client who comes back in their midst gets exactly the rest. Used for one session after the other; for one thread.
 */
final class FrameRecords implements LogReader {
    private static final int LONGEST_NUMBER = 20;
    private static final int MOST_KEPT = 64 << 10;
    private static final byte[] FIRST = ascii("{\"first\":");
    private static final byte[] TEXT = ascii(",\"kind\":\"text\",\"message_id\":\"");
    private static final byte[] THINKING = ascii(",\"kind\":\"thinking\",\"message_id\":\"");
    private static final byte[] SIZES = ascii("\",\"sizes\":[");
    private static final byte[] CONTENT = ascii("],\"content\":\"");
    private static final byte[] END = ascii("\"}");
    private static final byte[] LENGTH = ascii(",\"length\":");
    private static final byte[] END_OBJECT = {'}'};
    private static final byte[] EMPTY_FRAME = ascii(",\"frame\":");

    private final List<Entry> out = new ArrayList<>();
    /** What stands before the text of the pieces that are gathered. */
    private byte[] head = new byte[512];

    private int headLength;
    private @Nullable BookEntries book;
    private @Nullable EscapedText text;
    private @Nullable PieceKind kind;
    private String messageId = "";
    private long first;
    private long last;
    private long lastWanted;
    private int from;
    private int length;

    private static byte[] ascii(String words) {
        return words.getBytes(StandardCharsets.US_ASCII);
    }

    /** From now on for this session. */
    void begin(BookEntries of) {
        book = of;
        last = 0;
        text = null;
        out.clear();
    }

    /** A record that is no frame. */
    void add(Entry entry) {
        out.add(entry);
    }

    /** @param seq the number of the last event to turn into a record */
    void upTo(long seq) {
        lastWanted = seq;
    }

    /** All records of the session since it began. */
    List<Entry> take() {
        List<Entry> all = out.size() == 1 ? List.of(out.get(0)) : List.copyOf(out);
        out.clear();
        if (head.length > MOST_KEPT) {
            head = new byte[MOST_KEPT];
        }
        return all;
    }

    @Override
    public void onEvent(long seq, SessionEvent event) {
        finish();
        out.add(event instanceof MessageDone message ? closing(seq, message) : frame(seq, event));
        last = seq;
    }

    private Entry frame(long seq, SessionEvent event) {
        return new Entry(seq, RecordKind.FRAME.word(), book().frame(seq, event));
    }

    private Entry closing(long seq, MessageDone message) {
        long firstPiece = book().shown().first(message);
        if (firstPiece == 0) {
            return frame(seq, message);
        }
        headLength = 0;
        put(FIRST);
        number(firstPiece);
        put(LENGTH);
        number(message.text().length());
        put(EMPTY_FRAME);
        put(book().frame(seq, new MessageDone(message.messageId(), new MessageText())));
        put(END_OBJECT);
        return new Entry(seq, RecordKind.WHOLE.word(), Arrays.copyOf(head, headLength));
    }

    private BookEntries book() {
        return Objects.requireNonNull(book);
    }

    @Override
    public void onPieces(long seq, PieceKind pieceKind, String message, EscapedText block, int offset, int count) {
        boolean goesOn = text == block && kind == pieceKind && from + length == offset && messageId.equals(message);
        if (goesOn) {
            room(1);
            head[headLength++] = ',';
        } else {
            finish();
            text = block;
            kind = pieceKind;
            messageId = message;
            from = offset;
            length = 0;
            open(seq);
        }
        number(count);
        length += count;
        last = seq;
    }

    private void open(long seq) {
        first = seq;
        headLength = 0;
        put(FIRST);
        number(first);
        put(kind == PieceKind.TEXT ? TEXT : THINKING);
        text(messageId);
        put(SIZES);
    }

    /** Writes the pieces that are gathered, if any. */
    void finish() {
        EscapedText block = text;
        if (block == null) {
            return;
        }
        put(CONTENT);
        byte[] json = Arrays.copyOf(head, headLength + length + END.length);
        block.copyTo(json, headLength, from, length);
        System.arraycopy(END, 0, json, headLength + length, END.length);
        out.add(new Entry(last, RecordKind.PIECES.word(), json));
        book().shown().pieces(Objects.requireNonNull(kind), messageId, block, first, length);
        text = null;
    }

    /** As the inside of a JSON string; ids are plain nearly always, and then nothing is made on the way. */
    private void text(String value) {
        room(value.length());
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c < ' ' || c > '~' || c == '"' || c == '\\') {
                headLength -= i;
                put(JsonStringEncoder.getInstance().quoteAsUTF8(value));
                return;
            }
            head[headLength++] = (byte) c;
        }
    }

    private void put(byte[] bytes) {
        room(bytes.length);
        System.arraycopy(bytes, 0, head, headLength, bytes.length);
        headLength += bytes.length;
    }

    private void number(long number) {
        room(LONGEST_NUMBER);
        int digits = 1;
        for (long rest = number; rest >= 10; rest /= 10) {
            digits++;
        }
        long rest = number;
        for (int at = headLength + digits - 1; at >= headLength; at--) {
            head[at] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        headLength += digits;
    }

    private void room(int more) {
        if (head.length - headLength < more) {
            head = Arrays.copyOf(head, Math.max(2 * head.length, Math.addExact(headLength, more)));
        }
    }

    @Override
    public boolean merged() {
        return false;
    }

    @Override
    public boolean wantsMore() {
        return last < lastWanted;
    }
}
