package dev.agentws.anthropic.request;

import dev.agentws.agent.model.ModelRequest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.Map;

/** Writes a model call as JSON. Thread-safe: called on every event loop, once per attempt. */
public interface RequestBody {
    /** The body; the caller releases it. */
    ByteBuf write(ModelRequest request, ByteBufAllocator alloc);

    /** The headers that belong to this body, such as {@code anthropic-version} and {@code anthropic-beta}; lower-case names. */
    Map<String, String> headers(ModelRequest request);
}
