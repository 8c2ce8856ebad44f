package dev.agentws.benchmarks.load;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One client: shows the token, makes its sessions one after the other, prompts them, and looks at every byte that comes back. Confined
 * to its channel's loop.
 */
final class LoadConnection extends FrameReader implements LoadClient {
    private static final byte[] AUTHENTICATED = MessageScan.ascii("auth_success");
    private static final byte[] CREATED = MessageScan.ascii("session_created");
    private static final byte[] MESSAGE = MessageScan.ascii("agent_message");
    private static final byte[] THINKING = MessageScan.ascii("agent_thinking");
    private static final byte[] RESULT = MessageScan.ascii("agent_result");
    private static final byte[] ERROR = MessageScan.ascii("error");
    private static final int INDEX_DIGITS = 8;
    /** A client that is to stop reading has read so much. */
    static final int STALL_AFTER = 64 << 10;

    private final Scenario scenario;
    private final Tally tally;
    private final DeltaTaker taker;
    private final Address address;
    private final String token;
    private final List<LoadSession> sessions;
    private final Watcher watcher;
    private final MessageScan scan = new MessageScan();
    private @Nullable Channel channel;
    private int created;
    private long now;
    private long seenBytes;
    private boolean leaving;

    LoadConnection(
            Scenario scenario,
            Tally tally,
            Address address,
            String token,
            List<LoadSession> sessions,
            Watcher watcher) {
        this.scenario = scenario;
        this.tally = tally;
        this.taker = new DeltaTaker(scenario, tally);
        this.address = address;
        this.token = token;
        this.sessions = sessions;
        this.watcher = watcher;
    }

    @Override
    public void begin(Channel open) {
        channel = open;
        open.writeAndFlush(ClientFrames.upgrade(open.alloc(), address));
    }

    @Override
    void onOpen(ChannelHandlerContext ctx) {
        send("{\"type\":\"auth\",\"token\":\""
                + new String(JsonStringEncoder.getInstance().quoteAsString(token)) + "\"}");
    }

    @Override
    void onFailure(String why) {
        if (!leaving) {
            tally.error(why);
            watcher.lost(this);
        }
    }

    @Override
    public void start() {
        Channel open = channel;
        if (open != null) {
            open.eventLoop().execute(() -> {
                taker.start();
                sessions.forEach(this::prompt);
            });
        }
    }

    @Override
    public void leave() {
        Channel open = channel;
        if (open == null) {
            return;
        }
        open.eventLoop().execute(() -> {
            leaving = true;
            for (LoadSession session : sessions) {
                if (session.numbered) {
                    send("{\"type\":\"end_session\",\"session_id\":\"" + session.id + "\"}");
                }
            }
            open.config().setAutoRead(true);
            open.writeAndFlush(open.alloc().buffer(0)).addListener(unused -> open.close());
        });
    }

    private void prompt(LoadSession session) {
        session.promptsLeft--;
        session.received = 0;
        session.promptAt = System.nanoTime();
        send("{\"type\":\"send_prompt\",\"session_id\":\"" + session.id + "\",\"prompt\":\"go "
                + scenario.stream().marker() + "\"}");
    }

    private void create() {
        send("{\"type\":\"create_session\",\"session_id\":\"" + sessions.get(created).id + "\",\"options\":{}}");
    }

    private void send(String json) {
        Channel open = channel;
        if (open != null) {
            open.writeAndFlush(ClientFrames.text(open.alloc(), json), open.voidPromise());
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object read) {
        now = System.nanoTime();
        tally.reads.increment();
        super.channelRead(ctx, read);
        if (scenario.mode() == Scenario.Mode.STALL && seenBytes > STALL_AFTER && !leaving) {
            ctx.channel().config().setAutoRead(false);
        }
    }

    @Override
    void onText(ChannelHandlerContext ctx, byte[] bytes, int length) {
        tally.frames.increment();
        tally.bytes.add(length);
        seenBytes += length;
        if (leaving) {
            return;
        }
        if (!scan.read(bytes, length)) {
            tally.error("message: " + excerpt(bytes, length) + " (expected: a JSON object)");
        } else if (scan.typeIs(AUTHENTICATED)) {
            if (created == 0) {
                create();
            }
        } else if (scan.typeIs(ERROR)) {
            failed(ctx, bytes, length);
        } else if (scan.session.present) {
            ofSession(bytes, length);
        }
    }

    private void failed(ChannelHandlerContext ctx, byte[] bytes, int length) {
        tally.error("server: " + excerpt(bytes, length));
        if (created < sessions.size()) {
            leaving = true;
            watcher.lost(this);
            ctx.close();
        } else if (scan.session.present) {
            LoadSession session = find(bytes);
            if (session != null && !session.numbered) {
                next(session);
            }
        }
    }

    private void ofSession(byte[] bytes, int length) {
        LoadSession session = find(bytes);
        if (session == null) {
            tally.error("message: " + excerpt(bytes, length) + " (expected: one of a session of this connection)");
            return;
        }
        if (scan.seq >= 0) {
            session.numbered = true;
            if (scan.seq != session.lastSeq + 1) {
                tally.gaps.increment();
                tally.error("seq: " + scan.seq + " (expected: " + (session.lastSeq + 1) + ")");
            }
            session.lastSeq = scan.seq;
        }
        if (scan.typeIs(MESSAGE)) {
            message(session, bytes);
        } else if (scan.typeIs(THINKING)) {
            if (scan.content.present) {
                taker.take(session, bytes, scan.content, now, scenario.stream().thinking());
            }
        } else if (scan.typeIs(RESULT)) {
            if (scan.isError) {
                tally.error("turn: " + excerpt(bytes, length));
            }
            next(session);
        } else if (scan.typeIs(CREATED)) {
            created();
        }
    }

    private void created() {
        if (++created < sessions.size()) {
            create();
        } else {
            watcher.ready(this);
        }
    }

    private void message(LoadSession session, byte[] bytes) {
        if (!scan.complete) {
            if (scan.content.length() > 0) {
                taker.take(session, bytes, scan.content, now, !scenario.stream().thinking());
            }
            return;
        }
        if (scan.content.length() > 0 && taker.decode(bytes, scan.content) != session.received * taker.unit()) {
            tally.wrong.increment();
            tally.error("whole text: not as long as its pieces together");
        }
        if (!session.numbered) {
            next(session);
        }
    }

    private void next(LoadSession session) {
        taker.endTurn(session);
        if (session.promptsLeft > 0) {
            prompt(session);
        }
    }

    /** The last digits of an id are the session's place; the rest must fit as well. */
    private @Nullable LoadSession find(byte[] bytes) {
        int to = scan.session.to;
        int place = 0;
        for (int i = Math.max(scan.session.from, to - INDEX_DIGITS); i < to; i++) {
            place = place << 4 | (Character.digit(bytes[i], 16) & 15);
        }
        if (place < 0 || place >= sessions.size()) {
            return null;
        }
        LoadSession session = sessions.get(place);
        return session.hasId(bytes, scan.session.from, to) ? session : null;
    }

    private static String excerpt(byte[] bytes, int length) {
        return new String(bytes, 0, Math.min(length, 200), StandardCharsets.UTF_8);
    }
}
