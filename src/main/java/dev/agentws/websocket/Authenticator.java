package dev.agentws.websocket;

import dev.agentws.protocol.ClientMessage;
import dev.agentws.protocol.CloseReason;
import dev.agentws.protocol.Decoded;
import dev.agentws.protocol.ErrorCode;
import dev.agentws.websocket.TokenCheck.Verdict;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.util.ReferenceCountUtil;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stands in the pipeline until the client has proved that it may speak, then puts a {@link MessageReceiver} in its place. A token of the
 * upgrade request is tried first; if it is wrong, the client may still send {@code auth}. While a token is being checked, frames wait.
 * Confined to the connection's event loop.
 */
final class Authenticator extends ChannelInboundHandlerAdapter {
    static final String NO_KEY =
            "This server has no API key, so it refuses every connection; create the key file and connect again";

    private static final Logger LOG = LoggerFactory.getLogger(Authenticator.class);

    private final ListenerState listener;
    private final FrameHandler frames;
    private final MessageBudget budget;
    private final Outbox outbox;
    private @Nullable String upgradeToken;
    private State state = State.WAITING;
    /** The token of the upgrade was wrong. */
    private boolean refusedOnce;

    private boolean counted;

    Authenticator(
            ListenerState listener,
            FrameHandler frames,
            MessageBudget budget,
            Outbox outbox,
            @Nullable String upgradeToken) {
        this.listener = listener;
        this.frames = frames;
        this.budget = budget;
        this.outbox = outbox;
        this.upgradeToken = upgradeToken;
    }

    /** Begins; called once nothing of HTTP is left, while frames are held. */
    void start(ChannelHandlerContext ctx) {
        String token = upgradeToken;
        upgradeToken = null;
        if (!listener.config().authEnabled()) {
            admit(ctx, token != null, "anybody");
            return;
        }
        frames.deadline(listener.config().deadlines().auth().toNanos(), this::timeOut);
        if (token == null) {
            waitForToken();
        } else {
            check(ctx, token, true);
        }
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        state = State.DONE;
        if (counted) {
            counted = false;
            listener.counts().leaveWaiting();
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        try {
            if (state != State.WAITING) {
                return;
            }
            if (!(msg instanceof TextWebSocketFrame text)) {
                end(CloseReason.UNSUPPORTED_DATA);
            } else if (!budget.takeMessage()) {
                end(CloseReason.TOO_MANY_MESSAGES);
            } else {
                first(ctx, listener.reader().read(text.content()));
            }
        } finally {
            ReferenceCountUtil.release(msg);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        LOG.error("{}: unexpected fault before authentication, closing", ctx.channel(), cause);
        end(CloseReason.INTERNAL_ERROR);
    }

    private void first(ChannelHandlerContext ctx, Decoded decoded) {
        if (decoded instanceof Decoded.Message message && message.message() instanceof ClientMessage.Auth auth) {
            check(ctx, PresentedToken.clean(auth.token()), false);
            return;
        }
        String problem = decoded instanceof Decoded.Rejected rejected ? " (" + rejected.message() + ")" : "";
        fail(ErrorCode.AUTH_REQUIRED, "Authentication required: the first message must be auth" + problem, null);
    }

    private void check(ChannelHandlerContext ctx, String token, boolean ofUpgrade) {
        FailedTokens failed = listener.failedTokens();
        boolean locked = !failed.allows(ctx.channel().remoteAddress());
        if (locked && !failed.tryLook()) {
            tooMany();
            return;
        }
        state = State.CHECKING;
        frames.hold();
        ask(token).whenComplete((verdict, fault) -> {
            if (locked) {
                failed.looked();
            }
            if (fault != null) {
                LOG.warn("{}: token check failed", ctx.channel(), fault);
            }
            Verdict found = fault != null || verdict == null ? Verdict.REJECTED : verdict;
            if (ctx.executor().inEventLoop()) {
                judged(ctx, found, ofUpgrade, locked);
            } else {
                ctx.executor().execute(() -> judged(ctx, found, ofUpgrade, locked));
            }
        });
    }

    private CompletionStage<Verdict> ask(String token) {
        try {
            return listener.services().tokens().check(token);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private void judged(ChannelHandlerContext ctx, Verdict verdict, boolean ofUpgrade, boolean locked) {
        if (state != State.CHECKING) {
            // Timed out or gone meanwhile.
            return;
        }
        switch (verdict) {
            case ACCEPTED -> admit(ctx, true, "key");
            case NO_KEY -> fail(ErrorCode.AUTH_REQUIRED, NO_KEY, null);
            case REJECTED -> {
                listener.meters().tokensRefused.increment();
                listener.failedTokens().failed(ctx.channel().remoteAddress());
                if (locked) {
                    tooMany();
                } else if (ofUpgrade) {
                    refusedOnce = true;
                    waitForToken();
                } else {
                    fail(ErrorCode.INVALID_TOKEN, "Invalid token", null);
                }
            }
        }
    }

    private void tooMany() {
        fail(
                ErrorCode.RATE_LIMITED,
                "Too many failed tokens from this address",
                listener.failedTokens().retryAfterMs());
    }

    private void waitForToken() {
        state = State.WAITING;
        counted = listener.counts().tryWaitForToken();
        if (counted) {
            frames.resume(listener.config().messages().maxUnauthenticatedBytes());
        } else {
            end(CloseReason.TOO_MANY_CONNECTIONS);
        }
    }

    private void timeOut() {
        String why =
                refusedOnce ? "the token of the upgrade is wrong, and no other came in time" : "no valid token in time";
        fail(ErrorCode.AUTH_TIMEOUT, "Authentication required: " + why, null);
    }

    private void admit(ChannelHandlerContext ctx, boolean tell, String how) {
        state = State.DONE;
        frames.visit().letIn(how);
        frames.clearDeadline();
        if (tell) {
            outbox.text(MessageReceiver.authSuccess(ctx.alloc()));
        }
        MessageHandler handler;
        try {
            handler = listener.services().handlers().open(ctx.channel(), outbox);
        } catch (RuntimeException e) {
            LOG.error("{}: no handler for an authenticated connection", ctx.channel(), e);
            outbox.close(CloseReason.INTERNAL_ERROR);
            return;
        }
        ctx.pipeline()
                .replace(
                        this, ClientPipeline.MESSAGES, new MessageReceiver(listener.reader(), budget, outbox, handler));
        frames.resume(listener.config().messages().maxBytes());
    }

    private void fail(ErrorCode code, String message, @Nullable Long retryAfterMs) {
        outbox.error(code, message, null, ClientMessage.Kind.AUTH.wireName(), retryAfterMs);
        end(CloseReason.AUTHENTICATION_REQUIRED);
    }

    private void end(CloseReason reason) {
        state = State.DONE;
        outbox.close(reason);
    }

    private enum State {
        WAITING,
        CHECKING,
        DONE
    }
}
