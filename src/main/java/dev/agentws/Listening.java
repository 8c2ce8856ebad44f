package dev.agentws;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where a server listens, and how bytes get there. Immutable.
 *
 * @param address the TCP address; port 0 for any free one
 * @param tls who the server is, if the TCP port speaks TLS; null for plain text
 * @param unixSocket the file of a Unix domain socket to listen on as well, absolute; null for none. It speaks plain text: only this
 *     user can open it
 * @param sockets what moves the bytes
 */
public record Listening(
        InetSocketAddress address,
        @Nullable TlsFiles tls,
        @Nullable Path unixSocket,
        SocketKind sockets) {

    /** One plain TCP port. */
    public static Listening on(InetSocketAddress address) {
        return new Listening(address, null, null, SocketKind.AUTO);
    }
}
