package dev.agentws.websocket;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * A key of which only the digest is kept, for implementers of {@link TokenCheck}. The time a comparison takes tells nothing about the
 * key, not even its length, because both sides are digests. Immutable.
 */
public final class TokenDigest {
    private final byte[] digest;

    private TokenDigest(byte[] digest) {
        this.digest = digest;
    }

    /** The digest of a key. */
    public static TokenDigest of(String key) {
        return new TokenDigest(sha256(key));
    }

    /** Whether the token is the key. */
    public boolean matches(String token) {
        return MessageDigest.isEqual(digest, sha256(token));
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256: missing (expected: part of every Java runtime)", e);
        }
    }
}
