package dev.agentws.server;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One conversation as a client of the server: a session, a prompt, its answer. Written on a bare socket, because a WebSocket client
 * would put its own classes into the archive. Confined to one thread.
 */
final class TrainingTalk {
    private static final int PATIENCE_MS = 30_000;
    private static final Pattern SESSION = Pattern.compile("\"session_id\":\"([^\"]+)\"");

    private final InetSocketAddress server;
    private final String key;

    TrainingTalk(InetSocketAddress server, String key) {
        this.server = server;
        this.key = key;
    }

    void run() throws IOException {
        try (Socket socket = new Socket(server.getAddress(), server.getPort())) {
            socket.setSoTimeout(PATIENCE_MS);
            DataInputStream in = new DataInputStream(socket.getInputStream());
            socket.getOutputStream()
                    .write(("GET /ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                                    + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                                    + "Authorization: Bearer " + key + "\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            skipHead(in);
            send(socket, "{\"type\":\"create_session\"}");
            Matcher session = SESSION.matcher(until(in, "session_created"));
            if (!session.find()) {
                throw new IOException("session_created: without an id (expected: session_id)");
            }
            send(
                    socket,
                    "{\"type\":\"send_prompt\",\"session_id\":\"" + session.group(1)
                            + "\",\"prompt\":\"Hello there\"}");
            until(in, "agent_result");
        }
    }

    private static void skipHead(DataInputStream in) throws IOException {
        int ends = 0;
        while (ends < 4) {
            int c = in.readUnsignedByte();
            boolean expected = c == (ends % 2 == 0 ? '\r' : '\n');
            ends = expected ? ends + 1 : c == '\r' ? 1 : 0;
        }
    }

    /** The first frame of that type; an error of the server in between ends the talk. */
    private static String until(DataInputStream in, String type) throws IOException {
        while (true) {
            String frame = frame(in);
            if (frame.startsWith("{\"type\":\"" + type + "\"")) {
                return frame;
            }
            if (frame.startsWith("{\"type\":\"error\"")) {
                throw new IOException(frame);
            }
        }
    }

    private static String frame(DataInputStream in) throws IOException {
        int kind = in.readUnsignedByte();
        int length = in.readUnsignedByte();
        if (length == 126) {
            length = in.readUnsignedShort();
        } else if (length == 127) {
            length = Math.toIntExact(in.readLong());
        }
        byte[] payload = in.readNBytes(length);
        if (kind != 0x81 || payload.length < length) {
            throw new EOFException("frame: " + kind + " (expected: a whole text frame)");
        }
        return new String(payload, StandardCharsets.UTF_8);
    }

    /** Masked with zeros, which leaves the text as it is. */
    private static void send(Socket socket, String json) throws IOException {
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
}
