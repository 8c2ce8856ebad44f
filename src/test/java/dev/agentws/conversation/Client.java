package dev.agentws.conversation;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * A WebSocket client on a plain socket: keeps every frame it gets, and holds each session's frames against the rules that always hold.
 * Thread-safe; a thread of its own reads.
 */
final class Client implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final int SHOWN = 40;
    private static final int TEXT = 1;
    private static final int CLOSE = 8;
    private static final int PING = 9;

    private final String name;
    private final Socket socket = new Socket();
    private final DataInputStream in;
    private final List<Frame> frames = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();
    private final Misfits misfits = new Misfits();
    private final Map<String, SessionRules> rules = new HashMap<>();
    private int cursor;
    private boolean paused;
    private int closeCode;
    private boolean over;

    /**
     * Connects and asks for the upgrade.
     *
     * @param query of the request, such as {@code ?token=KEY}
     * @param receiveBuffer of the socket in bytes, 0 for the usual
     */
    Client(String name, InetSocketAddress server, String query, int receiveBuffer) {
        this.name = name;
        try {
            if (receiveBuffer > 0) {
                socket.setReceiveBufferSize(receiveBuffer);
            }
            socket.connect(server);
            socket.setTcpNoDelay(true);
            in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), 4096));
            socket.getOutputStream()
                    .write(("GET /ws" + query + " HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\n"
                                    + "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                                    + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            String head = readHead();
            if (!head.startsWith("HTTP/1.1 101 ")) {
                throw new IllegalStateException("upgrade: " + head + " (expected: 101)");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread reader = new Thread(this::read, "client-" + name);
        reader.setDaemon(true);
        reader.start();
    }

    private String readHead() throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            head.append((char) in.readUnsignedByte());
        }
        return head.toString();
    }

    private void read() {
        try {
            while (awaitReading()) {
                int opcode = in.readUnsignedByte() & 0x0f;
                int length = in.readUnsignedByte();
                length = length == 126 ? in.readUnsignedShort() : length == 127 ? (int) in.readLong() : length;
                byte[] payload = new byte[length];
                in.readFully(payload);
                take(opcode, payload);
            }
        } catch (IOException e) {
            finish(0);
        }
    }

    private void take(int opcode, byte[] payload) throws IOException {
        if (opcode == TEXT) {
            add(new String(payload, StandardCharsets.UTF_8));
        } else if (opcode == PING) {
            write(10, payload);
        } else if (opcode == CLOSE) {
            finish(payload.length < 2 ? 1005 : ByteBuffer.wrap(payload).getShort() & 0xffff);
            // as every client does; a server that is not answered waits for the whole of its grace
            write(CLOSE, payload);
        }
    }

    private synchronized void add(String text) {
        try {
            Frame frame = Frame.of(text);
            frames.add(frame);
            FrameSchemas.problems(frame.json()).forEach(problem -> problems.add(problem + " in " + cut(text)));
            misfits.received(frame.json());
            if (!frame.session().isEmpty()) {
                rules.computeIfAbsent(frame.session(), id -> new SessionRules(problems::add))
                        .accept(frame);
            }
        } catch (IllegalArgumentException e) {
            problems.add(String.valueOf(e.getMessage()));
        }
        notifyAll();
    }

    private synchronized void finish(int code) {
        over = true;
        closeCode = closeCode == 0 ? code : closeCode;
        notifyAll();
    }

    private synchronized boolean awaitReading() {
        while (paused && !over) {
            try {
                wait();
            } catch (InterruptedException e) {
                return false;
            }
        }
        return true;
    }

    /** Stops reading: at most one more frame is taken from the socket. */
    synchronized void pause() {
        paused = true;
    }

    synchronized void resume() {
        paused = false;
        notifyAll();
    }

    /** Sends one text frame, as it is. Unless it fits its schema, the server has to refuse it. */
    Client send(String json) {
        synchronized (this) {
            misfits.sent(json);
        }
        return sendUnchecked(json);
    }

    /** Sends what the server is to take although its schema does not know it. */
    Client sendUnchecked(String json) {
        try {
            write(TEXT, json.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    private void write(int opcode, byte[] payload) throws IOException {
        ByteBuffer frame = ByteBuffer.allocate(payload.length + 14).put((byte) (0x80 | opcode));
        if (payload.length <= 125) {
            frame.put((byte) (0x80 | payload.length));
        } else if (payload.length <= 0xffff) {
            frame.put((byte) 0xfe).putShort((short) payload.length);
        } else {
            frame.put((byte) 0xff).putLong(payload.length);
        }
        byte[] mask = {0x37, (byte) 0xfa, 0x21, 0x3d};
        frame.put(mask);
        for (int i = 0; i < payload.length; i++) {
            frame.put((byte) (payload[i] ^ mask[i & 3]));
        }
        synchronized (socket) {
            socket.getOutputStream().write(frame.array(), 0, frame.position());
        }
    }

    /** The next frame of that type after the one awaited last. */
    Frame await(String type) {
        return await(type, frame -> frame.type().equals(type));
    }

    /** The next frame after the one awaited last that is such. */
    synchronized Frame await(String what, Predicate<Frame> such) {
        int found = find(cursor, what, such);
        cursor = found + 1;
        return frames.get(found);
    }

    /** The index of the first such frame from {@code from} on; waits for it as long as any frames come. */
    synchronized int find(int from, String what, Predicate<Frame> such) {
        for (int i = from; ; i++) {
            int index = i;
            long end = System.nanoTime() + PATIENCE.toNanos();
            if (!awaitState(end, () -> index < frames.size() || over) || index >= frames.size()) {
                throw new AssertionError(name + " waits for " + what + (over ? " on a closed socket" : "") + history());
            }
            if (such.test(frames.get(i))) {
                return i;
            }
        }
    }

    /** Whether it came to be in time. */
    private synchronized boolean awaitState(long endNanos, BooleanSupplier state) {
        try {
            while (!state.getAsBoolean()) {
                long leftMs = (endNanos - System.nanoTime()) / 1_000_000;
                if (leftMs <= 0) {
                    return false;
                }
                wait(leftMs);
            }
            return true;
        } catch (InterruptedException e) {
            throw new AssertionError(name + " was interrupted" + history(), e);
        }
    }

    synchronized Frame frame(int index) {
        return frames.get(index);
    }

    /** What has come so far. */
    synchronized List<Frame> frames() {
        return List.copyOf(frames);
    }

    /** The code of the server's close frame; 0 when the connection broke without one. */
    synchronized int awaitClose() {
        if (!awaitState(System.nanoTime() + PATIENCE.toNanos(), () -> over)) {
            throw new AssertionError(name + " waits for the end of the connection" + history());
        }
        return closeCode;
    }

    synchronized List<String> problems() {
        return Stream.concat(problems.stream(), misfits.accepted())
                .map(problem -> name + ": " + problem)
                .toList();
    }

    /** The frames so far, or the first and the last of many, for the message of a failure. */
    synchronized String history() {
        StringBuilder text = new StringBuilder("\n" + name + " saw " + frames.size() + " frames:");
        for (int i = 0; i < frames.size(); i++) {
            if (i < SHOWN || i >= frames.size() - SHOWN) {
                text.append("\n  ").append(cut(frames.get(i).text()));
            } else if (i == SHOWN) {
                text.append("\n  ...");
            }
        }
        return text.toString();
    }

    private static String cut(String text) {
        return text.length() > 400 ? text.substring(0, 400) + "..." : text;
    }

    /** A session that this client asks for and waits for. */
    Talk create(String options) {
        send("{\"type\":\"create_session\",\"options\":" + options + "}");
        return talk(await("session_created").session());
    }

    /** A session with that id and the usual options. */
    Talk createNamed(String id) {
        send("{\"type\":\"create_session\",\"session_id\":\"" + id + "\"}");
        await("session_created " + id, frame -> frame.type().equals("session_created"));
        return talk(id);
    }

    /** This client's view of a session. */
    Talk talk(String session) {
        return new Talk(this, session);
    }

    /** Drops the connection without a farewell. */
    void vanish() {
        try {
            socket.setSoLinger(true, 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        close();
    }

    @Override
    public void close() {
        finish(1006);
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
