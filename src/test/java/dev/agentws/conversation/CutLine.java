package dev.agentws.conversation;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;

/** A line between a client and the server that can be cut. Thread-safe. */
final class CutLine implements AutoCloseable {
    private final ServerSocket door;
    private final InetSocketAddress server;
    private final List<Closeable> open = new ArrayList<>();
    private boolean refusing;

    CutLine(InetSocketAddress server) {
        this.server = server;
        try {
            door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        start(() -> {
            while (true) {
                join(door.accept());
            }
        });
    }

    InetSocketAddress address() {
        return new InetSocketAddress(door.getInetAddress(), door.getLocalPort());
    }

    /** Breaks all connections; new ones are let through. */
    synchronized void cut() {
        open.forEach(CutLine::close);
        open.clear();
    }

    /** Breaks all connections, and those that will come. */
    synchronized void refuse() {
        refusing = true;
        cut();
    }

    synchronized void allow() {
        refusing = false;
    }

    private synchronized void join(Socket client) throws IOException {
        if (refusing) {
            client.close();
            return;
        }
        Socket there;
        try {
            there = new Socket(server.getAddress(), server.getPort());
        } catch (IOException away) {
            client.close();
            return;
        }
        open.add(client);
        open.add(there);
        start(() -> pass(client, there));
        start(() -> pass(there, client));
    }

    private static void pass(Socket from, Socket to) throws IOException {
        try (from;
                to) {
            from.getInputStream().transferTo(to.getOutputStream());
        }
    }

    private interface Task {
        void run() throws IOException;
    }

    private static void start(Task task) {
        Thread thread = new Thread(
                () -> {
                    try {
                        task.run();
                    } catch (IOException cut) {
                        // that is what this line is for
                        Thread.currentThread().interrupt();
                    }
                },
                "cut-line");
        thread.setDaemon(true);
        thread.start();
    }

    private static void close(Closeable each) {
        try {
            each.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        close(door);
        refuse();
    }
}
