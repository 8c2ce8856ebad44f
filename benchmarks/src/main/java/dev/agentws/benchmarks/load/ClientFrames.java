package dev.agentws.benchmarks.load;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.charset.StandardCharsets;

/** What a client writes. The masks are fixed: they hide nothing on loopback. */
final class ClientFrames {
    private static final int MASK = 0x12345678;

    private ClientFrames() {}

    /** The request for the upgrade, with the key of the RFC's own example. */
    static ByteBuf upgrade(ByteBufAllocator allocator, Address to) {
        String head = "GET " + to.path() + " HTTP/1.1\r\nHost: " + to.host() + ":" + to.port()
                + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";
        ByteBuf out = allocator.buffer(head.length());
        out.writeCharSequence(head, StandardCharsets.ISO_8859_1);
        return out;
    }

    static ByteBuf text(ByteBufAllocator allocator, String text) {
        return frame(allocator, 0x81, text.getBytes(StandardCharsets.UTF_8));
    }

    static ByteBuf pong(ByteBufAllocator allocator, byte[] payload) {
        return frame(allocator, 0x8a, payload);
    }

    private static ByteBuf frame(ByteBufAllocator allocator, int first, byte[] payload) {
        ByteBuf out = allocator.buffer(payload.length + 14);
        out.writeByte(first);
        if (payload.length < 126) {
            out.writeByte(0x80 | payload.length);
        } else if (payload.length < 65536) {
            out.writeByte(0x80 | 126).writeShort(payload.length);
        } else {
            out.writeByte(0x80 | 127).writeLong(payload.length);
        }
        out.writeInt(MASK);
        for (int i = 0; i < payload.length; i++) {
            out.writeByte(payload[i] ^ (MASK >>> (24 - 8 * (i & 3))));
        }
        return out;
    }
}
