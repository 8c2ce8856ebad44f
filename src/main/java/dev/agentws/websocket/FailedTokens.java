package dev.agentws.websocket;

import io.github.resilience4j.ratelimiter.RateLimiter;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How often each remote address has presented a wrong token lately, so that nobody can try keys at will. Thread-safe. Bounded: an
 * address that failed long ago, or when there are too many any other, makes room.
 */
final class FailedTokens {
    /** Addresses remembered at once; an attacker with more than these has more than a rate limit can hold. */
    static final int MAX_ADDRESSES = 10_000;

    private static final int LOOKED_AT_FOR_ROOM = 64;
    /** Tokens of locked addresses that are looked at at once: enough for the right one to pass, however many wrong ones come. */
    static final int LOOKS_AT_ONCE = 16;

    private final Map<Object, Failures> byAddress = new ConcurrentHashMap<>();
    private final RateGate gate;
    private final LongSupplier nanoTime;
    private final long periodNanos;
    private final AtomicInteger looks = new AtomicInteger();

    FailedTokens(WebSocketConfig.Rate rate, LongSupplier nanoTime) {
        this.gate = new RateGate(rate, nanoTime);
        this.nanoTime = nanoTime;
        this.periodNanos = rate.period().toNanos();
    }

    /** Whether the address may be wrong once more. If not, only the right token lets it in, and that in its turn: see {@link #tryLook}. */
    boolean allows(@Nullable SocketAddress remote) {
        Failures failures = byAddress.get(source(remote));
        return failures == null || failures.limiter.getMetrics().getAvailablePermissions() > 0;
    }

    /**
     * Whether a token of an address that is not allowed may be looked at all the same: others who share it, or came to know the key
     * meanwhile, must not be kept out by a flood. So floods cost a few checks at once and no more.
     *
     * @return true if {@link #looked} has to follow
     */
    boolean tryLook() {
        if (looks.incrementAndGet() <= LOOKS_AT_ONCE) {
            return true;
        }
        looks.decrementAndGet();
        return false;
    }

    void looked() {
        looks.decrementAndGet();
    }

    /** The address presented a wrong token. */
    void failed(@Nullable SocketAddress remote) {
        if (byAddress.size() >= MAX_ADDRESSES) {
            makeRoom();
        }
        Failures failures = byAddress.computeIfAbsent(source(remote), any -> new Failures(gate.limiter()));
        failures.lastNanos = nanoTime.getAsLong();
        failures.limiter.acquirePermission();
    }

    /** After how long an address that is not allowed is allowed again, at most. */
    long retryAfterMs() {
        return gate.retryAfterMs();
    }

    int size() {
        return byAddress.size();
    }

    // Looks at a few only: this runs on an event loop, at the pace of whoever floods it.
    private void makeRoom() {
        long now = nanoTime.getAsLong();
        int looked = 0;
        boolean room = false;
        for (Iterator<Failures> all = byAddress.values().iterator();
                all.hasNext() && looked < LOOKED_AT_FOR_ROOM;
                looked++) {
            if (now - all.next().lastNanos > periodNanos) {
                all.remove();
                room = true;
            }
        }
        if (!room) {
            Iterator<Failures> any = byAddress.values().iterator();
            if (any.hasNext()) {
                any.next();
                any.remove();
            }
        }
    }

    /** Whoever has an IPv6 address has its whole /64. A connection that broke already may have no address any more. */
    private static Object source(@Nullable SocketAddress remote) {
        if (remote == null) {
            return "unknown";
        }
        if (!(remote instanceof InetSocketAddress inet)) {
            // All who come by a Unix domain socket are one: the client chooses its own address, if it has one at all.
            return "local";
        }
        InetAddress address = inet.getAddress();
        if (!(address instanceof Inet6Address)) {
            return address;
        }
        byte[] network = address.getAddress();
        Arrays.fill(network, 8, 16, (byte) 0);
        try {
            return InetAddress.getByAddress(network);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("address: " + address + " (expected: 16 bytes)", e);
        }
    }

    private static final class Failures {
        final RateLimiter limiter;
        volatile long lastNanos;

        Failures(RateLimiter limiter) {
            this.limiter = limiter;
        }
    }
}
