package dev.agentws.websocket.session;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.agentws.agent.SessionArchive;
import dev.agentws.agent.SessionRegistry.Refusal;
import dev.agentws.agent.SessionRegistry.Slot;
import dev.agentws.agent.options.SessionOptions;
import dev.agentws.agent.options.SessionOptions.Invalid;
import dev.agentws.agent.record.StoredSession;
import dev.agentws.protocol.ClientMessage;
import dev.agentws.protocol.ClientMessage.LoadMessages;
import dev.agentws.protocol.ErrorCode;
import dev.agentws.protocol.SessionSearch;
import dev.agentws.websocket.Outbox;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What a connection asks of sessions that have ended and were kept. Confined to the connection's event loop. */
final class ArchiveDesk {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final Outbox outbox;
    private final SessionDispatcher.Services services;
    private final SessionMaker maker;
    private final Steering.Refusals refusals;

    /** What is done on a worker, and gives what is to be done on the connection's loop. */
    @FunctionalInterface
    private interface Look {
        Runnable in(SessionArchive archive) throws IOException, Invalid;
    }

    ArchiveDesk(Outbox outbox, SessionDispatcher.Services services, SessionMaker maker, Steering.Refusals refusals) {
        this.outbox = outbox;
        this.services = services;
        this.maker = maker;
        this.refusals = refusals;
    }

    /** Answers from a session that has ended, if there is one. */
    void load(LoadMessages wish, Consumer<StoredSession> answer) {
        String id = wish.sessionId();
        look(id, wish, archive -> {
            StoredSession stored = archive.read(id);
            return stored == null ? () -> notFound(id, wish) : () -> answer.accept(stored);
        });
    }

    /** Tells of those that are looked for. */
    void list(ClientMessage message, SessionSearch search) {
        look(null, message, archive -> {
            List<JsonNode> sessions = new ArrayList<>();
            SessionArchive.Page page;
            try {
                page = archive.list(search.cursor(), search.limit(), summary -> {
                    JsonNode session = session(summary);
                    return session != null && SessionPage.matches(session, search);
                });
            } catch (IllegalArgumentException e) {
                String text = "cursor: " + search.cursor() + " (expected: the next_cursor of a page before)";
                return () -> refuse(ErrorCode.INVALID_MESSAGE, text, null, message);
            }
            page.summaries().forEach(summary -> sessions.add(session(summary)));
            return () -> Replies.send(outbox, out -> Replies.endedSessions(out, sessions, page.next()));
        });
    }

    private static @Nullable JsonNode session(byte[] summary) {
        try {
            JsonNode session = MAPPER.readTree(summary).get("session");
            return session != null && session.isObject() ? session : null;
        } catch (IOException e) {
            return null;
        }
    }

    /** Takes up a session that has ended. What comes for it meanwhile waits. */
    void resume(ClientMessage.ResumeSession message) {
        String id = message.sessionId();
        Slot slot = services.registry()
                .reserve(id, why -> maker.refuse(why, id, message.kind().wireName()));
        if (slot == null) {
            return;
        }
        maker.hold(id);
        Consumer<Runnable> failed = refusal -> maker.settle(id, () -> {
            services.registry().release(slot);
            refusal.run();
        });
        SessionArchive archive = services.registry().archive();
        if (archive == null) {
            failed.accept(() -> nothingKept(id, message));
            return;
        }
        // Nodes that share a journal may have no more together than one alone.
        archive.admit(id)
                .whenComplete((admitted, thrown) ->
                        outbox.execute(() -> admitted(slot, message, thrown == null ? admitted : null, failed)));
    }

    /** @param admitted null when that could not be found out */
    private void admitted(
            Slot slot, ClientMessage.ResumeSession message, @Nullable Boolean admitted, Consumer<Runnable> failed) {
        String id = slot.id();
        if (admitted == null) {
            String text = "Sessions cannot be counted just now; try again in a moment";
            failed.accept(() -> refuse(ErrorCode.OVERLOADED, text, id, message));
        } else if (!admitted) {
            failed.accept(() -> refuse(ErrorCode.MAX_SESSIONS, SessionMaker.ALL_FULL, id, message));
        } else {
            look(id, message, archive -> taken(archive, slot, message, failed), failed);
        }
    }

    private Runnable taken(
            SessionArchive archive, Slot slot, ClientMessage.ResumeSession message, Consumer<Runnable> failed)
            throws IOException, Invalid {
        SessionArchive.Found found = archive.take(slot.id());
        if (found == null) {
            archive.dismiss(slot.id());
            return () -> failed.accept(() -> notFound(slot.id(), message));
        }
        try {
            SessionOptions options = services.options()
                    .read(Objects.requireNonNull(found.stored().options()));
            return () -> maker.settle(slot.id(), () -> open(slot, found, options));
        } catch (Invalid | RuntimeException e) {
            archive.putBack(found.book());
            archive.dismiss(slot.id());
            throw e;
        }
    }

    private void open(Slot slot, SessionArchive.Found found, SessionOptions options) {
        services.registry()
                .resume(
                        slot,
                        found,
                        options,
                        services.places().updates(),
                        session -> {
                            Subscription view = maker.view(session);
                            view.begins();
                            return view;
                        },
                        outbox.loop());
    }

    private void look(@Nullable String id, ClientMessage message, Look look) {
        look(id, message, look, Runnable::run);
    }

    /** @param failed gets the refusal, on the connection's loop, when nothing comes of it */
    private void look(@Nullable String id, ClientMessage message, Look look, Consumer<Runnable> failed) {
        SessionArchive archive = services.registry().archive();
        if (archive == null) {
            failed.accept(() -> nothingKept(id, message));
            return;
        }
        try {
            services.workers().submit(() -> {
                Runnable outcome = outcome(archive, id, message, look, failed);
                outbox.execute(outcome);
            });
        } catch (RejectedExecutionException e) {
            String text = "The server is busy; try again in a moment";
            failed.accept(() -> refuse(ErrorCode.OVERLOADED, text, id, message));
        }
    }

    private Runnable outcome(
            SessionArchive archive, @Nullable String id, ClientMessage message, Look look, Consumer<Runnable> failed) {
        try {
            return look.in(archive);
        } catch (Invalid e) {
            return () -> failed.accept(() -> refuse(ErrorCode.INVALID_OPTIONS, e.getMessage(), id, message));
        } catch (SessionArchive.Alive e) {
            return () -> failed.accept(
                    () -> maker.refuse(Refusal.EXISTS, id, message.kind().wireName()));
        } catch (IOException e) {
            String text = "What is kept of ended sessions cannot be read just now: " + e.getMessage();
            return () -> failed.accept(() -> refuse(ErrorCode.OVERLOADED, text, id, message));
        } catch (RuntimeException e) {
            String text = "Internal error: " + e.getMessage();
            return () -> failed.accept(() -> refuse(ErrorCode.INTERNAL, text, id, message));
        }
    }

    private void nothingKept(@Nullable String id, ClientMessage message) {
        if (id == null) {
            Replies.send(outbox, out -> Replies.endedSessions(out, List.of(), null));
        } else {
            notFound(id, message);
        }
    }

    private void notFound(String id, ClientMessage message) {
        refuse(ErrorCode.SESSION_NOT_FOUND, "Session " + id + " not found", id, message);
    }

    private void refuse(ErrorCode code, @Nullable String text, @Nullable String id, ClientMessage message) {
        refusals.error(code, text, id, message.kind().wireName());
    }
}
