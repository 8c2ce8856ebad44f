package dev.agentws.websocket.session;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import dev.agentws.agent.Session;
import dev.agentws.agent.event.SessionEvent.SessionInfo;
import dev.agentws.agent.record.MessagePage;
import dev.agentws.agent.record.SaidMessage;
import dev.agentws.websocket.EventJson;
import dev.agentws.websocket.FrameWriter;
import dev.agentws.websocket.Outbox;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufOutputStream;
import io.netty.buffer.PooledByteBufAllocator;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Answers to one connection's question: no event of a session, so without a number. Rendered as whole frames. */
final class Replies {
    private static final JsonFactory JSON = new JsonFactory();

    private Replies() {}

    @FunctionalInterface
    private interface Body {
        void write(JsonGenerator json) throws IOException;
    }

    /** Sends one. Any thread. */
    static void send(Outbox outbox, Consumer<ByteBuf> reply) {
        Runnable write = () -> {
            ByteBuf out = PooledByteBufAllocator.DEFAULT.directBuffer(512);
            reply.accept(out);
            outbox.frame(out);
        };
        if (outbox.loop().inEventLoop()) {
            write.run();
        } else {
            outbox.execute(write);
        }
    }

    /** A reply without the header of its frame. */
    static String text(Consumer<ByteBuf> reply) {
        ByteBuf out = PooledByteBufAllocator.DEFAULT.directBuffer(512);
        try {
            reply.accept(out);
            int length = out.getByte(1) & 0x7f;
            int header = length <= 125 ? 2 : length == 126 ? 4 : 10;
            return out.toString(header, out.readableBytes() - header, StandardCharsets.UTF_8);
        } finally {
            out.release();
        }
    }

    /** What follows comes from {@code firstSeq} on; {@code gap} when the client has missed something for good. */
    record Place(long afterSeq, long firstSeq, long lastSeq, boolean gap, String status) {}

    static void subscribed(ByteBuf out, Session session, long afterSeq, long firstSeq, boolean gap) {
        String status = session.status().wireName();
        subscribed(
                out, session.id(), new Place(afterSeq, firstSeq, session.story().lastSeq(), gap, status));
    }

    static void subscribed(ByteBuf out, String sessionId, Place place) {
        frame(out, json -> {
            json.writeStringField("type", "subscribed");
            json.writeStringField("session_id", sessionId);
            json.writeNumberField("after_seq", place.afterSeq);
            json.writeNumberField("first_seq", place.firstSeq);
            json.writeNumberField("last_seq", place.lastSeq);
            json.writeBooleanField("gap", place.gap);
            json.writeStringField("status", place.status);
        });
    }

    static void sessionsList(ByteBuf out, List<SessionInfo> sessions) {
        frame(out, json -> {
            json.writeStringField("type", "sessions_list");
            json.writeArrayFieldStart("sessions");
            for (SessionInfo session : sessions) {
                EventJson.session(json, session);
            }
            json.writeEndArray();
        });
    }

    static void sessionsList(ByteBuf out, SessionPage page) {
        frame(out, json -> {
            json.writeStringField("type", "sessions_list");
            json.writeArrayFieldStart("sessions");
            for (SessionInfo session : page.sessions()) {
                EventJson.session(json, session);
            }
            json.writeEndArray();
            json.writeStringField("next_cursor", page.next());
        });
    }

    static void endedSessions(ByteBuf out, List<JsonNode> sessions, @Nullable String next) {
        frame(out, json -> {
            json.writeStringField("type", "sessions_list");
            json.writeArrayFieldStart("sessions");
            for (JsonNode session : sessions) {
                json.writeRawValue(session.toString());
            }
            json.writeEndArray();
            json.writeStringField("next_cursor", next);
        });
    }

    static void messagesLoaded(ByteBuf out, String sessionId, MessagePage page) {
        frame(out, json -> {
            json.writeStringField("type", "messages_loaded");
            json.writeStringField("session_id", sessionId);
            json.writeArrayFieldStart("messages");
            for (SaidMessage said : page.messages()) {
                message(json, said);
            }
            json.writeEndArray();
            json.writeNumberField("total", page.total());
            Integer next = page.next();
            json.writeStringField("next_cursor", next == null ? null : next.toString());
        });
    }

    private static void message(JsonGenerator json, SaidMessage said) throws IOException {
        json.writeStartObject();
        json.writeNumberField("index", said.index());
        json.writeStringField("role", said.message().role().wireName());
        EventJson.blocks(json, said.message().blocks());
        json.writeStringField("created_at", said.atMs() == 0 ? null : EventJson.time(said.atMs()));
        json.writeStringField("prompt_id", said.promptId());
        json.writeFieldName("seq");
        if (said.seq() == 0) {
            json.writeNull();
        } else {
            json.writeNumber(said.seq());
        }
        json.writeEndObject();
    }

    static void agentsKilled(ByteBuf out, List<String> ended) {
        frame(out, json -> {
            json.writeStringField("type", "agents_killed");
            json.writeNumberField("killed_count", ended.size());
            json.writeArrayFieldStart("sessions_ended");
            for (String id : ended) {
                json.writeString(id);
            }
            json.writeEndArray();
        });
    }

    private static void frame(ByteBuf out, Body body) {
        ByteBuf text = PooledByteBufAllocator.DEFAULT.directBuffer(256);
        try (JsonGenerator json = JSON.createGenerator((OutputStream) new ByteBufOutputStream(text))) {
            json.writeStartObject();
            body.write(json);
            json.writeEndObject();
            json.flush();
            FrameWriter.header(out, text.readableBytes());
            out.writeBytes(text);
        } catch (IOException e) {
            throw new IllegalStateException("reply: cannot be written", e);
        } finally {
            text.release();
        }
    }
}
