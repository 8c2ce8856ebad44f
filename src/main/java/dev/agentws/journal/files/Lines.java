package dev.agentws.journal.files;

import dev.agentws.journal.Entry;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.CRC32C;

/** The lines of a round as bytes, in one buffer that is used again and again. For one thread. */
final class Lines {
    private static final int USUAL = 256 << 10;
    private static final ByteBuffer NOTHING = ByteBuffer.allocateDirect(0);
    private static final int MOST_KEPT = 8 * USUAL;
    private static final int LONGEST_NUMBER = 20;
    private static final byte[] GROUP = "{\"session\":\"".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] ENTRY = "\",\"entry\":".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] COUNT = ",\"lines\":".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] QUOTE = {'"'};
    private static final byte[] FORGET = "{\"forget\":\"".getBytes(StandardCharsets.US_ASCII);

    private final CRC32C crc = new CRC32C();
    private final byte[] digits = new byte[LONGEST_NUMBER];
    private final byte[] check = new byte[RecordLine.CHECK_LENGTH + 1];
    /** Outside the heap, from where the system takes it without a copy. */
    private ByteBuffer bytes = NOTHING;

    /**
     * Says in the log whose lines follow.
     *
     * @param entry how many entries the session has before them
     */
    void group(byte[] name, long entry, long count) {
        int start = size();
        put(GROUP);
        put(name);
        put(ENTRY);
        number(entry);
        put(COUNT);
        number(count);
        check(start);
    }

    /** Says in the log that nothing before it counts for this session. */
    void forget(byte[] name) {
        int start = size();
        put(FORGET);
        put(name);
        put(QUOTE);
        check(start);
    }

    void batch(List<Entry> batch) {
        int last = batch.size() - 1;
        for (int i = 0; i <= last; i++) {
            record(batch.get(i), i < last);
        }
    }

    private void record(Entry entry, boolean more) {
        int start = size();
        put(RecordLine.SEQ);
        number(entry.seq());
        put(RecordLine.KIND);
        String kind = entry.kind();
        room(kind.length());
        for (int i = 0; i < kind.length(); i++) {
            bytes.put((byte) kind.charAt(i));
        }
        put(RecordLine.DATA);
        put(entry.json());
        if (more) {
            put(RecordLine.MORE);
        }
        check(start);
    }

    private void check(int start) {
        crc.reset();
        crc.update(bytes.flip().position(start));
        bytes.limit(bytes.capacity());
        RecordLine.check((int) crc.getValue(), check, 0);
        put(check);
    }

    private void number(long number) {
        int at = LONGEST_NUMBER;
        long rest = number;
        do {
            digits[--at] = (byte) ('0' + rest % 10);
            rest /= 10;
        } while (rest > 0);
        room(LONGEST_NUMBER);
        bytes.put(digits, at, LONGEST_NUMBER - at);
    }

    /** What is ready. */
    void put(byte[] ready) {
        room(ready.length);
        bytes.put(ready);
    }

    private void room(int more) {
        if (bytes.remaining() < more) {
            int least = Math.addExact(size(), more);
            ByteBuffer larger = ByteBuffer.allocateDirect(Math.max(Math.max(USUAL, 2 * bytes.capacity()), least));
            bytes = larger.put(bytes.flip());
        }
    }

    int size() {
        return bytes.position();
    }

    /** All of them, good until the next is put down. */
    ByteBuffer buffer() {
        return bytes.duplicate().flip();
    }

    void clear() {
        bytes = bytes.capacity() > MOST_KEPT ? NOTHING : bytes.clear();
    }
}
