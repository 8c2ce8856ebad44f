package dev.agentws.agent;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.agentws.agent.model.BlockKind;
import dev.agentws.agent.model.DeltaKind;
import dev.agentws.agent.model.Message;
import dev.agentws.agent.model.ModelClient;
import dev.agentws.agent.model.ModelFailure;
import dev.agentws.agent.model.ModelListener;
import dev.agentws.agent.model.ModelRequest;
import dev.agentws.agent.model.ModelStream;
import dev.agentws.agent.model.Usage;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.util.concurrent.EventExecutor;
import java.util.ArrayList;
import java.util.List;

/** A model whose answers the test gives, step by step. */
final class ScriptedModel implements ModelClient {
    final List<ModelRequest> requests = new ArrayList<>();
    final List<Call> calls = new ArrayList<>();

    @Override
    public ModelStream stream(ModelRequest request, ModelListener listener, EventExecutor loop) {
        requests.add(request);
        Call call = new Call(listener);
        calls.add(call);
        return call;
    }

    Call last() {
        return calls.get(calls.size() - 1);
    }

    /** The roles and blocks of the last request, a line each. */
    String lastMessages() {
        StringBuilder all = new StringBuilder();
        for (Message message : requests.get(requests.size() - 1).messages()) {
            all.append(message.role().wireName());
            message.blocks().forEach(block -> all.append(' ').append(new String(block.json(), UTF_8)));
            all.append('\n');
        }
        return all.toString();
    }

    /** One call; as the real reader it hands on blocks that overlap only if told to. */
    static final class Call implements ModelStream {
        private final ModelListener listener;
        private int next;
        int paused;
        boolean cancelled;

        Call(ModelListener listener) {
            this.listener = listener;
        }

        Call start() {
            listener.onStart("msg_1", "claude-sonnet-5-5", new Usage(10, 1, 0, 0, 0));
            return this;
        }

        Call text(String... pieces) {
            int index = open(BlockKind.TEXT, "{\"type\":\"text\",\"text\":\"\"}");
            for (String piece : pieces) {
                delta(index, DeltaKind.TEXT, piece);
            }
            return stop(index);
        }

        Call thinking(String text, String signature) {
            int index = open(BlockKind.THINKING, "{\"type\":\"thinking\",\"thinking\":\"\",\"signature\":\"\"}");
            if (!text.isEmpty()) {
                delta(index, DeltaKind.THINKING, text);
            }
            delta(index, DeltaKind.SIGNATURE, signature);
            return stop(index);
        }

        Call tool(String id, String name, String escapedInput) {
            int index = open(
                    BlockKind.TOOL_USE,
                    "{\"type\":\"tool_use\",\"id\":\"" + id + "\",\"name\":\"" + name + "\",\"input\":{}}");
            delta(index, DeltaKind.TOOL_INPUT, "");
            delta(index, DeltaKind.TOOL_INPUT, escapedInput);
            return stop(index);
        }

        int open(BlockKind kind, String json) {
            int index = next++;
            listener.onBlockStart(index, kind, json.getBytes(UTF_8));
            return index;
        }

        Call delta(int index, DeltaKind kind, String escaped) {
            ByteBuf bytes = Unpooled.copiedBuffer("..." + escaped + "...", UTF_8);
            listener.onDelta(index, kind, bytes, 3, bytes.readableBytes() - 6);
            bytes.release();
            return this;
        }

        Call other(int index, String json) {
            listener.onOtherDelta(index, json.getBytes(UTF_8));
            return this;
        }

        Call stop(int index) {
            listener.onBlockStop(index);
            return this;
        }

        void end(String stopReason) {
            end(stopReason, new Usage(10, 5, 0, 0, 0));
        }

        void end(String stopReason, Usage usage) {
            listener.onStop(stopReason, null, usage, null);
            listener.onComplete();
        }

        void fail(ModelFailure.Kind kind, String message) {
            listener.onFailure(new ModelFailure(kind, message, 529, "overloaded_error", "req_1", null));
        }

        @Override
        public void pause() {
            paused++;
        }

        @Override
        public void resume() {
            paused--;
        }

        @Override
        public void cancel() {
            cancelled = true;
        }
    }
}
