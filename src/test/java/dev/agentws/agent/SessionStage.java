package dev.agentws.agent;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agentws.agent.cost.ContextRules;
import dev.agentws.agent.cost.PriceTable;
import dev.agentws.agent.event.EscapedText;
import dev.agentws.agent.event.LogReader;
import dev.agentws.agent.event.PieceKind;
import dev.agentws.agent.event.SessionEvent;
import dev.agentws.agent.event.SessionEvent.TurnResult;
import dev.agentws.agent.event.SessionListener;
import dev.agentws.agent.options.ContentReader;
import dev.agentws.agent.options.SessionOptions;
import dev.agentws.agent.options.SessionOptionsReader;
import dev.agentws.agent.options.SessionPlace;
import dev.agentws.agent.permission.PermissionSettings;
import dev.agentws.agent.permission.ToolHook;
import dev.agentws.agent.record.Ownership;
import dev.agentws.agent.record.Scribes;
import dev.agentws.agent.record.SessionRecords;
import dev.agentws.agent.record.StoredSession;
import dev.agentws.journal.Book;
import dev.agentws.journal.End;
import dev.agentws.journal.Journal;
import dev.agentws.websocket.session.AgentSessions;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** One session with a scripted model, scripted tools and a clock that stands still; what it says is noted as text. */
final class SessionStage {
    final ScriptedModel model = new ScriptedModel();
    final ScriptedTools tools = new ScriptedTools();
    final EmbeddedChannel channel = new EmbeddedChannel();
    final Watcher watcher = new Watcher();
    final SessionRegistry registry;
    final Session session;
    long nowMs = 1_700_000_000_000L;
    private final SessionServices services;

    SessionStage() {
        this("{}");
    }

    SessionStage(String options) {
        this(options, 2);
    }

    SessionStage(String options, int maxSessions) {
        this(options, maxSessions, PermissionSettings.NONE);
    }

    SessionStage(String options, ToolHook hook) {
        this(options, 2, PermissionSettings.NONE.withHook(hook));
    }

    /** One whose sessions are written down. */
    SessionStage(String options, Journal journal) {
        this(options, journal, false);
    }

    /** @param commitFirst whether only what is committed is shown */
    SessionStage(String options, Journal journal, boolean commitFirst) {
        this(
                options,
                2,
                PermissionSettings.NONE,
                new SessionRecords(
                        journal,
                        AgentSessions.format(),
                        new Scribes(Duration.ofMillis(1)),
                        End.ARCHIVE,
                        commitFirst,
                        Runnable::run,
                        Ownership.ALONE));
    }

    /** One whose sessions another process may take over. */
    SessionStage(String options, Journal journal, Ownership ownership) {
        this(
                options,
                2,
                PermissionSettings.NONE,
                new SessionRecords(
                        journal,
                        AgentSessions.format(),
                        new Scribes(Duration.ofMillis(1)),
                        End.ARCHIVE,
                        true,
                        Runnable::run,
                        ownership));
    }

    private SessionStage(String options, int maxSessions, PermissionSettings permissions) {
        this(options, maxSessions, permissions, SessionRecords.NONE);
    }

    private SessionStage(String options, int maxSessions, PermissionSettings permissions, SessionRecords records) {
        AtomicInteger ids = new AtomicInteger();
        AgentSettings settings = new AgentSettings(
                "claude-sonnet-5-5",
                null,
                Path.of("/tmp"),
                List.of(),
                maxSessions,
                2,
                Duration.ofHours(1),
                Duration.ofSeconds(60),
                1 << 20,
                "Test",
                PriceTable.published(),
                ContextRules.usual(),
                permissions);
        services = new SessionServices(
                settings,
                model,
                tools,
                tools,
                new IdSource() {
                    @Override
                    public String sessionId() {
                        return "s" + ids.incrementAndGet();
                    }

                    @Override
                    public String requestId() {
                        return "r" + ids.incrementAndGet();
                    }

                    @Override
                    public String messageId() {
                        return "m" + ids.incrementAndGet();
                    }
                },
                (InstantSource) () -> Instant.ofEpochMilli(nowMs),
                () -> nowMs * 1_000_000,
                PooledByteBufAllocator.DEFAULT,
                records);
        registry = new SessionRegistry(services, null);
        session = open("S", options, watcher);
    }

    Session open(String id, String options, SessionListener listener) {
        return open(id, options, listener, channel.eventLoop());
    }

    /** A second session, which lives on another loop. */
    Session openOn(EventExecutor loop) {
        return open("T", "{}", new Watcher(), loop);
    }

    private Session open(String id, String options, SessionListener listener, EventExecutor loop) {
        try {
            SessionOptionsReader reader = new SessionOptionsReader(all());
            SessionOptions read = reader.read((ObjectNode) new ObjectMapper().readTree(options));
            SessionPlace place = new SessionPlaces(services.settings(), reader).find(read);
            SessionRegistry.Slot slot = Objects.requireNonNull(registry.reserve(id, why -> {}));
            registry.claim(
                    slot, read, place, loop, refusal -> assertThat(refusal).isNull());
            channel.runPendingTasks();
            Session opened = registry.open(slot, read, place, created -> listener, loop);
            if (listener instanceof Watcher watching) {
                watching.story = opened.story();
            }
            return opened;
        } catch (IOException | SessionOptions.Invalid | SessionPlaces.BadDirectory e) {
            throw new IllegalArgumentException(e);
        }
    }

