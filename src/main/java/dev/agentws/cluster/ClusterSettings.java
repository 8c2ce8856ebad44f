package dev.agentws.cluster;

import java.time.Duration;

/**
 * How a node gets on with the others. Immutable.
 *
 * @param look how often it is looked for sessions whose owner is gone
 * @param calm how long the store has to answer before anything is taken up: longer than owners take to reach it again
 *     and to renew their leases
 * @param silence how long the store may not answer before this node counts as cut off
 * @param patience how long another node may take to answer; beyond the lease, so that a dead one is replaced meanwhile
 * @param maxSessions how many sessions all nodes together may have
 */
public record ClusterSettings(Duration look, Duration calm, Duration silence, Duration patience, int maxSessions) {
    /** Nodes try that often to reach a store that was away, so one may reach it that much later than another. */
    private static final Duration REACHED_BY_ALL = Duration.ofMillis(500);

    /** Fitting a lease: sessions of a dead node are found within a tenth of a second of its end. */
    public static ClusterSettings of(Duration lease, int maxSessions) {
        long look = Math.max(20, Math.min(100, lease.toMillis() / 20));
        return new ClusterSettings(
                Duration.ofMillis(look),
                lease.dividedBy(3).plus(REACHED_BY_ALL).plusMillis(look),
                lease,
                lease.multipliedBy(2).plusSeconds(5),
                maxSessions);
    }
}
