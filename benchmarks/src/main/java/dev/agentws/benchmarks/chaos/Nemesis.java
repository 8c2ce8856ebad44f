package dev.agentws.benchmarks.chaos;

import java.io.IOException;
import java.io.PrintStream;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** Does one bad thing after the other, and waits after each until all clients see something again. For one thread. */
final class Nemesis {
    private static final long SETTLE_NANOS = TimeUnit.SECONDS.toNanos(20);
    private static final int LOOK_MS = 10;

    /** What comes after {@link Deed#OFF}: those who had been connected to that node see something again. */
    static final String BACK = "and within its reach again";

    /** What it can do, with how often of a hundred deeds that do harm it does it. */
    enum Deed {
        KILL("node killed", 50),
        FREEZE("node frozen past its lease", 10),
        REDIS("Redis killed", 10),
        OFF("Redis out of a node's reach", 8),
        CUT("connections cut", 15),
        THROTTLE("connections slowed down", 10),
        ROLL("restarted in a roll", 2);

        private final String words;
        private final int weight;

        Deed(String words, int weight) {
            this.words = words;
            this.weight = weight;
        }

        String words() {
            return words;
        }
    }

    private final Field field;
    private final List<ChaosClient> clients;
    private final Recovery recovery;
    private final Random random;
    private final PrintStream out;
    private final Set<Deed> only;
    private final Map<Deed, Integer> done = new EnumMap<>(Deed.class);
    private List<Deed> deck = new ArrayList<>();

    /** @param only what it may do; empty for all */
    Nemesis(Field field, List<ChaosClient> clients, Recovery recovery, Set<Deed> only, long seed, PrintStream out) {
        this.only = only;
        this.field = field;
        this.clients = clients;
        this.recovery = recovery;
        this.random = new Random(seed);
        this.out = out;
    }

    int count(Deed deed) {
        return done.getOrDefault(deed, 0);
    }

    /** The next bad thing, if there is any to be done. */
    void strike() throws IOException, InterruptedException {
        if (deck.isEmpty()) {
            for (Deed deed : Deed.values()) {
                boolean possible = field.redis() != null || !ofSeveral(deed);
                boolean wanted = possible && (only.isEmpty() || only.contains(deed));
                deck.addAll(Collections.nCopies(wanted ? deed.weight : 0, deed));
            }
            Collections.shuffle(deck, random);
            if (done.isEmpty() && deck.remove(Deed.KILL)) {
                // So that the shortest run has one.
                deck.add(Deed.KILL);
            }
        }
        if (deck.isEmpty()) {
            // None of what is wanted can be done to one node.
            return;
        }
        Deed deed = deck.remove(deck.size() - 1);
        int which = random.nextInt(field.nodes().size());
        NodeProcess node = field.nodes().get(which);
        long began = System.nanoTime();
        Instant at = Instant.now().truncatedTo(ChronoUnit.MILLIS);
        recovery.begins(deed.words());
        switch (deed) {
            case KILL -> {
                node.kill();
                node.start();
                settle(began);
                node.await();
            }
            case FREEZE -> {
                node.freeze(true);
                settle(began);
                waitUntil(began + TimeUnit.SECONDS.toNanos(2 * Field.LEASE_SECONDS));
                node.freeze(false);
                settle(System.nanoTime());
            }
            case REDIS -> redis(began);
            case OFF -> off(field.redisLines().get(which), began);
            case CUT -> {
                field.doors().forEach(FaultProxy::cut);
                settle(began);
            }
            case THROTTLE -> {
                field.doors().get(which).throttle(2);
                waitUntil(began + TimeUnit.MILLISECONDS.toNanos(1_500));
                field.doors().get(which).throttle(0);
                settle(System.nanoTime());
            }
            case ROLL -> roll();
        }
        done.merge(deed, 1, Integer::sum);
        out.printf(
                "%s %-28s %s  settled after %.1f s%n",
                at, deed.words(), deed == Deed.REDIS ? " " : node.name(), (System.nanoTime() - began) / 1e9);
    }

    private void redis(long began) throws IOException, InterruptedException {
        RedisProcess redis = field.redis();
        if (redis != null) {
            redis.kill();
            waitUntil(began + TimeUnit.MILLISECONDS.toNanos(200 + random.nextInt(1_500)));
            redis.start();
            settle(System.nanoTime());
        }
    }

    /** Longer than the lease. What was on its way arrives late, or never. */
    private void off(FaultProxy line, long began) throws InterruptedException {
        line.hold(true);
        waitUntil(began + TimeUnit.SECONDS.toNanos(2 * Field.LEASE_SECONDS));
        if (random.nextBoolean()) {
            line.cut();
        }
        recovery.begins(BACK);
        line.hold(false);
        settle(System.nanoTime());
    }

    private static boolean ofSeveral(Deed deed) {
        return deed == Deed.REDIS || deed == Deed.OFF || deed == Deed.FREEZE;
    }

    private void roll() throws IOException, InterruptedException {
        for (NodeProcess node : field.nodes()) {
            node.end();
            node.start();
            node.await();
        }
        settle(System.nanoTime());
    }

    private static void waitUntil(long nanos) throws InterruptedException {
        long left = nanos - System.nanoTime();
        if (left > 0) {
            TimeUnit.NANOSECONDS.sleep(left);
        }
    }

    /** Until all clients have seen something after that time, or long enough. */
    private void settle(long after) throws InterruptedException {
        long deadline = after + SETTLE_NANOS;
        while (System.nanoTime() < deadline
                && clients.stream().anyMatch(client -> !client.done() && client.lastFrame() < after + 50_000_000)) {
            TimeUnit.MILLISECONDS.sleep(LOOK_MS);
        }
    }
}
