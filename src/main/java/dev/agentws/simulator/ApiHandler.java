package dev.agentws.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import dev.agentws.simulator.api.ApiError;
import dev.agentws.simulator.api.Ids;
import dev.agentws.simulator.api.JsonBodies;
import dev.agentws.simulator.api.ModelTable;
import dev.agentws.simulator.api.TokenCount;
import dev.agentws.simulator.rules.HeaderRules;
import dev.agentws.simulator.rules.RequestValidator;
import dev.agentws.simulator.wire.AnswerWriter;
import dev.agentws.simulator.wire.EventJson;
import dev.agentws.simulator.wire.ReceivedRequest;
import dev.agentws.simulator.wire.Reply;
import dev.agentws.simulator.wire.ReplyHead;
import dev.agentws.simulator.wire.Wire;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Queue;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Routes the requests of one connection (of HTTP/2: the one of a stream), one after the other, and notices when the client hangs up. Confined to its event loop. */
final class ApiHandler extends SimpleChannelInboundHandler<FullHttpRequest> {
    private static final Logger LOG = LoggerFactory.getLogger(ApiHandler.class);

    private final SimulatorState state;
    private final Wire wire;
    private final Queue<FullHttpRequest> waiting = new ArrayDeque<>();
    private @Nullable Reply reply;
    private @Nullable SimulatedCall call;

    /** @param wire what it stands on; the codec of that is named {@link HttpSwitch#CODEC} in the same pipeline */
    ApiHandler(SimulatorState state, Wire wire) {
        this.state = state;
        this.wire = wire;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
        if (reply == null) {
            route(ctx, request);
        } else {
            waiting.add(request.retain());
        }
    }

    private void route(ChannelHandlerContext ctx, FullHttpRequest request) {
        int number = state.requestNumbers().incrementAndGet();
        RandomGenerator random = state.randomFor(number);
        String requestId = Ids.request(random);
        boolean readable = request.decoderResult().isSuccess();
        ReplyHead head = state.head(requestId, readable && HttpUtil.isKeepAlive(request));
        Reply current = new Reply(wire, ctx.pipeline().context(HttpSwitch.CODEC), head, () -> done(ctx));
        reply = current;
        String path = request.uri().split("\\?", 2)[0];
        boolean messages = path.equals("/v1/messages");
        if (messages) {
            state.counters().request();
        }
        ApiError misdirected = readable
                ? Endpoints.checkMethod(path, request.method())
                : ApiError.invalid("The request is not valid HTTP");
        if (misdirected != null) {
            refuse(current, misdirected, requestId);
        } else if (path.equals("/stats")) {
            current.whole(200, Endpoints.stats(state.counters().snapshot()), Map.of());
        } else if (path.startsWith("/v1/models")) {
            answerModels(current, path, request, requestId);
        } else {
            JsonNode body = validBody(current, request, !messages, requestId);
            if (body == null) {
                return;
            }
            ReceivedRequest received =
                    new ReceivedRequest(number, requestId, request.headers().copy(), body, random);
            if (messages) {
                answerMessage(current, received);
            } else {
                long tokens = TokenCount.ofRequest(body, received.model());
                current.whole(200, "{\"input_tokens\":" + tokens + "}", Map.of());
            }
        }
    }

    private static void answerModels(Reply reply, String path, FullHttpRequest request, String requestId) {
        ApiError error = HeaderRules.check(request.headers());
        String model = path.length() > "/v1/models/".length() ? path.substring("/v1/models/".length()) : null;
        String answer = model == null ? ModelTable.list() : ModelTable.one(model);
        if (error != null) {
            refuse(reply, error, requestId);
        } else if (answer == null) {
            refuse(reply, new ApiError(404, "not_found_error", "model: " + model), requestId);
        } else {
            reply.whole(200, answer, Map.of());
        }
    }

    private static @Nullable JsonNode validBody(
            Reply reply, FullHttpRequest request, boolean counting, String requestId) {
        ApiError error = HeaderRules.check(request.headers());
        JsonNode body = null;
        if (error == null) {
            try {
                body = JsonBodies.read(request.content());
                error = RequestValidator.check(request.headers(), body, counting);
            } catch (IOException e) {
                error = ApiError.invalid("The request body is not valid JSON: " + firstLine(e));
            }
        }
        if (error != null) {
            refuse(reply, error, requestId);
            return null;
        }
        return body;
    }

    private static String firstLine(IOException e) {
        String message = e.getMessage();
        return message == null ? "unreadable" : message.split("\\R", 2)[0];
    }

    private static void refuse(Reply reply, ApiError error, String requestId) {
        reply.whole(error.status(), EventJson.errorBody(error, requestId), error.headers());
    }

    private void answerMessage(Reply current, ReceivedRequest received) {
        AnswerWriter writer = state.writer(received, current);
        SimulatedCall begun = new SimulatedCall(received, current, writer);
        call = begun;
        state.counters().began();
        if (received.body().path("max_tokens").asInt() == 0) {
            begun.start().end("max_tokens");
            return;
        }
        try {
            state.config().script().answer(begun);
        } catch (RuntimeException e) {
            LOG.error("The script failed on request {}", received.id(), e);
            if (!current.done()) {
                writer.error(new ApiError(500, "api_error", "The simulator's script failed: " + e));
            }
        }
    }

    private void done(ChannelHandlerContext ctx) {
        endCall();
        reply = null;
        if (!waiting.isEmpty()) {
            ctx.executor().execute(() -> next(ctx));
        }
    }

    private void next(ChannelHandlerContext ctx) {
        FullHttpRequest request = reply == null ? waiting.poll() : null;
        if (request != null) {
            try {
                route(ctx, request);
            } finally {
                request.release();
            }
        }
    }

    private @Nullable SimulatedCall endCall() {
        SimulatedCall ended = call;
        call = null;
        if (ended != null) {
            ended.writer().stopTimer();
            state.counters().ended();
        }
        return ended;
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (call != null && ctx.channel().isWritable()) {
            call.writer().writable();
        }
        ctx.fireChannelWritabilityChanged();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        SimulatedCall cut = endCall();
        if (cut != null) {
            state.counters().aborted();
            cut.writer().reply().abandon();
            cut.hungUp();
        }
        waiting.forEach(FullHttpRequest::release);
        waiting.clear();
        ctx.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        LOG.debug("A connection of the simulator failed", cause);
        ctx.close();
    }
}
