package dev.agentws.websocket.session;

import dev.agentws.agent.Accepted;
import dev.agentws.agent.Prompt;
import dev.agentws.agent.Session;
import dev.agentws.agent.SessionPlaces;
import dev.agentws.agent.SessionRegistry;
import dev.agentws.agent.SessionServices.Workers;
import dev.agentws.agent.Waker;
import dev.agentws.agent.model.Block;
import dev.agentws.agent.options.ContentReader;
import dev.agentws.agent.options.SessionOptions.Invalid;
import dev.agentws.agent.options.SessionOptionsReader;
import dev.agentws.cluster.ClusterNode;
import dev.agentws.metrics.PromptWatch;
import dev.agentws.protocol.ClientMessage;
import dev.agentws.protocol.ClientMessage.CreateSession;
import dev.agentws.protocol.ClientMessage.ForkSession;
import dev.agentws.protocol.ClientMessage.LoadMessages;
import dev.agentws.protocol.ClientMessage.PermissionResponse;
import dev.agentws.protocol.ClientMessage.RenameSession;
import dev.agentws.protocol.ClientMessage.SendPrompt;
import dev.agentws.protocol.ClientMessage.SetModel;
import dev.agentws.protocol.ClientMessage.SetPermissionMode;
import dev.agentws.protocol.ClientMessage.Subscribe;
import dev.agentws.protocol.ErrorCode;
import dev.agentws.protocol.SessionFilter;
import dev.agentws.protocol.SessionSearch;
import dev.agentws.websocket.MessageHandler;
import dev.agentws.websocket.Outbox;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Acts upon one connection's messages: finds or makes the session and passes the wish on to the session's loop. Answers come back
 * through the outbox, in the order of the messages to one session. Confined to the connection's event loop.
 */
final class SessionDispatcher implements MessageHandler {
    /**
     * What every connection's dispatcher needs. Immutable; its parts are thread-safe.
     *
     * @param prompts is told of every prompt
     * @param node null when this process is alone
     * @param waker wakes sessions that sleep
     */
    record Services(
            SessionRegistry registry,
            SessionOptionsReader options,
            SessionPlaces places,
            Workers workers,
            PromptWatch prompts,
            @Nullable ClusterNode node,
            Waker waker) {}

    private final Outbox outbox;
    private final Services services;
    private final Steering steering;
    private final EverySession everySession;
    private final HistoryDesk history;
    private final SessionMaker maker;
    private final ForkDesk forks;
    private final ArchiveDesk archive;
    private final WakingDesk waking;
    private final @Nullable String traceParent;
    private final Views views;
    private boolean closed;

    /** @param traceParent of the connection, as W3C Trace Context writes it, or null */
    SessionDispatcher(Outbox outbox, Services services, @Nullable String traceParent) {
        this.traceParent = traceParent;
        this.outbox = outbox;
        this.services = services;
        this.everySession = new EverySession(outbox, services);
        this.history = new HistoryDesk(outbox);
        this.views = new Views(outbox, services.workers(), services.node(), new Elsewhere());
        this.maker = new SessionMaker(outbox, services, views::of, this::error, this::leaveIfClosed);
        this.archive = new ArchiveDesk(outbox, services, maker, this::error);
        this.waking = new WakingDesk(outbox, services.waker(), this::again, this::refused);
        this.forks = new ForkDesk(outbox, services, new ForkDesk.Ways(maker, views, waking), this::error);
        this.steering = new Steering(services.places(), this::error);
    }

