package dev.agentws.anthropic.http;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Watches a connection: one that carries streams and is silent is asked for a sign of life and given up without one; one that carries none
 * is closed after its life. One timer, whatever goes on. Confined to the event loop.
 */
final class Pulse {
    private final EventLoop loop;
    private final SharedRules rules;
    private final long lifeNanos;
    private final Patient patient;
    private @Nullable Future<?> timer;
    private long lastReadNanos;
    private long idleSinceNanos;
    private boolean asked;

    /** What is watched. */
    interface Patient {
        boolean isInUse();

        void askForSign();

        void giveUp(String why);

        void retire();
    }

    Pulse(EventLoop loop, SharedRules rules, Duration life, Patient patient) {
        this.loop = loop;
        this.rules = rules;
        this.lifeNanos = life.toNanos();
        this.patient = patient;
    }

    void start() {
        read();
        idle();
        lookIn(0);
    }

    /** Something has come. */
    void read() {
        lastReadNanos = loop.ticker().nanoTime();
        asked = false;
    }

    /** The last stream is over. */
    void idle() {
        idleSinceNanos = loop.ticker().nanoTime();
    }

    void stop() {
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
    }

    private void lookIn(long nanos) {
        timer = loop.schedule(this::look, nanos, NANOSECONDS);
    }

    private void look() {
        long now = loop.ticker().nanoTime();
        long pingAfter = rules.pingAfter().toNanos();
        long silence = now - lastReadNanos;
        long idle = now - idleSinceNanos;
        if (!patient.isInUse()) {
            if (idle >= lifeNanos) {
                patient.retire();
            } else {
                lookIn(Math.min(lifeNanos - idle, pingAfter));
            }
        } else if (silence < pingAfter) {
            lookIn(pingAfter - silence);
        } else if (asked) {
            patient.giveUp("no sign of life for " + silence / 1_000_000 + " ms");
        } else {
            asked = true;
            patient.askForSign();
            lookIn(rules.pingTimeout().toNanos());
        }
    }
}
