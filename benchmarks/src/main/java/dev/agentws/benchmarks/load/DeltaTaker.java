package dev.agentws.benchmarks.load;

import java.nio.charset.StandardCharsets;

/** Checks and counts the deltas of one connection. Confined to its loop. */
final class DeltaTaker {
    private final Scenario scenario;
    private final DeltaCheck check;
    private final Tally tally;
    private byte[] decoded = new byte[4096];
    private long countFrom;

    DeltaTaker(Scenario scenario, Tally tally) {
        this.scenario = scenario;
        this.check = new DeltaCheck(scenario.stream());
        this.tally = tally;
    }

    /** From now on, after what the scenario skips, latencies count. */
    void start() {
        countFrom = System.nanoTime() + scenario.skipMillis() * 1_000_000L;
    }

    int unit() {
        return check.unit();
    }

    /** Decodes the inside of a JSON string and returns its length, or -1. */
    int decode(byte[] bytes, MessageScan.Text text) {
        int raw = text.length();
        if (decoded.length < raw) {
            decoded = new byte[raw * 2];
        }
        if (text.escaped) {
            return JsonText.decode(bytes, text.from, text.to, decoded);
        }
        System.arraycopy(bytes, text.from, decoded, 0, raw);
        return raw;
    }

    /**
     * Takes a text that holds deltas: mostly one, more where a server puts several into a frame.
     *
     * @param now when it was read
     * @param expected whether text of this kind was asked for
     */
    void take(LoadSession session, byte[] bytes, MessageScan.Text content, long now, boolean expected) {
        int length = decode(bytes, content);
        if (!expected || length <= 0 || length % check.unit() != 0) {
            tally.wrong.increment();
            tally.error("piece: " + shown(length) + " (expected: whole deltas of the kind asked for)");
            return;
        }
        if (session.received == 0) {
            tally.record(tally.firstDelta, now - session.promptAt);
        }
        for (int at = 0; at < length; at += check.unit()) {
            if (!check.holds(decoded, at, session.received)) {
                tally.wrong.increment();
                tally.error(
                        "delta: " + shown(length) + " (expected: number " + Long.toHexString(session.received) + ")");
                // Goes on from there, so that one lost delta does not make all that follow look wrong.
                session.received = Math.max(0, DeltaCheck.number(decoded, at));
            } else if (now >= countFrom) {
                tally.record(tally.latency, DeltaCheck.age(decoded, at, now));
            }
            session.received++;
            tally.deltas.increment();
        }
    }

    /** The turn of a session is over. */
    void endTurn(LoadSession session) {
        if (session.received != scenario.stream().deltas()) {
            tally.error("turn: " + session.received + " deltas (expected: "
                    + scenario.stream().deltas() + ")");
        }
        tally.streams.countDown();
    }

    private String shown(int length) {
        return new String(decoded, 0, Math.min(Math.max(0, length), 200), StandardCharsets.UTF_8);
    }
}
