package dev.agentws.agent;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.agentws.agent.model.BlockKind;
import dev.agentws.agent.model.DeltaKind;
import dev.agentws.agent.model.Message;
import dev.agentws.agent.model.ModelFailure;
import dev.agentws.agent.model.ModelListener;
import dev.agentws.agent.model.ModelRequest;
import dev.agentws.agent.model.ModelStream;
import dev.agentws.agent.model.Usage;
import dev.agentws.agent.options.ContentReader;
import dev.agentws.agent.tool.SmallModel;
import dev.agentws.agent.transcript.StartText;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Asks a model one question beside the conversation, for a tool. The tool's worker waits; the call itself lives on the session's loop
 * as every other, and is cancelled with the worker's interrupt. Its tokens count to the turn. Thread-safe.
 */
final class SideCall implements SmallModel {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final int MAX_TOKENS = 8_192;
    private static final String LOW_EFFORT = "low";

    private final Session session;

    SideCall(Session session) {
        this.session = session;
    }

    @Override
    public String answer(String instructions, String text) throws Unavailable, InterruptedException {
        String small = session.services().settings().smallModel();
        ModelRequest request = new ModelRequest(
                small == null ? session.model() : small,
                MAX_TOKENS,
                instructions,
                List.of(),
                List.of(new Message(Message.Role.USER, List.of(ContentReader.text(text)))),
                null,
                LOW_EFFORT,
                null,
                null);
        Call call = new Call(session, request);
        session.execute(call::start);
        try {
            return call.answer.get();
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            throw new Unavailable(cause == null ? "it failed" : String.valueOf(cause.getMessage()));
        } catch (InterruptedException e) {
            session.execute(call::cancel);
            throw e;
        }
    }

    /** One call. Confined to the session's loop, but for the answer. */
    private static final class Call implements ModelListener {
        private final CompletableFuture<String> answer = new CompletableFuture<>();
        private final Session session;
        private final ModelRequest request;
        private final StringBuilder said = new StringBuilder();
        private @Nullable ModelStream stream;
        private Usage usage = Usage.NONE;
        private boolean over;

        Call(Session session, ModelRequest request) {
            this.session = session;
            this.request = request;
        }

        void start() {
            if (over || session.ended()) {
                answer.completeExceptionally(new IllegalStateException("the session has ended"));
                return;
            }
            try {
                stream = session.services().models().stream(request, this, session.loop());
            } catch (RuntimeException e) {
                over = true;
                answer.completeExceptionally(e);
            }
        }

        void cancel() {
            ModelStream open = stream;
            if (!over && open != null) {
                open.cancel();
            }
            count();
        }

        private void count() {
            if (!over) {
                over = true;
                Turn turn = session.turn();
                if (turn != null) {
                    turn.spending().addAside(request.model(), usage);
                }
            }
        }

        @Override
        public void onStart(String messageId, String model, Usage startUsage) {
            usage = startUsage;
        }

        @Override
        public void onBlockStart(int index, BlockKind kind, byte[] json) {
            if (kind == BlockKind.TEXT) {
                said.append(new String(StartText.of(kind, json), StandardCharsets.UTF_8));
            }
        }

        @Override
        public void onDelta(int index, DeltaKind kind, ByteBuf bytes, int offset, int length) {
            if (kind == DeltaKind.TEXT) {
                said.append(bytes.toString(offset, length, StandardCharsets.UTF_8));
            }
        }

        @Override
        public void onOtherDelta(int index, byte[] json) {}

        @Override
        public void onBlockStop(int index) {}

        @Override
        public void onStop(
                @Nullable String stopReason, @Nullable String stopSequence, Usage total, byte @Nullable [] details) {
            usage = total;
        }

        @Override
        public void onComplete() {
            count();
            try {
                // Pieces are the inside of a JSON string, still escaped.
                String text = MAPPER.readValue("\"" + said + "\"", String.class).strip();
                if (text.isEmpty()) {
                    answer.completeExceptionally(new IllegalStateException("the model said nothing"));
                } else {
                    answer.complete(text);
                }
            } catch (IOException e) {
                answer.completeExceptionally(new IllegalStateException("the model's answer is garbled"));
            }
        }

        @Override
        public void onFailure(ModelFailure failure) {
            count();
            answer.completeExceptionally(new IllegalStateException(failure.message()));
        }

        @Override
        public void onRetry(int attempt, Duration delay, ModelFailure cause) {}
    }
}