    @Override
    public void onMessage(ClientMessage message) {
        switch (message.kind()) {
            case CREATE_SESSION -> create((CreateSession) message);
            case SEND_PROMPT -> prompt((SendPrompt) message);
            case INTERRUPT_SESSION ->
                withSession(((ClientMessage.InterruptSession) message).sessionId(), message, Session::interrupt);
            case PERMISSION_RESPONSE ->
                withSession(
                        ((PermissionResponse) message).sessionId(),
                        message,
                        session -> steering.answer(session, (PermissionResponse) message, services.workers()));
            case SET_PERMISSION_MODE -> {
                SetPermissionMode wish = (SetPermissionMode) message;
                withSession(wish.sessionId(), message, session -> steering.mode(session, wish));
            }
            case SET_MODEL -> {
                SetModel wish = (SetModel) message;
                withSession(wish.sessionId(), message, session -> steering.model(session, wish));
            }
            case END_SESSION ->
                withSession(((ClientMessage.EndSession) message).sessionId(), message, services.registry()::end);
            case SUBSCRIBE -> subscribe((Subscribe) message);
            case LOAD_MESSAGES -> load((LoadMessages) message);
            case RENAME_SESSION -> {
                RenameSession wish = (RenameSession) message;
                withSession(
                        wish.sessionId(), message, session -> session.choices().title(wish.title()));
            }
            case FORK_SESSION -> forks.begin((ForkSession) message, () -> onMessage(message));
            case LIST_SESSIONS -> list((ClientMessage.ListSessions) message);
            case KILL_ALL_AGENTS -> everySession.end();
            case RESUME_SESSION -> {
                if (!held(((ClientMessage.ResumeSession) message).sessionId(), message)) {
                    archive.resume((ClientMessage.ResumeSession) message);
                }
            }
            case AUTH, PING ->
                throw new IllegalArgumentException(message.kind() + ": answered by the connection itself");
        }
    }

    private void create(CreateSession message) {
        if (!held(message.sessionId(), message)) {
            maker.make(new SessionMaker.Wish(
                    message.sessionId(), message.options(), null, message.kind().wireName(), message.sessionId()));
        }
    }

    private void list(ClientMessage.ListSessions message) {
        SessionSearch search = message.search();
        if (search != null && search.status() == SessionFilter.ENDED) {
            archive.list(message, search);
        } else {
            everySession.list(search);
        }
    }

    private void load(LoadMessages message) {
        String id = message.sessionId();
        if (held(id, message)) {
            return;
        }
        if (!services.registry().has(id) && !views.reachFar()) {
            gone(message);
        } else {
            withSession(id, message, session -> history.load(session, message));
        }
    }

    /** There is no such session, or none that has not ended. */
    private void gone(LoadMessages message) {
        archive.load(message, stored -> history.load(stored, message));
    }

    /** Runs an action on the session's loop, after all that this connection has asked of the session before. */
    private void withSession(String id, ClientMessage message, Consumer<Session> action) {
        Session session = reach(id, message);
        if (session != null) {
            run(session, message, action);
        }
    }

    /** The session, if it is here and awake; it stays so until the message has been {@link #run}. Otherwise the message goes its way. */
    private @Nullable Session reach(String id, ClientMessage message) {
        if (held(id, message)) {
            return null;
        }
        Session session = enter(id);
        if (session == null && services.registry().has(id)) {
            waking.wake(id, message);
        } else if (session == null) {
            elsewhere(id, message);
        } else if (message.kind() != ClientMessage.Kind.SUBSCRIBE
                && !services.registry().holds(session)) {
            session.leave();
            String text = "Nothing can be written down just now; try again in a moment";
            error(ErrorCode.OVERLOADED, text, id, message.kind().wireName());
            return null;
        }
        return session;
    }

    private @Nullable Session enter(String id) {
        Session session = services.registry().find(id);
        return session != null && session.enter() ? session : null;
    }

    private void run(Session session, ClientMessage message, Consumer<Session> action) {
        session.execute(() -> {
            try {
                if (session.ended()) {
                    outbox.execute(() -> {
                        views.tooLate(session);
                        elsewhere(session.id(), message);
                    });
                } else {
                    action.accept(session);
                    if (message.kind() != ClientMessage.Kind.SEND_PROMPT) {
                        views.secure(session, message);
                    }
                }
            } finally {
                session.leave();
            }
        });
    }

    /** A message that waited for its session to wake. */
    private void again(ClientMessage message) {
        goOn(message);
        leaveIfClosed();
    }

    private void goOn(ClientMessage message) {
        if (message.kind() == ClientMessage.Kind.FORK_SESSION) {
            forks.start((ForkSession) message);
        } else {
            onMessage(message);
        }
    }

    /** A message that waited comes to nothing. */
    private void refused(ClientMessage message, ErrorCode code, String text, String id) {
        if (message.kind() == ClientMessage.Kind.FORK_SESSION) {
            forks.refuse((ForkSession) message, code, text);
        } else {
            error(code, text, id, message.kind().wireName());
        }
    }

    private void elsewhere(String id, ClientMessage message) {
        if (views.reachFar()) {
            views.ask(id, message);
        } else {
            notFound(id, message);
        }
    }

