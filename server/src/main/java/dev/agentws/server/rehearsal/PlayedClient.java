package dev.agentws.server.rehearsal;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A client that counts frames, written on a bare socket, because a WebSocket client would bring its own classes to be compiled, and to be
 * put into the archive of a training. Confined to one thread.
 */
public final class PlayedClient implements Closeable {
    private static final int PATIENCE_MS = 30_000;
    private static final Pattern SESSION = Pattern.compile("\"session_id\":\"([^\"]+)\"");

    private final Socket socket;
    private final InputStream in;
    private final byte[] buffer = new byte[64 << 10];
    private int from;
    private int to;

    /** Connects and shows the key. */
    public PlayedClient(InetSocketAddress server, String key) throws IOException {
        socket = new Socket(server.getAddress(), server.getPort());
        try {
            socket.setSoTimeout(PATIENCE_MS);
            socket.setTcpNoDelay(true);
            in = socket.getInputStream();
            socket.getOutputStream()
                    .write(("GET /ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                                    + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                                    + "Authorization: Bearer " + key + "\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            int ends = 0;
            while (ends < 4) {
                ends = next() == (ends % 2 == 0 ? '\r' : '\n') ? ends + 1 : 0;
            }
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    /** Makes a session and has it call the model. */
    public void prompt() throws IOException {
        send("{\"type\":\"create_session\"}");
        Matcher session = SESSION.matcher(until("session_created"));
        if (!session.find()) {
            throw new IOException("session_created: without an id (expected: session_id)");
        }
        send("{\"type\":\"send_prompt\",\"session_id\":\"" + session.group(1) + "\",\"prompt\":\"Hello\"}");
    }

    void awaitMessage() throws IOException {
        until("agent_message");
    }

    /** The turn is over. */
    public void awaitResult() throws IOException {
        until("agent_result");
    }

    /** Reads that many frames, whatever they say. */
    void await(int frames) throws IOException {
        for (int i = 0; i < frames; i++) {
            skip(length());
        }
    }

    private String until(String type) throws IOException {
        while (true) {
            byte[] payload = new byte[length()];
            for (int i = 0; i < payload.length; i++) {
                payload[i] = (byte) next();
            }
            String frame = new String(payload, StandardCharsets.UTF_8);
            if (frame.startsWith("{\"type\":\"" + type + "\"")) {
                return frame;
            }
            if (frame.startsWith("{\"type\":\"error\"")) {
                throw new IOException(frame);
            }
        }
    }

    /** Of the next frame's payload. */
    private int length() throws IOException {
        next();
        int length = next();
        if (length < 126) {
            return length;
        }
        int bytes = length == 126 ? 2 : 8;
        long whole = 0;
        for (int i = 0; i < bytes; i++) {
            whole = (whole << 8) | next();
        }
        return Math.toIntExact(whole);
    }

    private void skip(int bytes) throws IOException {
        int left = bytes;
        while (left > to - from) {
            left -= to - from;
            fill();
        }
        from += left;
    }

    private int next() throws IOException {
        if (from == to) {
            fill();
        }
        return buffer[from++] & 0xff;
    }

    private void fill() throws IOException {
        from = 0;
        to = in.read(buffer);
        if (to < 0) {
            to = 0;
            throw new EOFException("connection: over (expected: a frame)");
        }
    }

    /** Masked with zeros, which leaves the text as it is. */
    private void send(String json) throws IOException {
        byte[] text = json.getBytes(StandardCharsets.US_ASCII);
        ByteArrayOutputStream frame = new ByteArrayOutputStream();
        frame.write(0x81);
        if (text.length < 126) {
            frame.write(0x80 | text.length);
        } else {
            frame.write(0x80 | 126);
            frame.write(text.length >> 8);
            frame.write(text.length);
        }
        frame.writeBytes(new byte[4]);
        frame.writeBytes(text);
        socket.getOutputStream().write(frame.toByteArray());
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            // It was of no use any more.
            from = to;
        }
    }
}
