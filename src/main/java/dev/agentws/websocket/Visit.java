package dev.agentws.websocket;

import dev.agentws.metrics.LoopCounts;
import dev.agentws.metrics.Meters;
import io.netty.channel.Channel;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One upgraded connection from its beginning to its end, for the counts and for its line in the log. Confined to its event loop. */
final class Visit {
    private static final Logger LOG = LoggerFactory.getLogger("dev.agentws.access");
    /** What RFC 6455 keeps for a connection that ended without a close frame. */
    private static final int NO_CLOSE_FRAME = 1006;

    private static final int NO_CODE = 1005;

    private final Meters meters;
    private final LoopCounts counts;
    private final long openedNanos;
    private String client = "not authenticated";
    private int code = NO_CLOSE_FRAME;
    private long framesReceived;
    private long bytesReceived;
    private long framesSent;
    private long bytesSent;

    Visit(Meters meters, LoopCounts counts, long nowNanos) {
        this.meters = meters;
        this.counts = counts;
        this.openedNanos = nowNanos;
        meters.connectionsOpened.increment();
    }

    /** @param how it was let in; never what it showed */
    void letIn(String how) {
        client = how;
    }

    void received(int bytes) {
        framesReceived++;
        bytesReceived += bytes;
        counts.frameReceived();
    }

    void sent(int frames, int bytes) {
        framesSent += frames;
        bytesSent += bytes;
        counts.sent(frames, bytes);
    }

    /** A close frame was sent or came; the first one counts. */
    void closing(int closeCode) {
        if (code == NO_CLOSE_FRAME) {
            code = closeCode < 0 ? NO_CODE : closeCode;
        }
    }

    void over(Channel channel, long nowNanos) {
        meters.connectionsClosed.of(Integer.toString(code)).increment();
        LOG.atInfo()
                .addKeyValue("connection", channel.id().asShortText())
                .addKeyValue("remote", channel.remoteAddress())
                .addKeyValue("client", client)
                .addKeyValue("code", code)
                .addKeyValue("frames_in", framesReceived)
                .addKeyValue("bytes_in", bytesReceived)
                .addKeyValue("frames_out", framesSent)
                .addKeyValue("bytes_out", bytesSent)
                .addKeyValue("ms", TimeUnit.NANOSECONDS.toMillis(nowNanos - openedNanos))
                .log("connection over");
    }
}
