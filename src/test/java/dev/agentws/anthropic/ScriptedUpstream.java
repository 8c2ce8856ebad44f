package dev.agentws.anthropic;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The far end of raw sockets, played by the test's own thread line by line. Every wait ends after ten seconds. */
final class ScriptedUpstream implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 10_000;

    private final ServerSocket listening;
    private final List<Peer> peers = new ArrayList<>();

    ScriptedUpstream() {
        this(open());
    }

    ScriptedUpstream(ServerSocket listening) {
        this.listening = listening;
        try {
            // Small, so that a client that does not read is felt soon.
            listening.setReceiveBufferSize(32 * 1024);
            listening.setSoTimeout(PATIENCE_MILLIS);
            listening.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ServerSocket open() {
        try {
            return new ServerSocket();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    int port() {
        return listening.getLocalPort();
    }

    URI url() {
        return URI.create("http://127.0.0.1:" + port());
    }

    /** Waits for the next connection. */
    Peer accept() {
        try {
            Socket socket = listening.accept();
            socket.setSoTimeout(PATIENCE_MILLIS);
            socket.setTcpNoDelay(true);
            socket.setSendBufferSize(64 * 1024);
            Peer peer = new Peer(socket);
            peers.add(peer);
            return peer;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        peers.forEach(Peer::close);
        try {
            listening.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One accepted connection. */
    static final class Peer {
        private final Socket socket;

        Peer(Socket socket) {
            this.socket = socket;
        }

        Socket socket() {
            return socket;
        }

        /** Reads one whole request: its head in lower case, a blank line, its body. */
        String request() {
            StringBuilder head = new StringBuilder();
            while (head.indexOf("\r\n\r\n") < 0) {
                int b = read();
                if (b < 0) {
                    throw new AssertionError("closed after: " + head);
                }
                head.append((char) b);
            }
            String text = head.toString().toLowerCase(Locale.ROOT);
            int at = text.indexOf("content-length: ");
            int length = at < 0 ? 0 : Integer.parseInt(text.substring(at + 16, text.indexOf('\r', at)));
            StringBuilder body = new StringBuilder();
            for (int i = 0; i < length; i++) {
                body.append((char) read());
            }
            return text + body;
        }

        Peer send(String text) {
            try {
                socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
                socket.getOutputStream().flush();
                return this;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /** Sends a head of a stream whose body comes in chunks. */
        Peer stream() {
            return send(String.join(
                    "\r\n",
                    "HTTP/1.1 200 OK",
                    "content-type: text/event-stream",
                    "request-id: req_1",
                    "transfer-encoding: chunked",
                    "",
                    ""));
        }

        Peer chunk(String text) {
            return send(Integer.toHexString(text.length()) + "\r\n" + text + "\r\n");
        }

        Peer lastChunk() {
            return send("0\r\n\r\n");
        }

        Peer answer(String statusAndHeaders, String body) {
            return send("HTTP/1.1 " + statusAndHeaders + "\r\ncontent-length: " + body.length() + "\r\n\r\n" + body);
        }

        /** Waits for the client to close the connection. */
        boolean isClosedByClient() {
            return read() < 0;
        }

        private int read() {
            try {
                InputStream in = socket.getInputStream();
                return in.read();
            } catch (SocketTimeoutException e) {
                throw new AssertionError("nothing came and nobody closed", e);
            } catch (IOException e) {
                return -1;
            }
        }

        void close() {
            try {
                socket.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
