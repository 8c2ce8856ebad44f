package dev.agentws.anthropic;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import dev.agentws.agent.model.ModelFailure;
import dev.agentws.agent.model.ModelListener;
import dev.agentws.agent.model.ModelRequest;
import dev.agentws.agent.model.ModelStream;
import dev.agentws.anthropic.http.UpstreamPool;
import dev.agentws.anthropic.http.UpstreamRequest;
import dev.agentws.anthropic.http.UpstreamStream;
import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One model call: its attempts and the waits between them. Either it waits for a connection, or an attempt is under way, or it waits to
 * try again, or it is over. Confined to the session's event loop.
 */
final class ModelCall implements ModelStream, UpstreamPool.Taker {
    private static final Logger log = LoggerFactory.getLogger(ModelCall.class);

    private final Upstream upstream;
    private final UpstreamPool pool;
    private final EventLoop loop;
    private final ModelRequest request;
    private final CallListener listener;
    private @Nullable Attempt attempt;
    private @Nullable Future<?> wait;
    private int retries;
    private boolean paused;
    private boolean over;

    ModelCall(Upstream upstream, UpstreamPool pool, EventLoop loop, ModelRequest request, ModelListener listener) {
        this.upstream = upstream;
        this.pool = pool;
        this.loop = loop;
        this.request = request;
        this.listener = new CallListener(listener);
    }

    /** Takes a connection and sends the request. Does nothing once the call is over. */
    void start() {
        if (!over) {
            pool.acquire(false, this);
        }
    }

    @Override
    public void connected(UpstreamStream stream) {
        if (over) {
            stream.release();
            return;
        }
        ByteBuf body = null;
        UpstreamRequest written;
        try {
            body = upstream.body().write(request, stream.alloc());
            written = upstream.head().before(upstream.body().headers(request), body);
        } catch (RuntimeException e) {
            // The message may quote the prompt: it goes to nobody, and the log gets the kind of error only.
            log.warn("request not written: {}", e.getClass().getName());
            if (body != null) {
                body.release();
            }
            stream.release();
            end(Failures.unwritable());
            return;
        }
        Attempt next = new Attempt(this, stream, loop);
        attempt = next;
        if (paused) {
            next.pause();
        }
        next.send(written);
    }

    @Override
    public void refused(Throwable cause) {
        log.debug("no connection to {}", upstream.endpoint().authority(), cause);
        failed(Failures.unreachable(upstream.endpoint(), cause));
    }

    Upstream upstream() {
        return upstream;
    }

    CallListener listener() {
        return listener;
    }

    /** The connection had been closed by the peer while it was idle: that is nobody's failure. */
    void again() {
        attempt = null;
        if (!over) {
            pool.acquire(true, this);
        }
    }

    void completed() {
        attempt = null;
        over = true;
        listener.onComplete();
    }

    /** An attempt failed; the fault says whether another one makes sense. */
    void failed(Fault fault) {
        attempt = null;
        if (over) {
            return;
        }
        ModelFailure failure = fault.failure();
        Duration delay = fault.retryable() && !pool.isClosed()
                ? upstream.retries().waitBefore(retries, failure.retryAfter())
                : null;
        if (delay == null) {
            end(failure);
            return;
        }
        retries++;
        // Its words may quote the prompt.
        log.debug("retry {} in {} after {}, status {}", retries, delay, failure.kind(), failure.status());
        wait = loop.schedule(this::start, delay.toNanos(), NANOSECONDS);
        listener.onRetry(retries, delay, failure);
    }

    private void end(ModelFailure failure) {
        over = true;
        listener.onFailure(failure);
    }

    @Override
    public void pause() {
        paused = true;
        if (attempt != null) {
            attempt.pause();
        }
    }

    @Override
    public void resume() {
        paused = false;
        if (attempt != null) {
            attempt.resume();
        }
    }

    @Override
    public void cancel() {
        over = true;
        listener.close();
        if (wait != null) {
            wait.cancel(false);
        }
        if (attempt != null) {
            attempt.cancel();
            attempt = null;
        }
    }
}
