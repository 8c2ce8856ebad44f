package dev.agentws.journal.redis;

import dev.agentws.journal.Cluster;
import dev.agentws.journal.EntryReader;
import dev.agentws.journal.JournalException;
import dev.agentws.journal.JournalException.Reason;
import io.lettuce.core.KeyValue;
import io.lettuce.core.Limit;
import io.lettuce.core.Range;
import io.lettuce.core.SetArgs;
import io.lettuce.core.StreamMessage;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** {@link Cluster} in Redis: leases, a stream of commands per session, sets for limits, and published hints. Thread-safe. */
public final class RedisCluster implements Cluster {
    private static final int PIECE = 256;
    /** Leases that are looked at in one go. */
    private static final int LEASES = 1_000;

    private static final String OUTCOME_MILLIS = "60000";

    private final RedisJournalConfig config;
    private final RedisLink link;
    private final Predicate<String> owned;
    private final Predicate<String> leased;
    private final StreamReader reader;
    private final Watches watches;

    RedisCluster(RedisJournalConfig config, RedisLink link, Predicate<String> owned, Predicate<String> leased)
            throws JournalException {
        this.config = config;
        this.link = link;
        this.owned = owned;
        this.leased = leased;
        reader = new StreamReader(link);
        watches = new Watches(link.connectPubSub());
    }

    @Override
    public @Nullable String owner(String sessionId) throws JournalException {
        byte[] node = link.await(link.commands().get(new RedisKeys(sessionId).lease()));
        return node == null ? null : text(node);
    }

    @Override
    public boolean elsewhere(String sessionId) throws JournalException {
        String owner = owner(sessionId);
        return owner != null && !owner.equals(config.node());
    }

    @Override
    public boolean deserted(String sessionId) throws JournalException {
        byte[] fence = link.await(link.commands().hget(new RedisKeys(sessionId).meta(), "fence"));
        return fence != null && fence.length > 0 && owner(sessionId) == null;
    }

    @Override
    public List<String> unowned(long sinceMillis) throws JournalException {
        return withoutLease(
                link.await(link.commands().zrangebyscore(RedisKeys.CURRENT, Range.create(0L, sinceMillis))));
    }

    @Override
    public boolean current(String sessionId) throws JournalException {
        return link.await(link.commands().zscore(RedisKeys.CURRENT, RedisLink.bytes(sessionId))) != null;
    }

    @Override
    public long lastSeq(String sessionId) throws JournalException {
        byte[] last = link.await(link.commands().hget(new RedisKeys(sessionId).meta(), "last"));
        return last == null ? StreamId.NONE.seq() : StreamId.parse(text(last)).seq();
    }

    @Override
    public List<String> orphans() throws JournalException {
        return withoutLease(link.await(link.commands().smembers(RedisKeys.BUSY)));
    }

    /** Those of the sessions that no node owns. */
    private List<String> withoutLease(Collection<byte[]> sessions) throws JournalException {
        List<String> ids = sessions.stream().map(RedisCluster::text).toList();
        List<String> free = new ArrayList<>();
        for (int from = 0; from < ids.size(); from += LEASES) {
            List<String> piece = ids.subList(from, Math.min(ids.size(), from + LEASES));
            String[] leases =
                    piece.stream().map(id -> new RedisKeys(id).lease()).toArray(String[]::new);
            int next = 0;
            for (KeyValue<String, byte[]> lease : link.await(link.commands().mget(leases))) {
                String id = piece.get(next++);
                if (!lease.hasValue()) {
                    free.add(id);
                }
            }
        }
        return free;
    }

    @Override
    public boolean owns(String sessionId) {
        return owned.test(sessionId);
    }

    @Override
    public boolean leased(String sessionId) {
        return leased.test(sessionId);
    }

    @Override
    public Sent send(String sessionId, byte[] json) throws JournalException {
        RedisKeys keys = new RedisKeys(sessionId);
        List<Object> answer = link.await(
                Script.SEND,
                List.of(RedisKeys.CURRENT, keys.commands(), keys.lease(), RedisKeys.BUSY, keys.meta()),
                List.of(json, RedisLink.bytes(sessionId), RedisLink.bytes(RedisKeys.INBOX)));
        if (RedisLink.word(answer, 0).equals("none")) {
            throw new JournalException(Reason.NOT_FOUND, "session " + sessionId + ": not found");
        }
        return new Sent(
                RedisLink.word(answer, 1),
                StreamId.parse(RedisLink.word(answer, 2)).seq());
    }