    /** What sessions of other nodes have to tell this connection. */
    private final class Elsewhere implements FarSession.Owner {
        @Override
        public void here(ClientMessage message) {
            goOn(message);
        }

        @Override
        public void refused(ClientMessage message, ErrorCode code, String text, String id) {
            SessionDispatcher.this.refused(message, code, text, id);
        }

        @Override
        public void error(ErrorCode code, @Nullable String message, @Nullable String sessionId, String type) {
            SessionDispatcher.this.error(code, message, sessionId, type);
        }

        @Override
        public void fork(ForkSession message) {
            forks.forkFar(message);
        }

        @Override
        public void gone(ClientMessage message, String id) {
            switch (message.kind()) {
                case LOAD_MESSAGES -> SessionDispatcher.this.gone((LoadMessages) message);
                case FORK_SESSION -> forks.notFound((ForkSession) message);
                default -> notFound(id, message);
            }
        }

        @Override
        public void forget(FarSession session) {
            views.forget(session);
        }
    }

    /** Whether the message waits for its session to be made, so that its answer, an error too, does not come before that. */
    private boolean held(@Nullable String id, ClientMessage message) {
        if (id != null && views.waits(id)) {
            views.ask(id, message);
            return true;
        }
        if (id != null && waking.holds(id, message)) {
            return true;
        }
        return maker.holds(id, () -> onMessage(message));
    }

    private void notFound(String id, ClientMessage message) {
        error(
                ErrorCode.SESSION_NOT_FOUND,
                "Session " + id + " not found",
                id,
                message.kind().wireName());
    }

    private void prompt(SendPrompt message) {
        if (held(message.sessionId(), message)) {
            return;
        }
        String type = message.kind().wireName();
        List<Block> content;
        try {
            content = ContentReader.userContent(message.content());
        } catch (Invalid e) {
            error(ErrorCode.INVALID_MESSAGE, e.getMessage(), message.sessionId(), type);
            return;
        }
        watch(message.sessionId(), message, subscription -> {
            Session session = subscription.session();
            subscription.attach();
            services.prompts().offered(session.id(), traceParent);
            Accepted accepted = session.prompt(new Prompt(content, message.promptId(), subscription, outbox.loop()));
            settle(accepted, subscription, message);
        });
    }

    private void settle(Accepted accepted, Subscription subscription, SendPrompt message) {
        Session session = subscription.session();
        if (accepted != Accepted.STARTED && accepted != Accepted.QUEUED) {
            services.prompts().refused(session.id());
        }
        if (accepted == Accepted.STARTED || accepted == Accepted.QUEUED || accepted == Accepted.UNDERWAY) {
            views.secure(session, message);
        }
        String type = message.kind().wireName();
        if (accepted == Accepted.BUSY) {
            String text = "Session " + session.id() + " is busy and its queue is full";
            error(ErrorCode.SESSION_BUSY, text, session.id(), type);
        } else if (accepted == Accepted.OVERLOADED) {
            String text = "Sessions cannot be written down fast enough just now; try again in a moment";
            error(ErrorCode.OVERLOADED, text, session.id(), type);
        } else if (accepted == Accepted.OVER) {
            String text = "Prompt " + message.promptId() + " was run before, and its result is no longer kept";
            subscription.showAgain(
                    session.resultOf(message.promptId()),
                    () -> error(ErrorCode.INVALID_MESSAGE, text, session.id(), type));
        }
    }

    private void subscribe(Subscribe message) {
        watch(message.sessionId(), message, subscription -> subscription.replay(message.afterSeq()));
    }

    /** The same as {@link #withSession} for what needs this connection's view of the session. */
    private void watch(String id, ClientMessage message, Consumer<Subscription> action) {
        Session session = reach(id, message);
        if (session != null) {
            Subscription view = views.of(session);
            run(session, message, same -> action.accept(view));
        }
    }

    /** Any thread. */
    private void error(ErrorCode code, @Nullable String message, @Nullable String sessionId, String type) {
        Runnable write = () -> outbox.error(code, String.valueOf(message), sessionId, type, null);
        if (outbox.loop().inEventLoop()) {
            write.run();
        } else {
            outbox.execute(write);
        }
    }

    @Override
    public void onWritabilityChanged(boolean writable) {
        views.writabilityChanged();
    }

    @Override
    public void onClosed() {
        closed = true;
        views.leaveAll();
    }

    private void leaveIfClosed() {
        if (closed) {
            views.leaveAll();
        }
    }
}
