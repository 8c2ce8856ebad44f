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
final class LoadConnection extends FrameReader {
    private static final byte[] AUTHENTICATED = MessageScan.ascii("auth_success");
    private static final byte[] CREATED = MessageScan.ascii("session_created");
    private static final byte[] MESSAGE = MessageScan.ascii("agent_message");
    private static final byte[] THINKING = MessageScan.ascii("agent_thinking");
    private static final byte[] RESULT = MessageScan.ascii("agent_result");
    private static final byte[] ERROR = MessageScan.ascii("error");
    private static final int INDEX_DIGITS = 8;
    private static final int STALL_AFTER = 64 << 10;

    /** Who hears how far a client has come. Called on the client's loop. */
    interface Watcher {
        /** All its sessions are there. Once, or {@link #lost} comes instead or later. */
        void ready(LoadConnection connection);

        /** It is of no more use. */
        void lost(LoadConnection connection);
    }

    private final Scenario scenario;
    private final DeltaCheck check;
    private final Tally tally;
    private final String token;
    private final List<LoadSession> sessions;
    private final Watcher watcher;
    private final MessageScan scan = new MessageScan();
    private byte[] decoded = new byte[4096];
    private @Nullable Channel channel;
    private int created;
    private long now;
    private long countFrom;
    private long seenBytes;
    private boolean leaving;

    LoadConnection(Scenario scenario, Tally tally, String token, List<LoadSession> sessions, Watcher watcher) {
        this.scenario = scenario;
        this.check = new DeltaCheck(scenario.stream());
        this.tally = tally;
        this.token = token;
        this.sessions = sessions;
        this.watcher = watcher;
    }

    /** Whether the connection got as far as a channel. */
    boolean usable() {
        Channel open = channel;
        return open != null && open.isActive();
    }

    @Override
    void onOpen(ChannelHandlerContext ctx) {
        channel = ctx.channel();
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

    /** Prompts all sessions. Any thread. */
    void start() {
        Channel open = channel;
        if (open != null) {
            open.eventLoop().execute(() -> {
                countFrom = System.nanoTime() + scenario.skipMillis() * 1_000_000L;
                sessions.forEach(this::prompt);
            });
        }
    }

    /** Ends the sessions and goes. Any thread. */
    void leave() {
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
                pieces(session, bytes, scenario.stream().thinking());
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
                pieces(session, bytes, !scenario.stream().thinking());
            }
            return;
        }
        if (scan.content.length() > 0 && text(bytes) != session.received * check.unit()) {
            tally.wrong.increment();
            tally.error("whole text: not as long as its pieces together");
        }
        if (!session.numbered) {
            next(session);
        }
    }

    /** Checks the deltas of one frame: mostly one, more where a server puts several into a frame. */
    private void pieces(LoadSession session, byte[] bytes, boolean expected) {
        int length = text(bytes);
        byte[] text = decoded;
        if (!expected || length <= 0 || length % check.unit() != 0) {
            tally.wrong.increment();
            tally.error(
                    "piece: " + excerpt(text, Math.max(0, length)) + " (expected: whole deltas of the kind asked for)");
            return;
        }
        if (session.received == 0) {
            tally.record(tally.firstDelta, now - session.promptAt);
        }
        for (int at = 0; at < length; at += check.unit()) {
            if (check.holds(text, at, session.received)) {
                if (now >= countFrom) {
                    tally.record(tally.latency, DeltaCheck.age(text, at, now));
                }
            } else {
                tally.wrong.increment();
                tally.error("delta: " + excerpt(text, length) + " (expected: number "
                        + Long.toHexString(session.received) + ")");
            }
            session.received++;
            tally.deltas.increment();
        }
    }

    /** Decodes the content and returns its length, or -1. */
    private int text(byte[] bytes) {
        int raw = scan.content.length();
        if (decoded.length < raw) {
            decoded = new byte[raw * 2];
        }
        if (scan.content.escaped) {
            return JsonText.decode(bytes, scan.content.from, scan.content.to, decoded);
        }
        System.arraycopy(bytes, scan.content.from, decoded, 0, raw);
        return raw;
    }

    private void next(LoadSession session) {
        if (session.received != scenario.stream().deltas()) {
            tally.error("turn: " + session.received + " deltas (expected: "
                    + scenario.stream().deltas() + ")");
        }
        tally.streams.countDown();
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
