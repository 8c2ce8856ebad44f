package dev.agentws.benchmarks.chaos;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A WebSocket on a plain socket. For one thread. */
public final class ChaosSocket implements AutoCloseable {
    private static final int CONNECT_MS = 1_000;
    private static final int TEXT = 1;
    private static final int CLOSE = 8;
    private static final int PING = 9;

    private static final String UPGRADE = """
            GET /ws HTTP/1.1
            Host: localhost
            Connection: Upgrade
            Upgrade: websocket
            Sec-WebSocket-Version: 13
            Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==

            """;

    private static final long DEAD_NANOS = TimeUnit.MILLISECONDS.toNanos(1_200);

    private final Socket socket = new Socket();
    private final DataInputStream in;
    private long heard = System.nanoTime();

    /** @param patienceMs how long {@link #read} waits */
    public ChaosSocket(int port, int patienceMs) throws IOException {
        try {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), CONNECT_MS);
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(CONNECT_MS);
            in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), 32 * 1024));
            socket.getOutputStream().write(UPGRADE.replace("\n", "\r\n").getBytes(StandardCharsets.US_ASCII));
            StringBuilder head = new StringBuilder();
            while (head.indexOf("\r\n\r\n") < 0) {
                head.append((char) in.readUnsignedByte());
            }
            if (!head.toString().startsWith("HTTP/1.1 101 ")) {
                throw new IOException("upgrade: " + head.substring(0, head.indexOf("\r\n")) + " (expected: 101)");
            }
            socket.setSoTimeout(patienceMs);
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    /** Sends one text. */
    public void send(String json) throws IOException {
        write(TEXT, json.getBytes(StandardCharsets.UTF_8));
    }

    private void write(int opcode, byte[] payload) throws IOException {
        ByteArrayOutputStream frame = new ByteArrayOutputStream(payload.length + 14);
        frame.write(0x80 | opcode);
        if (payload.length <= 125) {
            frame.write(0x80 | payload.length);
        } else {
            frame.write(0x80 | 126);
            frame.write(payload.length >> 8);
            frame.write(payload.length);
        }
        // A mask of zeros is a mask.
        frame.write(new byte[4]);
        frame.write(payload);
        socket.getOutputStream().write(frame.toByteArray());
    }

    /** The next text; null when none came in time. */
    public @Nullable String read() throws IOException {
        while (true) {
            int opcode;
            try {
                opcode = in.readUnsignedByte() & 0x0f;
            } catch (SocketTimeoutException e) {
                return null;
            }
            int length = in.readUnsignedByte();
            length = length == 126 ? in.readUnsignedShort() : length == 127 ? (int) in.readLong() : length;
            byte[] payload = new byte[length];
            in.readFully(payload);
            if (opcode == TEXT) {
                return new String(payload, StandardCharsets.UTF_8);
            } else if (opcode == PING) {
                write(10, payload);
            } else if (opcode == CLOSE) {
                throw new EOFException("closed by the server");
            }
        }
    }

    /**
     * As {@link #read}, and asks for a sign of life when nothing comes.
     *
     * @throws IOException also when there is none
     */
    @Nullable
    String hear() throws IOException {
        String text = read();
        long now = System.nanoTime();
        if (text != null) {
            heard = now;
        } else if (now - heard > DEAD_NANOS) {
            throw new IOException("silent");
        } else {
            send("{\"type\":\"ping\"}");
        }
        return text;
    }

    /** Asks for all of a session behind a number. */
    void subscribe(String session, long afterSeq) throws IOException {
        send("{\"type\":\"subscribe\",\"session_id\":\"" + session + "\",\"after_seq\":" + afterSeq + "}");
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
