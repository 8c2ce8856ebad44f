package dev.agentws.anthropic.http;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.netty.channel.EventLoop;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The connections of one event loop to the one upstream. Of HTTP/1.1: each carries one stream; the one used last is used next, so that the
 * others grow old and go; there is no limit to those in use. Of HTTP/2: the first with room takes the stream; another is opened when none
 * has any. Confined to the event loop.
 */
public final class UpstreamPool {
    private final Connector connector;
    private final EventLoop loop;
    private final int maxIdle;
    private final long lifeNanos;
    private final Set<UpstreamConnection> live = new HashSet<>();
    private final ArrayDeque<UpstreamConnection> idle = new ArrayDeque<>();
    private final List<SharedConnection> shared = new ArrayList<>();
    /** Who waits for the one connection that is on its way up and may be shared. */
    private final ArrayDeque<Taker> waiting = new ArrayDeque<>();

    /** Whether it is worth waiting for: the last answer to the offer of HTTP/2 was not a no. */
    private boolean sharing;

    private boolean opening;
    private boolean sweeping;
    private boolean isClosed;

    /** What a caller gets; exactly one of the two is called, once, perhaps at once. */
    public interface Taker {
        void connected(UpstreamStream stream);

        void refused(Throwable cause);
    }

    public UpstreamPool(Connector connector, EventLoop loop) {
        this.connector = connector;
        this.loop = loop;
        this.maxIdle = connector.settings().maxIdlePerLoop();
        this.lifeNanos = connector.settings().idleConnectionLife().toNanos();
        this.sharing = connector.settings().http2() != null;
    }

    HttpSettings settings() {
        return connector.settings();
    }

    /** @param fresh whether an idle connection, which the peer may have closed meanwhile, will not do */
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
        } else if (sharing) {
            waiting.add(taker);
            serveWaiting();
        } else {
            connector.open(loop, this, new Alone(taker));
        }
    }

    /** Gives room to those who wait for it; if there is not enough, another connection is opened. */
    private void serveWaiting() {
        for (int i = 0; i < shared.size() && !waiting.isEmpty(); ) {
            SharedConnection connection = shared.get(i);
            if (connection.hasRoom()) {
                waiting.remove().connected(connection.newStream());
            } else {
                i++;
            }
        }
        if (!waiting.isEmpty() && !opening) {
            opening = true;
            connector.open(loop, this, new ForAll());
        }
    }

    /** A connection that one taker waits for, because those of this server have not been shared. */
    private final class Alone implements Opening.Opened {
        private final Taker taker;

        Alone(Taker taker) {
            this.taker = taker;
        }

        @Override
        public void single(UpstreamConnection connection) {
            live.add(connection);
            taker.connected(connection);
        }

        @Override
        public void shared(SharedConnection connection) {
            sharing = true;
            waiting.addFirst(taker);
            add(connection);
        }

        @Override
        public void refused(Throwable cause) {
            taker.refused(cause);
        }
    }

    /** A connection that all who wait may share. */
    private final class ForAll implements Opening.Opened {
        @Override
        public void single(UpstreamConnection connection) {
            opening = false;
            sharing = false;
            Taker first = waiting.poll();
            if (first == null) {
                live.add(connection);
                release(connection);
                return;
            }
            List<Taker> others = takeWaiting();
            new Alone(first).single(connection);
            others.forEach(taker -> acquire(false, taker));
        }

        @Override
        public void shared(SharedConnection connection) {
            opening = false;
            add(connection);
        }

        @Override
        public void refused(Throwable cause) {
            opening = false;
            refuseWaiting(cause);
        }
    }

    private void add(SharedConnection connection) {
        if (isClosed) {
            connection.close();
            refuseWaiting(closed());
            return;
        }
        shared.add(connection);
        if (connection.hasRoom()) {
            serveWaiting();
        } else {
            refuseWaiting(new IllegalStateException("the server allows no streams"));
        }
    }

    private void refuseWaiting(Throwable cause) {
        takeWaiting().forEach(taker -> taker.refused(cause));
    }

    private List<Taker> takeWaiting() {
        List<Taker> all = List.copyOf(waiting);
        waiting.clear();
        return all;
    }

    /** Takes a connection back that carries no exchange. */
    void release(UpstreamConnection connection) {
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

    void gone(SharedConnection connection) {
        shared.remove(connection);
    }

    /** Closes all connections, used ones included, and opens no more. */
    public void close() {
        isClosed = true;
        idle.clear();
        List.copyOf(live).forEach(UpstreamConnection::close);
        List.copyOf(shared).forEach(SharedConnection::close);
        refuseWaiting(closed());
    }

    /** Why a closed pool refuses. */
    static IllegalStateException closed() {
        return new IllegalStateException("the client is closed");
    }

    public boolean isClosed() {
        return isClosed;
    }

    /** How many connections of HTTP/2 there are. */
    public int sharedCount() {
        return shared.size();
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
