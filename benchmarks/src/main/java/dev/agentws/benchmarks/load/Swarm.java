package dev.agentws.benchmarks.load;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Many clients of one server. Used by one thread; the clients live on its event loops. */
final class Swarm implements AutoCloseable {
    /** So many connections are being made at once: a full accept queue would measure the kernel's patience. */
    private static final int OPENING = 64;

    private static final int READ = 64 << 10;

    private final EventLoopGroup loops;
    private final boolean epoll = Epoll.isAvailable();
    private final List<LoadClient> clients = new ArrayList<>();
    private final Set<LoadClient> ready = ConcurrentHashMap.newKeySet();

    Swarm(int threads) {
        loops = new MultiThreadIoEventLoopGroup(
                threads, epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
    }

    /**
     * Opens connections and their sessions and waits for them.
     *
     * @return how many are ready of all that were opened so far
     */
    int open(int count, Scenario scenario, Tally tally, Address address, String token) throws InterruptedException {
        Semaphore opening = new Semaphore(OPENING);
        Bootstrap bootstrap = new Bootstrap()
                .group(loops)
                .channel(epoll ? EpollSocketChannel.class : NioSocketChannel.class)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
                .option(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(READ))
                .handler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        // each connection brings its own handler, see below
                    }
                });
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(scenario.limitSeconds());
        int opened = 0;
        while (opened < count && opening.tryAcquire(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
            connect(bootstrap, scenario, tally, address, token, opening);
            opened++;
        }
        opening.tryAcquire(OPENING, Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
        return ready.size();
    }

    private void connect(
            Bootstrap bootstrap, Scenario scenario, Tally tally, Address address, String token, Semaphore opening) {
        LoadClient.Watcher watcher = new LoadClient.Watcher() {
            @Override
            public void ready(LoadClient each) {
                ready.add(each);
                opening.release();
            }

            @Override
            public void lost(LoadClient each) {
                if (!ready.remove(each)) {
                    opening.release();
                }
            }
        };
        List<LoadSession> sessions = sessions(scenario);
        LoadClient client = address.webSocket()
                ? new LoadConnection(scenario, tally, address, token, sessions, watcher)
                : new EventStreamClient(scenario, tally, sessions.get(0), watcher);
        clients.add(client);
        ChannelFuture connecting = bootstrap.connect(address.host(), address.port());
        connecting.addListener(done -> {
            if (done.isSuccess()) {
                connecting.channel().pipeline().addLast(client);
                client.begin(connecting.channel());
            } else {
                tally.error("connect: " + done.cause());
                opening.release();
            }
        });
    }

    private static List<LoadSession> sessions(Scenario scenario) {
        List<LoadSession> sessions = new ArrayList<>();
        UUID random = UUID.randomUUID();
        for (int place = 0; place < scenario.sessions(); place++) {
            String base = random.toString();
            sessions.add(new LoadSession(
                    base.substring(0, base.length() - 8) + String.format("%08x", place), scenario.prompts()));
        }
        return sessions;
    }

    /** Sends the first prompt of every session. */
    void start() {
        ready.forEach(LoadClient::start);
    }

    /** Whether a client is left that something can still come for. */
    boolean anyLeft() {
        return !ready.isEmpty();
    }

    /** Ends all sessions, closes all connections, waits for it. */
    @Override
    public void close() {
        clients.forEach(LoadClient::leave);
        loops.shutdownGracefully(200, 5000, TimeUnit.MILLISECONDS).awaitUninterruptibly(10, TimeUnit.SECONDS);
    }
}
