package dev.agentws.websocket.session;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.agentws.agent.Session;
import dev.agentws.agent.event.SessionEvent.SessionInfo;
import dev.agentws.websocket.EventJson;
import dev.agentws.websocket.FrameWriter;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;

/** Answers to one connection's question: no event of a session, so without a number. Rendered as whole frames. */
final class Replies {
    private static final JsonFactory JSON = new JsonFactory();

    private Replies() {}

    @FunctionalInterface
    private interface Body {
        void write(JsonGenerator json) throws IOException;
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
        ByteBuf text = ByteBufAllocator.DEFAULT.heapBuffer(256);
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
