package dev.agentws.websocket;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** A socket that speaks what a test makes it speak. Reads fail after ten seconds. */
final class RawClient implements AutoCloseable {
    private final Socket socket;
    private final DataInputStream in;

    RawClient(InetSocketAddress server) throws IOException {
        socket = new Socket(server.getAddress(), server.getPort());
        socket.setSoTimeout(10_000);
        socket.setTcpNoDelay(true);
        in = new DataInputStream(socket.getInputStream());
    }

    void send(String latin1) throws IOException {
        send(latin1.getBytes(StandardCharsets.ISO_8859_1));
    }

    void send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
    }

    /** The head of an HTTP answer, without its empty line. */
    String head() throws IOException {
        StringBuilder text = new StringBuilder();
        while (text.length() < 4 || !text.substring(text.length() - 4).equals("\r\n\r\n")) {
            text.append((char) in.readUnsignedByte());
        }
        return text.substring(0, text.length() - 4);
    }

    /** The next frame as its first byte and its payload, one character per byte. */
    String frame() throws IOException {
        int first = in.readUnsignedByte();
        int length = in.readUnsignedByte();
        if (length == 126) {
            length = in.readUnsignedShort();
        } else if (length == 127) {
            length = Math.toIntExact(in.readLong());
        }
        byte[] payload = new byte[length];
        in.readFully(payload);
        return (char) first + new String(payload, StandardCharsets.ISO_8859_1);
    }

    /** The next frame, or an empty text if none begins in time. */
    String frameWithin(Duration time) throws IOException {
        socket.setSoTimeout((int) time.toMillis());
        try {
            return frame();
        } catch (SocketTimeoutException e) {
            return "";
        }
    }

    String text() throws IOException {
        return frame().substring(1);
    }

    /** Everything up to the end of the stream. */
    String rest() throws IOException {
        return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
    }

    boolean ended() throws IOException {
        try {
            in.readByte();
            return false;
        } catch (EOFException e) {
            return true;
        }
    }

    /** Whether the stream ends in time, whatever comes before. */
    boolean endedWithin(Duration time) throws IOException {
        socket.setSoTimeout((int) time.toMillis());
        try {
            in.readAllBytes();
            return true;
        } catch (SocketTimeoutException e) {
            return false;
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