    @Override
    public void commands(String sessionId, CommandReader taker) throws JournalException {
        String stream = new RedisKeys(sessionId).commands();
        Range<String> from = Range.unbounded();
        List<StreamMessage<String, byte[]>> piece;
        do {
            piece = link.await(link.commands().xrange(stream, from, Limit.from(PIECE)));
            for (StreamMessage<String, byte[]> message : piece) {
                byte[] json = message.getBody().getOrDefault("d", new byte[0]);
                if (!taker.take(message.getId(), json)) {
                    return;
                }
                from = Range.from(Range.Boundary.excluding(message.getId()), Range.Boundary.unbounded());
            }
        } while (piece.size() == PIECE);
    }

    @Override
    public void done(String sessionId, String commandId, byte[] outcome) throws JournalException {
        RedisKeys keys = new RedisKeys(sessionId);
        link.await(
                Script.DONE,
                List.of(keys.commands(), keys.outcome(commandId), keys.channel()),
                List.of(RedisLink.bytes(commandId), outcome, RedisLink.bytes(OUTCOME_MILLIS)));
    }

    @Override
    public byte @Nullable [] outcome(String sessionId, String commandId) throws JournalException {
        return link.await(link.commands().get(new RedisKeys(sessionId).outcome(commandId)));
    }

    @Override
    public Watch inbox(Consumer<@Nullable String> sessions) {
        return watches.add(RedisKeys.INBOX + config.node(), sessions);
    }

    @Override
    public void read(String sessionId, long afterSeq, EntryReader taker) throws JournalException {
        reader.read(sessionId, afterSeq, null, taker);
    }

    @Override
    public Watch watch(String sessionId, Runnable changed) {
        return watches.add(new RedisKeys(sessionId).channel(), published -> changed.run());
    }

    @Override
    public boolean admit(String limit, String sessionId, int most) throws JournalException {
        boolean admitted = counted(limit, sessionId, most);
        if (!admitted) {
            forgetTheDead(limit);
            admitted = counted(limit, sessionId, most);
        }
        return admitted;
    }

    private boolean counted(String limit, String sessionId, int most) throws JournalException {
        List<Object> answer = link.await(
                Script.ADMIT,
                List.of(RedisKeys.limit(limit)),
                List.of(RedisLink.bytes(sessionId), RedisLink.bytes(Integer.toString(most))));
        return RedisLink.word(answer, 0).equals("ok");
    }

    /** Sessions that no node has any more count no more: a node that died took nobody off the list. */
    private void forgetTheDead(String limit) throws JournalException {
        for (String id : withoutLease(link.await(link.commands().smembers(RedisKeys.limit(limit))))) {
            dismiss(limit, id);
        }
    }

    @Override
    public void dismiss(String limit, String sessionId) throws JournalException {
        link.await(link.commands().srem(RedisKeys.limit(limit), RedisLink.bytes(sessionId)));
    }

    @Override
    public void heartbeat(String address) throws JournalException {
        byte[] node = RedisLink.bytes(config.node());
        link.await(link.commands().sadd(RedisKeys.NODES, node));
        link.await(link.commands()
                .set(
                        RedisKeys.node(config.node()),
                        RedisLink.bytes(address),
                        SetArgs.Builder.px(config.lease().toMillis())));
    }

    @Override
    public Map<String, String> nodes() throws JournalException {
        Map<String, String> alive = new TreeMap<>();
        for (byte[] node : link.await(link.commands().smembers(RedisKeys.NODES))) {
            byte[] address = link.await(link.commands().get(RedisKeys.node(text(node))));
            if (address == null) {
                link.await(link.commands().srem(RedisKeys.NODES, node));
            } else {
                alive.put(text(node), text(address));
            }
        }
        return alive;
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    void close() {
        watches.close();
    }
}