    /** Brings a session of earlier back, as its book tells of it. */
    Session revive(Book book, StoredSession stored) {
        try {
            SessionOptionsReader reader = new SessionOptionsReader(all());
            SessionOptions read = reader.read(Objects.requireNonNull(stored.options()));
            registry.revive(
                    stored, read, book, new SessionPlaces(services.settings(), reader).updates(), channel.eventLoop());
            return Objects.requireNonNull(registry.find(book.sessionId()));
        } catch (SessionOptions.Invalid e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static java.util.Set<String> all() {
        return java.util.Set.of("Read", "Write", "Edit", "Bash", "Glob", "Grep", "TodoWrite", "ExitPlanMode");
    }

    InstantSource clock() {
        return services.clock();
    }

    Accepted prompt(String text) {
        return session.prompt(new Prompt(List.of(ContentReader.text(text)), "p-" + text, watcher, channel.eventLoop()));
    }

    Prompt promptOf(String text, SessionListener sender) {
        return new Prompt(List.of(ContentReader.text(text)), null, sender, channel.eventLoop());
    }

    /** In two steps, because what a timer begins another one may end. */
    void pass(Duration time) {
        nowMs += time.toMillis();
        for (int step = 0; step < 2; step++) {
            channel.advanceTimeBy(time.toNanos() / 2, TimeUnit.NANOSECONDS);
            channel.runScheduledPendingTasks();
            channel.runPendingTasks();
        }
    }

    void settle() {
        channel.runPendingTasks();
    }

    /** What it heard since the last time it was asked. */
    List<String> heard() {
        List<String> all = List.copyOf(watcher.heard);
        watcher.heard.clear();
        return all;
    }

    /** Notes events as short lines. */
    static final class Watcher implements SessionListener {
        final List<String> heard = new ArrayList<>();
        long lastSeq;
        boolean ready = true;

        @Nullable
        TurnResult result;

        /** Where it reads what is shown only once it is written. */
        @Nullable
        Story story;

        @Override
        public void onEvent(long seq, SessionEvent event) {
            next(seq);
            if (event instanceof SessionEvent.TurnEnded ended) {
                result = ended.result();
            }
            heard.add(line(event));
        }

        @Override
        public void onPiece(long seq, PieceKind kind, String messageId, ByteBuf bytes, int offset, int length) {
            next(seq);
            heard.add((kind == PieceKind.TEXT ? messageId + "+" : "thought ") + bytes.toString(offset, length, UTF_8));
        }

        @Override
        public void committed() {
            if (story != null) {
                story.read(lastSeq, new Reading());
            }
        }

        private final class Reading implements LogReader {
            @Override
            public void onEvent(long seq, SessionEvent event) {
                Watcher.this.onEvent(seq, event);
            }

            @Override
            public void onPieces(long seq, PieceKind kind, String messageId, EscapedText text, int from, int length) {
                ByteBuf bytes = Unpooled.buffer();
                text.copyTo(bytes, from, length);
                onPiece(seq, kind, messageId, bytes, 0, length);
            }

            @Override
            public boolean merged() {
                return false;
            }

            @Override
            public boolean wantsMore() {
                return true;
            }
        }

        private void next(long seq) {
            if (seq != lastSeq + 1) {
                throw new AssertionError("seq: " + seq + " (expected: " + (lastSeq + 1) + ")");
            }
            lastSeq = seq;
        }

        @Override
        public boolean ready() {
            return ready;
        }
    }

    static String line(SessionEvent event) {
        if (event instanceof SessionEvent.Thinking thinking) {
            return thinking.on() ? "thinking" : "thought";
        } else if (event instanceof SessionEvent.MessageDone done) {
            ByteBuf text = Unpooled.buffer();
            done.text().copyTo(text);
            return done.messageId() + "=" + text.toString(UTF_8);
        } else if (event instanceof SessionEvent.ToolUsed used) {
            return used.toolUseId() + " uses " + used.tool() + " " + new String(used.input(), UTF_8);
        } else if (event instanceof SessionEvent.PermissionAsked asked) {
            return "asks " + asked.request().requestId() + " for "
                    + asked.request().toolUseId();
        } else if (event instanceof SessionEvent.PermissionAnswered answered) {
            return answered.requestId() + " " + answered.status();
        } else if (event instanceof SessionEvent.PermissionDenied denied) {
            return denied.toolUseId() + " denied by " + denied.cause().wireName();
        } else if (event instanceof SessionEvent.Updated updated) {
            return "now " + updated.info().permissionMode().wireName() + " "
                    + updated.info().model();
        } else if (event instanceof SessionEvent.ToolPrinted printed) {
            return printed.toolUseId() + " prints " + printed.text();
        } else if (event instanceof SessionEvent.ToolFinished finished) {
            return finished.toolUseId()
                    + (finished.result().isError() ? " fails: " : " gives ")
                    + finished.result().text();
        } else if (event instanceof SessionEvent.Compacted compacted) {
            return "compacted " + compacted.trigger() + " " + compacted.preTokens();
        } else if (event instanceof SessionEvent.Failed failed) {
            return "error " + failed.fault().cause() + ": " + failed.fault().message();
        } else if (event instanceof SessionEvent.TurnEnded ended) {
            TurnResult result = ended.result();
            return "result " + result.promptId() + " " + result.stopReason() + (result.isError() ? " error" : "");
        }
        return event.kind().name().toLowerCase(java.util.Locale.ROOT);
    }
}
