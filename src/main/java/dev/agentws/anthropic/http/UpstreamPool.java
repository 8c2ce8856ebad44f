package dev.agentws.anthropic.http;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.netty.channel.EventLoop;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The connections of one event loop to the one upstream. The one used last is used next, so that the others grow old and go. There is no
 * limit to those in use: each carries one stream. Confined to the event loop.
 */
public final class UpstreamPool {
    private final Connector connector;
    private final EventLoop loop;
    private final int maxIdle;
    private final long lifeNanos;
    private final Set<UpstreamConnection> live = new HashSet<>();
    private final ArrayDeque<UpstreamConnection> idle = new ArrayDeque<>();
    private boolean sweeping;
    private boolean isClosed;

    /** What a caller gets; exactly one of the two is called, once, perhaps at once. */
    public interface Taker {
        void connected(UpstreamConnection connection);

        void refused(Throwable cause);
    }

    public UpstreamPool(Connector connector, EventLoop loop) {
        this.connector = connector;
        this.loop = loop;
        this.maxIdle = connector.settings().maxIdlePerLoop();
        this.lifeNanos = connector.settings().idleConnectionLife().toNanos();
    }

    /** @param fresh whether only a new connection will do */
    public void acquire(boolean fresh, Taker taker) {
        if (isClosed) {
            taker.refused(closed());
            return;
        }
        UpstreamConnection connection = fresh ? null : idle.pollLast();
        while (connection != null && !connection.isUsable()) {
            connection.close();
            connection = idle.pollLast();
        }
        if (connection != null) {
            taker.connected(connection);
        } else {
            connector.open(loop, this, taker);
        }
    }

    /** A new connection is up. */
    void opened(UpstreamConnection connection) {
        live.add(connection);
    }

    /** Takes a connection back that carries no exchange. */
    public void release(UpstreamConnection connection) {
        if (isClosed || !connection.isUsable()) {
            connection.close();
            return;
        }
        // A closed peer is only noticed while the socket is read.
        connection.setReading(true);
        connection.idleSince(loop.ticker().nanoTime());
        idle.addLast(connection);
        if (idle.size() > maxIdle) {
            idle.removeFirst().close();
        }
        sweepIn(lifeNanos);
    }

    /** A connection was closed, by whomever. */
    void gone(UpstreamConnection connection) {
        live.remove(connection);
        idle.remove(connection);
    }

    /** Closes all connections, used ones included, and opens no more. */
    public void close() {
        isClosed = true;
        idle.clear();
        List.copyOf(live).forEach(UpstreamConnection::close);
    }

    /** Why a closed pool refuses. */
    static IllegalStateException closed() {
        return new IllegalStateException("the client is closed");
    }

    public boolean isClosed() {
        return isClosed;
    }

    public int idleCount() {
        return idle.size();
    }

    private void sweepIn(long nanos) {
        if (!sweeping && !idle.isEmpty()) {
            sweeping = true;
            loop.schedule(this::sweep, nanos, NANOSECONDS);
        }
    }

    private void sweep() {
        sweeping = false;
        long now = loop.ticker().nanoTime();
        while (!idle.isEmpty() && now - idle.getFirst().idleSince() >= lifeNanos) {
            idle.removeFirst().close();
        }
        if (!idle.isEmpty()) {
            sweepIn(lifeNanos - (now - idle.getFirst().idleSince()));
        }
    }
}
