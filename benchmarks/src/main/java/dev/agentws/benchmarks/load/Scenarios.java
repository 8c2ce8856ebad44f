package dev.agentws.benchmarks.load;

import dev.agentws.benchmarks.load.Scenario.Link;
import dev.agentws.benchmarks.load.Scenario.Mode;
import dev.agentws.benchmarks.load.Scenario.Stream;
import java.util.List;

/** The loads that can be asked for. */
final class Scenarios {
    /** So many that the processor time of a good relay is more than a few ticks of the kernel's clock. */
    private static final int FLOOD = 10_000;

    private static final int PACE = 20_000;
    private static final int PAD = 80;

    /** In the order in which they are run; those that need a fresh process last. */
    static final List<Scenario> ALL = List.of(
            flood("S1", "64 streams, one delta per write", deltas(FLOOD, 0, 1), 64),
            flood("S1b", "64 streams catching up, 64 deltas per write", deltas(FLOOD, 0, 64), 64),
            flood("TXT-escaped", "S1 with text full of JSON escapes", text("escape"), 64),
            flood("TXT-cjk", "S1 with Chinese and Japanese text", text("cjk"), 64),
            flood("THINK", "S1 with thinking deltas", new Stream(FLOOD / 2, 0, 0, 1, "ascii", true), 64),
            paced("S2q", "100 streams, a delta every 20 ms each", 100, 1, 250),
            paced("S2h", "500 streams, a delta every 20 ms each", 500, 1, 300),
            paced("M1", "10 sockets of 50 sessions, a delta every 20 ms each", 10, 50, 300),
            flood("S1", "", deltas(FLOOD, 0, 1), 64).over("S1-tls", "S1 from an upstream with TLS", Link.TLS),
            flood("S1", "", deltas(FLOOD, 0, 1), 64)
                    .over("S1-h2", "S1 from an upstream with TLS and HTTP/2", Link.TLS_HTTP_2),
            new Scenario("S3", "idle connections", Mode.IDLE, 4000, 1, 0, deltas(1, 0, 1), 0, 60),
            new Scenario(
                    "S4",
                    "a client that stops reading for 10 s",
                    Mode.STALL,
                    1,
                    1,
                    1,
                    new Stream(200_000, 0, 1000, 1, "ascii", false),
                    0,
                    10));

    private Scenarios() {}

    /** What a target does before it is measured. */
    static Scenario warmUp(int deltas) {
        return flood("warm-up", "as S1", deltas(deltas, 0, 1), 64);
    }

    /** Makes a fresh process serve its first streams before its memory is looked at. */
    static Scenario fewDeltas() {
        return flood("first", "two short streams", deltas(200, 0, 1), 2);
    }

    private static Stream deltas(int count, int paceMicros, int burst) {
        return new Stream(count, paceMicros, 0, burst, "ascii", false);
    }

    private static Stream text(String script) {
        return new Stream(FLOOD / 2, 0, PAD, 1, script, false);
    }

    private static Scenario flood(String name, String what, Stream stream, int connections) {
        return new Scenario(name, what, Mode.STREAM, connections, 1, 1, stream, 0, 90);
    }

    private static Scenario paced(String name, String what, int connections, int sessions, int count) {
        return new Scenario(name, what, Mode.STREAM, connections, sessions, 1, deltas(count, PACE, 1), 1000, 30);
    }
}
