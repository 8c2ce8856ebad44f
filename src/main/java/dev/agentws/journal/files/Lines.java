package dev.agentws.journal.files;

import dev.agentws.journal.Entry;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;

/** The lines of a round as bytes, in one buffer that is used again and again. For one thread. */
final class Lines {
    private static final int USUAL = 256 << 10;
    private static final int LONGEST_NUMBER = 20;
    private static final byte[] GROUP = "{\"session\":\"".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] ENTRY = "\",\"entry\":".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] COUNT = ",\"lines\":".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] FORGET = "{\"forget\":\"".getBytes(StandardCharsets.US_ASCII);

    private final CRC32C crc = new CRC32C();
    private byte[] bytes = new byte[USUAL];
    private int size;

    /**
     * Says in the log whose lines follow.
     *
     * @param entry how many entries the session has before them
     */
    void group(byte[] name, long entry, long count) {
        int start = size;
        put(GROUP, 0, GROUP.length);
        put(name, 0, name.length);
        put(ENTRY, 0, ENTRY.length);
        number(entry);
        put(COUNT, 0, COUNT.length);
        number(count);
        check(start);
    }

    /** Says in the log that nothing before it counts for this session. */
    void forget(byte[] name) {
        int start = size;
        put(FORGET, 0, FORGET.length);
        put(name, 0, name.length);
        room(1);
        bytes[size++] = '"';
        check(start);
    }

    void batch(List<Entry> batch) {
        int last = batch.size() - 1;
        for (int i = 0; i <= last; i++) {
            record(batch.get(i), i < last);
        }
    }

    private void record(Entry entry, boolean more) {
        int start = size;
        put(RecordLine.SEQ, 0, RecordLine.SEQ.length);
        number(entry.seq());
        put(RecordLine.KIND, 0, RecordLine.KIND.length);
        String kind = entry.kind();
        room(kind.length());
        for (int i = 0; i < kind.length(); i++) {
            bytes[size++] = (byte) kind.charAt(i);
        }
        put(RecordLine.DATA, 0, RecordLine.DATA.length);
        put(entry.json(), 0, entry.json().length);
        if (more) {
            put(RecordLine.MORE, 0, RecordLine.MORE.length);
        }
        check(start);
    }

    private void check(int start) {
        crc.reset();
        crc.update(bytes, start, size - start);
        room(RecordLine.CHECK_LENGTH + 1);
        RecordLine.check((int) crc.getValue(), bytes, size);
        size += RecordLine.CHECK_LENGTH + 1;
    }

    private void number(long number) {
        room(LONGEST_NUMBER);
        int digits = 1;
        for (long rest = number; rest >= 10; rest /= 10) {
            digits++;
        }
        long rest = number;
        for (int at = size + digits - 1; at >= size; at--) {
            bytes[at] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        size += digits;
    }

    /** Lines that are ready. */
    void put(byte[] from, int offset, int length) {
        room(length);
        System.arraycopy(from, offset, bytes, size, length);
        size += length;
    }

    private void room(int more) {
        if (bytes.length - size < more) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, Math.addExact(size, more)));
        }
    }

    int size() {
        return size;
    }

    /** All of them, good until the next is put down. */
    byte[] bytes() {
        return bytes;
    }

    ByteBuffer buffer() {
        return ByteBuffer.wrap(bytes, 0, size);
    }

    void clear() {
        size = 0;
        if (bytes.length > 8 * USUAL) {
            bytes = new byte[USUAL];
        }
    }
}
