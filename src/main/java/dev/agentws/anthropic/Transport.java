package dev.agentws.anthropic;

import static java.util.Objects.requireNonNull;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import java.time.Clock;
import java.util.concurrent.Executor;
import java.util.function.DoubleSupplier;

/**
 * What the upstream client takes from the process it lives in. Immutable; its parts are shared by all event loops.
 *
 * @param sockets makes client sockets that fit the event loops
 * @param resolving runs name lookups, which block
 * @param clock for the dates in {@code retry-after}
 * @param random from 0 (inclusive) to 1 (exclusive), for the jitter of retries; thread-safe
 */
public record Transport(
        ChannelFactory<? extends Channel> sockets, Executor resolving, Clock clock, DoubleSupplier random) {
    public Transport {
        requireNonNull(sockets, "sockets");
        requireNonNull(resolving, "resolving");
        requireNonNull(clock, "clock");
        requireNonNull(random, "random");
    }
}
