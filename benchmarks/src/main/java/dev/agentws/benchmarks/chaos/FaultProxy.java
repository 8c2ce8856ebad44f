package dev.agentws.benchmarks.chaos;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * TCP connections passed on to one of several servers, in turn, whichever takes them; they can be cut, slowed down and held. Thread-safe; two
 * threads for each connection. {@code CutLine} of the library's tests cuts too, but has one server and no throttle, and lies where this
 * program must not look.
 */
final class FaultProxy implements AutoCloseable {
    private static final int CONNECT_MS = 1_000;
    private static final int HELD_LOOK_MS = 5;

    private final ServerSocket door;
    private final List<Integer> ports;
    private final AtomicInteger turn = new AtomicInteger();
    private final Set<Closeable> open = ConcurrentHashMap.newKeySet();
    private volatile int bytesPerMilli;
    private volatile boolean held;

    /** @param ports of servers on this machine */
    FaultProxy(List<Integer> ports) {
        this(0, ports);
    }

    /** @param port to listen on; 0 for any */
    FaultProxy(int port, List<Integer> ports) {
        this.ports = List.copyOf(ports);
        try {
            door = new ServerSocket(port, 200, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        start(this::accept);
    }

    int port() {
        return door.getLocalPort();
    }

    /** Breaks all connections; new ones are let through. */
    void cut() {
        open.forEach(FaultProxy::end);
        open.clear();
    }

    /** From now on at most so many bytes pass in each millisecond and direction; 0 = as many as there are. */
    void throttle(int bytes) {
        bytesPerMilli = bytes;
    }

    /** From now on nothing passes, and nobody is told; later what was held goes on, unless it is {@link #cut} before. */
    void hold(boolean now) {
        held = now;
    }

    private void accept() throws IOException {
        while (!door.isClosed()) {
            Socket client = door.accept();
            start(() -> join(client));
        }
    }

    private void join(Socket client) throws IOException {
        for (int i = 0; i < ports.size(); i++) {
            Socket server = new Socket();
            try {
                int port = ports.get(Math.floorMod(turn.getAndIncrement(), ports.size()));
                server.connect(new java.net.InetSocketAddress(InetAddress.getLoopbackAddress(), port), CONNECT_MS);
            } catch (IOException e) {
                end(server);
                continue;
            }
            open.add(client);
            open.add(server);
            client.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
            start(() -> pass(server, client));
            pass(client, server);
            return;
        }
        end(client);
    }

    private void pass(Socket from, Socket to) throws IOException {
        byte[] buffer = new byte[16 * 1024];
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                while (held && !from.isClosed()) {
                    TimeUnit.MILLISECONDS.sleep(HELD_LOOK_MS);
                }
                out.write(buffer, 0, n);
                int most = bytesPerMilli;
                if (most > 0) {
                    TimeUnit.MILLISECONDS.sleep(1 + n / most);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            open.remove(from);
            open.remove(to);
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
                        // A line that is cut is what this is for.
                        Thread.currentThread().interrupt();
                    }
                },
                "proxy");
        thread.setDaemon(true);
        thread.start();
    }

    private static void end(Closeable each) {
        try {
            each.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        end(door);
        cut();
    }
}
