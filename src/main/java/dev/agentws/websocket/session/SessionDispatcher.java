package dev.agentws.websocket.session;

import dev.agentws.agent.Accepted;
import dev.agentws.agent.Prompt;
import dev.agentws.agent.Session;
import dev.agentws.agent.SessionPlaces;
import dev.agentws.agent.SessionPlaces.BadDirectory;
import dev.agentws.agent.SessionRegistry;
import dev.agentws.agent.SessionRegistry.Refusal;
import dev.agentws.agent.SessionRegistry.Slot;
import dev.agentws.agent.SessionServices.Workers;
import dev.agentws.agent.model.Block;
import dev.agentws.agent.options.ContentReader;
import dev.agentws.agent.options.SessionOptions;
import dev.agentws.agent.options.SessionOptions.Invalid;
import dev.agentws.agent.options.SessionOptionsReader;
import dev.agentws.agent.options.SessionPlace;
import dev.agentws.cluster.ClusterNode;
import dev.agentws.metrics.PromptWatch;
import dev.agentws.protocol.ClientMessage;
import dev.agentws.protocol.ClientMessage.CreateSession;
import dev.agentws.protocol.ClientMessage.PermissionResponse;
import dev.agentws.protocol.ClientMessage.SendPrompt;
import dev.agentws.protocol.ClientMessage.Subscribe;
import dev.agentws.protocol.ErrorCode;
import dev.agentws.websocket.MessageHandler;
import dev.agentws.websocket.Outbox;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
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
     */
    record Services(
            SessionRegistry registry,
            SessionOptionsReader options,
            SessionPlaces places,
            Workers workers,
            PromptWatch prompts,
            @Nullable ClusterNode node) {}

    private final Outbox outbox;
    private final Services services;
    private final Steering steering;
    private final EverySession everySession;
    private final @Nullable String traceParent;
    private final Views views;
    /** Messages for sessions whose options are still being held against the disk wait here. */
    private @Nullable Map<String, ArrayDeque<Runnable>> creating;

    private boolean closed;

    /** @param traceParent of the connection, as W3C Trace Context writes it, or null */
    SessionDispatcher(Outbox outbox, Services services, @Nullable String traceParent) {
        this.traceParent = traceParent;
        this.outbox = outbox;
        this.services = services;
        this.everySession = new EverySession(outbox, services.registry());
        this.steering = new Steering(services.places(), this::error);
        this.views = new Views(outbox, services.workers(), services.node(), new Elsewhere());
    }

    @Override
    public void onMessage(ClientMessage message) {
        switch (message.kind()) {
            case CREATE_SESSION:
                create((CreateSession) message);
                break;
            case SEND_PROMPT:
                prompt((SendPrompt) message);
                break;
            case INTERRUPT_SESSION:
                String interrupted = ((ClientMessage.InterruptSession) message).sessionId();
                withSession(interrupted, message, Session::interrupt);
                break;
            case PERMISSION_RESPONSE:
                withSession(
                        ((PermissionResponse) message).sessionId(),
                        message,
                        session -> steering.answer(session, (PermissionResponse) message));
                break;
            case SET_PERMISSION_MODE:
                String steered = ((ClientMessage.SetPermissionMode) message).sessionId();
                withSession(
                        steered, message, session -> steering.mode(session, (ClientMessage.SetPermissionMode) message));
                break;
            case SET_MODEL:
                String changed = ((ClientMessage.SetModel) message).sessionId();
                withSession(changed, message, session -> steering.model(session, (ClientMessage.SetModel) message));
                break;
            case END_SESSION:
                String ended = ((ClientMessage.EndSession) message).sessionId();
                withSession(ended, message, services.registry()::end);
                break;
            case SUBSCRIBE:
                subscribe((Subscribe) message);
                break;
            case LIST_SESSIONS:
                everySession.list();
                break;
            case KILL_ALL_AGENTS:
                everySession.end();
                break;
            case AUTH:
            case PING:
                throw new IllegalArgumentException(message.kind() + ": answered by the connection itself");
        }
    }

    private void create(CreateSession message) {
        if (held(message.sessionId(), message)) {
            return;
        }
        String type = message.kind().wireName();
        SessionOptions options;
        try {
            options = services.options().read(message.options());
        } catch (Invalid e) {
            error(ErrorCode.INVALID_OPTIONS, e.getMessage(), message.sessionId(), type);
            return;
        }
        Slot slot = services.registry().reserve(message.sessionId(), why -> refuse(why, message));
        if (slot == null) {
            return;
        }
        try {
            SessionPlace place = services.places().known(options);
            if (place != null && !services.registry().writesDown()) {
                open(slot, options, place);
            } else if (place != null) {
                hold(slot);
                claim(slot, options, place, message.sessionId());
            } else {
                look(slot, options, message.sessionId());
            }
        } catch (Invalid e) {
            services.registry().release(slot);
            error(ErrorCode.INVALID_OPTIONS, e.getMessage(), message.sessionId(), type);
        }
    }

    private void refuse(Refusal why, CreateSession message) {
        String id = message.sessionId();
        String type = message.kind().wireName();
        if (why == Refusal.EXISTS) {
            error(ErrorCode.SESSION_EXISTS, "Session " + id + " already exists", id, type);
        } else {
            String text = "The server holds as many sessions as it may ("
                    + services.registry().size() + "); end one first";
            error(ErrorCode.MAX_SESSIONS, text, id, type);
        }
    }

    private void open(Slot slot, SessionOptions options, SessionPlace place) {
        services.registry()
                .open(
                        slot,
                        options,
                        place,
                        session -> {
                            Subscription view = views.of(session);
                            view.began();
                            return view;
                        },
                        outbox.loop());
    }

    /** What comes for the session from now on waits until it is made. */
    private void hold(Slot slot) {
        Map<String, ArrayDeque<Runnable>> waiting = creating;
        if (waiting == null) {
            waiting = new HashMap<>();
            creating = waiting;
        }
        waiting.put(slot.id(), new ArrayDeque<>());
    }

    /** Opens the session once its book has begun, so that nobody is told of one that cannot be kept. */
    private void claim(Slot slot, SessionOptions options, SessionPlace place, @Nullable String wishedId) {
        services.registry().claim(slot, options, place, outbox.loop(), refusal -> {
            if (refusal == null) {
                looked(slot, () -> open(slot, options, place));
            } else if (refusal == Refusal.EXISTS) {
                String text = "Session " + slot.id() + " already exists";
                looked(slot, () -> abandon(slot, wishedId, ErrorCode.SESSION_EXISTS, text));
            } else if (refusal == Refusal.FULL) {
                String text = "All nodes together hold as many sessions as they may; end one first";
                looked(slot, () -> abandon(slot, wishedId, ErrorCode.MAX_SESSIONS, text));
            } else {
                String text = "The session cannot be written down just now, so it was not made";
                looked(slot, () -> abandon(slot, wishedId, ErrorCode.OVERLOADED, text));
            }
        });
    }

    /** Holds the options against the disk, which may block, on a worker. */
    private void look(Slot slot, SessionOptions options, @Nullable String wishedId) {
        hold(slot);
        try {
            services.workers().submit(() -> {
                Runnable outcome;
                try {
                    SessionPlace place = services.places().find(options);
                    outbox.execute(() -> claim(slot, options, place, wishedId));
                    return;
                } catch (Invalid e) {
                    outcome = () -> abandon(slot, wishedId, ErrorCode.INVALID_OPTIONS, e.getMessage());
                } catch (BadDirectory e) {
                    outcome = () -> abandon(slot, wishedId, ErrorCode.WORKING_DIRECTORY, e.getMessage());
                } catch (RuntimeException e) {
                    outcome = () -> abandon(slot, wishedId, ErrorCode.INTERNAL, "Internal error: " + e.getMessage());
                }
                Runnable settled = outcome;
                outbox.execute(() -> looked(slot, settled));
            });
        } catch (RejectedExecutionException e) {
            looked(
                    slot,
                    () -> abandon(slot, wishedId, ErrorCode.OVERLOADED, "The server is busy; try again in a moment"));
        }
    }

    private void looked(Slot slot, Runnable outcome) {
        outcome.run();
        Map<String, ArrayDeque<Runnable>> waiting = creating;
        ArrayDeque<Runnable> held = waiting == null ? null : waiting.remove(slot.id());
        if (held != null) {
            held.forEach(Runnable::run);
        }
        if (closed) {
            views.leaveAll();
        }
    }

    private void abandon(Slot slot, @Nullable String wishedId, ErrorCode code, @Nullable String message) {
        services.registry().release(slot);
        error(code, message, wishedId, ClientMessage.Kind.CREATE_SESSION.wireName());
    }

    /** Runs an action on the session's loop, after all that this connection has asked of the session before. */
    private void withSession(String id, ClientMessage message, Consumer<Session> action) {
        if (held(id, message)) {
            return;
        }
        Session session = services.registry().find(id);
        if (session == null) {
            elsewhere(id, message);
        } else if (message.kind() != ClientMessage.Kind.SUBSCRIBE
                && !services.registry().holds(session)) {
            String text = "Nothing can be written down just now; try again in a moment";
            error(ErrorCode.OVERLOADED, text, id, message.kind().wireName());
        } else {
            session.execute(() -> {
                if (session.ended()) {
                    outbox.execute(() -> elsewhere(id, message));
                } else {
                    action.accept(session);
                }
            });
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
            onMessage(message);
        }

        @Override
        public void error(ErrorCode code, @Nullable String message, @Nullable String sessionId, String type) {
            SessionDispatcher.this.error(code, message, sessionId, type);
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
        Map<String, ArrayDeque<Runnable>> waiting = creating;
        ArrayDeque<Runnable> held = waiting == null ? null : waiting.get(id);
        if (held == null) {
            return false;
        }
        held.add(() -> onMessage(message));
        return true;
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
        Session known = services.registry().find(id);
        Subscription view = known == null ? null : views.of(known);
        withSession(id, message, session -> {
            // While its options are looked at there is no session to view yet; its creator's view comes with it.
            action.accept(view != null && view.session() == session ? view : views.of(session));
        });
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
}
