package dev.agentws.journal.redis;

import dev.agentws.journal.Cluster;
import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisConnectionStateAdapter;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Who waits for a hint on which channel. After a lost connection everybody is told, because hints are not kept. Thread-safe. */
final class Watches {
    private static final Logger LOG = LoggerFactory.getLogger(Watches.class);

    private final StatefulRedisPubSubConnection<String, byte[]> connection;
    private final Map<String, Set<Watcher>> watching = new ConcurrentHashMap<>();

    Watches(StatefulRedisPubSubConnection<String, byte[]> connection) {
        this.connection = connection;
        connection.addListener(new RedisPubSubAdapter<String, byte[]>() {
            @Override
            public void message(String channel, byte[] message) {
                String text = new String(message, StandardCharsets.UTF_8);
                watching.getOrDefault(channel, Set.of()).forEach(each -> tell(each, text));
            }

            @Override
            public void subscribed(String channel, long count) {
                // Between asking and this, and while the connection was away, hints were lost.
                watching.getOrDefault(channel, Set.of()).forEach(each -> tell(each, null));
            }
        });
        connection.addListener(new RedisConnectionStateAdapter() {
            @Override
            public void onRedisConnected(RedisChannelHandler<?, ?> handler, SocketAddress address) {
                // Also what could not be asked for while it was away.
                watching.forEach((channel, each) -> {
                    connection.async().subscribe(channel);
                    each.forEach(watcher -> tell(watcher, null));
                });
            }
        });
    }

    /** @param changed is told what was published; null when that may have been missed */
    Cluster.Watch add(String channel, Consumer<@Nullable String> changed) {
        Watcher mine = new Watcher(changed);
        watching.compute(channel, (name, known) -> {
            Set<Watcher> all = known == null ? ConcurrentHashMap.newKeySet() : known;
            all.add(mine);
            return all;
        });
        // Only now, so that the answer finds the watcher; asked again for one more watcher it does no harm.
        connection.async().subscribe(channel);
        return () -> remove(channel, mine);
    }

    private void remove(String channel, Watcher mine) {
        watching.computeIfPresent(channel, (name, known) -> {
            known.remove(mine);
            if (known.isEmpty()) {
                connection.async().unsubscribe(name);
                return null;
            }
            return known;
        });
    }

    private static void tell(Watcher watcher, @Nullable String published) {
        try {
            watcher.changed.accept(published);
        } catch (RuntimeException e) {
            LOG.error("a watcher of the journal failed", e);
        }
    }

    /** By identity, so that the same task may watch twice. */
    private static final class Watcher {
        final Consumer<@Nullable String> changed;

        Watcher(Consumer<@Nullable String> changed) {
            this.changed = changed;
        }
    }

    void close() {
        watching.clear();
        connection.closeAsync();
    }
}
