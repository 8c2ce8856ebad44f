package dev.agentws.websocket.session;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agentws.agent.Fork;
import dev.agentws.agent.Session;
import dev.agentws.agent.SessionPlaces.BadDirectory;
import dev.agentws.agent.SessionRegistry.Refusal;
import dev.agentws.agent.SessionRegistry.Slot;
import dev.agentws.agent.options.SessionOptions;
import dev.agentws.agent.options.SessionOptions.Invalid;
import dev.agentws.agent.options.SessionPlace;
import dev.agentws.protocol.ErrorCode;
import dev.agentws.websocket.Outbox;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Makes one connection's new sessions. What comes for a session meanwhile waits. Confined to the connection's event loop. */
final class SessionMaker {
    static final String ALL_FULL = "All nodes together hold as many sessions as they may; end one first";

    private final Outbox outbox;
    private final SessionDispatcher.Services services;
    private final Function<Session, Subscription> views;
    private final Steering.Refusals refusals;
    private final Runnable made;
    /** What came for sessions that are not made yet. */
    private @Nullable Map<String, ArrayDeque<Runnable>> waiting;

    /**
     * A session that somebody wants.
     *
     * @param id the id they want, or null
     * @param options unchecked, without those of {@code fork}
     * @param fork what it takes over from another session, or null
     * @param type of the message that asked for it
     * @param about the session that a refusal names
     */
    record Wish(
            @Nullable String id,
            ObjectNode options,
            @Nullable Fork fork,
            String type,
            @Nullable String about) {}

    /**
     * @param views makes the connection's view of a session
     * @param made is told whenever a session was made, or could not be
     */
    SessionMaker(
            Outbox outbox,
            SessionDispatcher.Services services,
            Function<Session, Subscription> views,
            Steering.Refusals refusals,
            Runnable made) {
        this.outbox = outbox;
        this.services = services;
        this.views = views;
        this.refusals = refusals;
        this.made = made;
    }

    /** Whether the session of that id is not made yet; then {@code later} runs once it is, or never will be. */
    boolean holds(@Nullable String id, Runnable later) {
        ArrayDeque<Runnable> held = waiting == null ? null : waiting.get(id);
        if (held == null) {
            return false;
        }
        held.add(later);
        return true;
    }

    /** Returns whether it is settled only later. */
    boolean make(Wish wish) {
        SessionOptions options;
        try {
            options = options(wish);
        } catch (Invalid e) {
            refuse(ErrorCode.INVALID_OPTIONS, e.getMessage(), wish);
            return false;
        }
        Slot slot = services.registry().reserve(wish.id(), why -> refuse(why, wish.id(), wish.type()));
        if (slot == null) {
            return false;
        }
        if (wish.fork() != null) {
            slot.label(wish.fork().label());
        }
        try {
            SessionPlace place = services.places().known(options);
            if (place != null && !services.registry().writesDown()) {
                open(slot, options, place);
                return false;
            } else if (place != null) {
                hold(slot.id());
                claim(slot, options, place, wish);
            } else {
                look(slot, options, wish);
            }
            return true;
        } catch (Invalid e) {
            services.registry().release(slot);
            refuse(ErrorCode.INVALID_OPTIONS, e.getMessage(), wish);
            return false;
        }
    }

    private SessionOptions options(Wish wish) throws Invalid {
        Fork fork = wish.fork();
        if (fork == null) {
            return services.options().read(wish.options());
        }
        if (wish.options().hasNonNull("conversation_history")) {
            throw new Invalid("conversation_history: given (expected: absent, because a fork has the other session's)");
        }
        ObjectNode merged = fork.options();
        merged.setAll(wish.options());
        return services.options().read(merged).withHistory(fork.history());
    }

    /** Says why there is no place for a session. */
    void refuse(Refusal why, @Nullable String id, String type) {
        if (why == Refusal.EXISTS) {
            refusals.error(ErrorCode.SESSION_EXISTS, "Session " + id + " already exists", id, type);
        } else {
            String text = "The server holds as many sessions as it may ("
                    + services.registry().awake() + "); end one first";
            refusals.error(ErrorCode.MAX_SESSIONS, text, id, type);
        }
    }

    /** The connection's view of a session. */
    Subscription view(Session session) {
        return views.apply(session);
    }

    private void refuse(ErrorCode code, @Nullable String text, Wish wish) {
        refusals.error(code, text, wish.about(), wish.type());
    }

    private void open(Slot slot, SessionOptions options, SessionPlace place) {
        services.registry()
                .open(
                        slot,
                        options,
                        place,
                        session -> {
                            Subscription view = views.apply(session);
                            view.began();
                            return view;
                        },
                        outbox.loop());
    }

    /** What comes for the session from now on waits until it is made. */
    void hold(String id) {
        Map<String, ArrayDeque<Runnable>> all = waiting;
        if (all == null) {
            all = new HashMap<>();
            waiting = all;
        }
        all.computeIfAbsent(id, each -> new ArrayDeque<>());
    }

    /** Opens the session once its book has begun, so that nobody is told of one that cannot be kept. */
    private void claim(Slot slot, SessionOptions options, SessionPlace place, Wish wish) {
        services.registry().claim(slot, options, place, outbox.loop(), refusal -> {
            if (refusal == null) {
                settle(slot.id(), () -> open(slot, options, place));
            } else if (refusal == Refusal.EXISTS) {
                String text = "Session " + slot.id() + " already exists";
                settle(slot.id(), () -> abandon(slot, wish, ErrorCode.SESSION_EXISTS, text));
            } else if (refusal == Refusal.FULL) {
                settle(slot.id(), () -> abandon(slot, wish, ErrorCode.MAX_SESSIONS, ALL_FULL));
            } else {
                String text = "The session cannot be written down just now, so it was not made";
                settle(slot.id(), () -> abandon(slot, wish, ErrorCode.OVERLOADED, text));
            }
        });
    }

    /** Holds the options against the disk, which may block, on a worker. */
    private void look(Slot slot, SessionOptions options, Wish wish) {
        hold(slot.id());
        try {
            services.workers().submit(() -> {
                Runnable outcome;
                try {
                    SessionPlace place = services.places().find(options);
                    outbox.execute(() -> claim(slot, options, place, wish));
                    return;
                } catch (Invalid e) {
                    outcome = () -> abandon(slot, wish, ErrorCode.INVALID_OPTIONS, e.getMessage());
                } catch (BadDirectory e) {
                    outcome = () -> abandon(slot, wish, ErrorCode.WORKING_DIRECTORY, e.getMessage());
                } catch (RuntimeException e) {
                    outcome = () -> abandon(slot, wish, ErrorCode.INTERNAL, "Internal error: " + e.getMessage());
                }
                Runnable settled = outcome;
                outbox.execute(() -> settle(slot.id(), settled));
            });
        } catch (RejectedExecutionException e) {
            String text = "The server is busy; try again in a moment";
            settle(slot.id(), () -> abandon(slot, wish, ErrorCode.OVERLOADED, text));
        }
    }

    /** The session is made, or will not be: what waited for it comes. */
    void settle(String id, Runnable outcome) {
        outcome.run();
        ArrayDeque<Runnable> held = waiting == null ? null : waiting.remove(id);
        if (waiting != null && waiting.isEmpty()) {
            waiting = null;
        }
        if (held != null) {
            held.forEach(Runnable::run);
        }
        made.run();
    }

    private void abandon(Slot slot, Wish wish, ErrorCode code, @Nullable String message) {
        services.registry().release(slot);
        refuse(code, message, wish);
    }
}
