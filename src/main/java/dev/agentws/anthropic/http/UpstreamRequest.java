package dev.agentws.anthropic.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * A POST, not yet in the words of a version of HTTP. Whoever sends it takes the body over.
 *
 * @param headers in order, {@code host} and {@code content-length} included: proper names in lower case and proper values
 */
public record UpstreamRequest(Endpoint endpoint, Map<String, String> headers, ByteBuf body) {
    /** Request line and headers in HTTP/1.1; the caller releases them. */
    public ByteBuf head(ByteBufAllocator alloc) {
        StringBuilder text =
                new StringBuilder(512).append("POST ").append(endpoint.path()).append(" HTTP/1.1\r\n");
        headers.forEach(
                (name, value) -> text.append(name).append(": ").append(value).append("\r\n"));
        byte[] bytes = text.append("\r\n").toString().getBytes(StandardCharsets.US_ASCII);
        return alloc.buffer(bytes.length).writeBytes(bytes);
    }
}
