package dev.agentws.benchmarks.load;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Calls the API straight, or through a relay of HTTP: no sessions, no frames, the same checks. Confined to its channel's loop. */
final class EventStreamClient extends ChannelInboundHandlerAdapter implements LoadClient {
    private static final byte[] TEXT = MessageScan.ascii("text");
    private static final byte[] THINKING = MessageScan.ascii("thinking");

    private final Scenario scenario;
    private final Tally tally;
    private final DeltaTaker taker;
    private final LoadSession session;
    private final Watcher watcher;
    private final MessageScan event = new MessageScan();
    private final MessageScan delta = new MessageScan();
    private final ByteBuf rest = Unpooled.buffer(1024);
    private byte[] line = new byte[4096];
    private @Nullable Channel channel;
    private boolean leaving;

    EventStreamClient(Scenario scenario, Tally tally, LoadSession session, Watcher watcher) {
        this.scenario = scenario;
        this.tally = tally;
        this.taker = new DeltaTaker(scenario, tally);
        this.session = session;
        this.watcher = watcher;
    }

    @Override
    public void begin(Channel open) {
        channel = open;
        open.pipeline().addFirst(new HttpClientCodec());
        watcher.ready(this);
    }

    @Override
    public void start() {
        Channel open = channel;
        if (open != null) {
            open.eventLoop().execute(() -> {
                taker.start();
                prompt(open);
            });
        }
    }

    private void prompt(Channel open) {
        session.promptsLeft--;
        session.received = 0;
        session.promptAt = System.nanoTime();
        String body = "{\"model\":\"claude-sonnet-4-6\",\"max_tokens\":4096,\"stream\":true,\"messages\":"
                + "[{\"role\":\"user\",\"content\":\"go " + scenario.stream().marker() + "\"}]}";
        var request = new DefaultFullHttpRequest(
                HttpVersion.HTTP_1_1,
                HttpMethod.POST,
                "/v1/messages",
                Unpooled.copiedBuffer(body, StandardCharsets.UTF_8));
        request.headers()
                .set("host", "127.0.0.1")
                .set("x-api-key", "k")
                .set("anthropic-version", "2023-06-01")
                .set("content-type", "application/json")
                .set("content-length", request.content().readableBytes());
        open.writeAndFlush(request);
    }

    @Override
    public void leave() {
        Channel open = channel;
        if (open != null) {
            open.eventLoop().execute(() -> {
                leaving = true;
                open.close();
            });
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object read) {
        long now = System.nanoTime();
        try {
            if (read instanceof HttpResponse response && response.status().code() != 200) {
                tally.error("status: " + response.status() + " (expected: 200)");
            }
            if (read instanceof HttpContent content) {
                tally.bytes.add(content.content().readableBytes());
                rest.discardReadBytes().writeBytes(content.content());
                lines(now);
            }
            if (read instanceof LastHttpContent && !leaving) {
                taker.endTurn(session);
                if (session.promptsLeft > 0) {
                    prompt(ctx.channel());
                }
            }
        } finally {
            ReferenceCountUtil.release(read);
        }
        stallIfAsked(ctx);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        tally.reads.increment();
    }

    private void stallIfAsked(ChannelHandlerContext ctx) {
        if (scenario.mode() == Scenario.Mode.STALL && tally.bytes.sum() > LoadConnection.STALL_AFTER && !leaving) {
            ctx.channel().config().setAutoRead(false);
        }
    }

    private void lines(long now) {
        for (int end = rest.bytesBefore((byte) '\n'); end >= 0; end = rest.bytesBefore((byte) '\n')) {
            if (line.length < end) {
                line = new byte[end * 2];
            }
            rest.readBytes(line, 0, end).skipBytes(1);
            if (end > 6 && line[0] == 'd' && line[4] == ':') {
                data(end, now);
            }
        }
    }

    /** The JSON of an event begins behind "data: ". */
    private void data(int end, long now) {
        tally.frames.increment();
        System.arraycopy(line, 6, line, 0, end - 6);
        if (!event.read(line, end - 6) || !event.delta.present) {
            return;
        }
        int length = event.delta.length();
        System.arraycopy(line, event.delta.from, line, 0, length);
        byte[] wanted = scenario.stream().thinking() ? THINKING : TEXT;
        if (delta.read(line, length, wanted) && delta.content.present) {
            taker.take(session, line, delta.content, now, true);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        rest.release();
        if (!leaving) {
            tally.error("the server hung up");
            watcher.lost(this);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (!leaving) {
            tally.error(cause.toString());
        }
        ctx.close();
    }
}
