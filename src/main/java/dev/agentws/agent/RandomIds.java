package dev.agentws.agent;

import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Ids for production: secure randomness where an id must not be guessed, a counter behind a random start where it need not.
 * Thread-safe.
 */
public final class RandomIds implements IdSource {
    private final SecureRandom random = seeded();
    private final AtomicLong messages = new AtomicLong(random.nextLong() >>> 16 << 12);

    /** A generator that computes its bits: the default one reads a device at each call, which an event loop must not. */
    private static SecureRandom seeded() {
        try {
            return SecureRandom.getInstance("DRBG");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(
                    "SecureRandom DRBG: not in this JDK (expected: it is part of Java 9 and later)", e);
        }
    }

    @Override
    public String sessionId() {
        byte[] bits = new byte[16];
        random.nextBytes(bits);
        bits[6] = (byte) ((bits[6] & 0x0f) | 0x40);
        bits[8] = (byte) ((bits[8] & 0x3f) | 0x80);
        return new UUID(readLong(bits, 0), readLong(bits, 8)).toString();
    }

    @Override
    public String requestId() {
        byte[] bits = new byte[12];
        random.nextBytes(bits);
        return "perm_" + HexFormat.of().formatHex(bits);
    }

    @Override
    public String messageId() {
        return "msg_" + HexFormat.of().toHexDigits(messages.incrementAndGet());
    }

    private static long readLong(byte[] bytes, int at) {
        long value = 0;
        for (int i = at; i < at + 8; i++) {
            value = (value << 8) | (bytes[i] & 0xff);
        }
        return value;
    }
}
