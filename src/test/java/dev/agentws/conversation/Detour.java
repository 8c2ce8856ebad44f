package dev.agentws.conversation;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Stands before the simulator: answers some requests with bytes that no simulator would send, and passes all others on. */
final class Detour implements AutoCloseable {
    private final ServerSocket server;
    private final URI behind;
    private final Queue<String> answers = new ConcurrentLinkedQueue<>();
    private final Queue<Closeable> open = new ConcurrentLinkedQueue<>();

    Detour(URI behind) {
        this.behind = behind;
        try {
            server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        start(this::accept);
    }

    URI url() {
        return URI.create("http://127.0.0.1:" + server.getLocalPort());
    }

    /** The first request of the next new connection gets these bytes and the end of the connection. */
    void answer(String latin1) {
        answers.add(latin1);
    }

    private interface Task {
        void run() throws IOException;
    }

    private static void start(Task task) {
        Thread thread = new Thread(
                () -> {
                    try {
                        task.run();
                    } catch (IOException end) {
                        // one side is gone: the other is closed by its owner
                        Thread.currentThread().interrupt();
                    }
                },
                "detour");
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() throws IOException {
        while (!server.isClosed()) {
            Socket socket = server.accept();
            open.add(socket);
            start(() -> serve(socket));
        }
    }

    private void serve(Socket socket) throws IOException {
        byte[] head = head(socket.getInputStream());
        String answer = answers.poll();
        if (answer != null) {
            socket.getInputStream().readNBytes(contentLength(head));
            socket.getOutputStream().write(answer.getBytes(StandardCharsets.ISO_8859_1));
            socket.close();
            return;
        }
        Socket onward = new Socket(behind.getHost(), behind.getPort());
        open.add(onward);
        onward.getOutputStream().write(head);
        start(() -> pass(socket.getInputStream(), onward.getOutputStream(), onward));
        pass(onward.getInputStream(), socket.getOutputStream(), socket);
    }

    private static byte[] head(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("no request");
            }
            head.write(next);
        }
        return head.toByteArray();
    }

    private static int contentLength(byte[] head) {
        String text = new String(head, StandardCharsets.ISO_8859_1).toLowerCase(Locale.ROOT);
        int at = text.indexOf("content-length:") + "content-length:".length();
        return Integer.parseInt(text.substring(at, text.indexOf('\r', at)).strip());
    }

    private static void pass(InputStream in, OutputStream out, Socket to) throws IOException {
        try {
            in.transferTo(out);
        } finally {
            to.close();
        }
    }

    @Override
    public void close() {
        try {
            server.close();
            for (Closeable each : open) {
                each.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
