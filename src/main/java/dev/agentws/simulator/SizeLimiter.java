package dev.agentws.simulator;

import dev.agentws.simulator.api.ApiError;
import dev.agentws.simulator.api.Ids;
import dev.agentws.simulator.api.JsonBodies;
import dev.agentws.simulator.wire.EventJson;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpObjectAggregator;
import java.util.random.RandomGenerator;

/** Joins each request to one object and refuses bodies beyond the API's limit, in the API's words. */
final class SizeLimiter extends HttpObjectAggregator {
    private final SimulatorState state;

    SizeLimiter(SimulatorState state) {
        super(JsonBodies.MAX_BODY_BYTES);
        this.state = state;
    }

    /** The rest of the body is read and dropped, so that a client which sends it all before it reads gets the answer too. */
    @Override
    protected void handleOversizedMessage(ChannelHandlerContext ctx, HttpMessage oversized) {
        RandomGenerator random = state.randomFor(state.requestNumbers().incrementAndGet());
        String requestId = Ids.request(random);
        ApiError error = new ApiError(413, "request_too_large", ApiError.messageOf("request_too_large"));
        String body = EventJson.errorBody(error, requestId);
        ctx.writeAndFlush(state.head(requestId, true).whole(413, ByteBufUtil.writeUtf8(ctx.alloc(), body)));
    }
}
