package dev.agentws.anthropic;

import static java.util.Objects.requireNonNull;

import dev.agentws.agent.model.ModelFailure;
import dev.agentws.anthropic.http.Exchange;
import dev.agentws.anthropic.http.HttpText;
import dev.agentws.anthropic.http.ResponseHead;
import dev.agentws.anthropic.http.UpstreamRequest;
import dev.agentws.anthropic.http.UpstreamStream;
import dev.agentws.anthropic.stream.MessageReader;
import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One request and its answer: a stream goes to a reader, anything else is collected and becomes a fault. Tells its call exactly once how
 * it ended, unless it is cancelled. Confined to the session's event loop.
 */
final class Attempt implements Exchange, MessageReader.Outcome {
    private static final int MAX_ERROR_BYTES = 64 * 1024;
    /** A whole answer that should have been a stream; it is only looked at for an error. */
    private static final int MAX_JSON_BYTES = 1024 * 1024;

    private static final Logger log = LoggerFactory.getLogger(Attempt.class);

    private final ModelCall call;
    private final UpstreamStream stream;
    private final IdleWatch watch;
    private final ByteArrayOutputStream collected = new ByteArrayOutputStream(0);
    private @Nullable ResponseHead head;
    private @Nullable MessageReader reader;
    /** Inside the reader, which must not be released under its own feet. */
    private boolean reading;
    /** The stream is no longer this attempt's. */
    private boolean detached;

    private boolean over;

    Attempt(ModelCall call, UpstreamStream stream, EventLoop loop) {
        this.call = call;
        this.stream = stream;
        this.watch = new IdleWatch(loop, call.upstream().config().idleReadTimeout(), this::expired);
    }

    /** The request's body is taken over. */
    void send(UpstreamRequest request) {
        watch.start();
        stream.send(this, request);
    }

    void pause() {
        watch.pause();
        if (!detached) {
            stream.setReading(false);
        }
    }

    void resume() {
        watch.resume();
        if (!detached) {
            stream.setReading(true);
        }
    }

    void cancel() {
        if (!over) {
            finish();
            abandon();
        }
    }

    @Override
    public void onSent() {
        watch.touch();
    }

    @Override
    public void onRead() {
        watch.touch();
    }

    @Override
    public void onHead(ResponseHead head) {
        this.head = head;
        String encoding = head.first("content-encoding");
        boolean plain = encoding == null || encoding.isEmpty() || encoding.equalsIgnoreCase("identity");
        if (!plain) {
            refuse(
                    head.status() == 200
                            ? Failures.notAStream(head, "content-encoding: " + encoding + " (expected: identity)")
                            : answered(head, ErrorBody.NONE));
        } else if (head.status() == 200 && !isDocument(head)) {
            reader = call.upstream().readers().open(call.listener(), this);
        }
    }

    @Override
    public void onBody(ByteBuf bytes, int offset, int length) {
        if (reader != null) {
            reading = true;
            try {
                reader.read(bytes, offset, length);
            } finally {
                doneReading(reader);
            }
        } else {
            collect(bytes, offset, length);
        }
    }

    @Override
    public void onEnd() {
        detached = true;
        if (over) {
            return;
        }
        if (reader == null) {
            fail(collectedFault());
            return;
        }
        reading = true;
        try {
            reader.end();
        } catch (RuntimeException e) {
            // The connection is gone already, so nobody above would tell the call.
            log.warn("the end of a stream was not understood", e);
        } finally {
            doneReading(reader);
        }
        fail(Failures.malformed(call.upstream().endpoint(), "the end of the stream was not understood"));
    }

    @Override
    public void onBroken(String why) {
        detached = true;
        if (over) {
            return;
        }
        if (stream.isReplaceable()) {
            finish();
            call.again();
        } else if (head != null && reader == null) {
            // The status is known; that its explanation was cut is the lesser news.
            fail(collectedFault());
        } else {
            fail(Failures.broken(call.upstream().endpoint(), why, requestId()));
        }
    }

    @Override
    public void onMalformed(String why) {
        detached = true;
        fail(Failures.malformed(call.upstream().endpoint(), why));
    }

    @Override
    public void completed() {
        if (!over) {
            finish();
            drain();
            call.completed();
        }
    }

    @Override
    public void failed(ModelFailure failure) {
        if (over) {
            return;
        }
        if (failure.kind() == ModelFailure.Kind.PROTOCOL) {
            abandon();
        } else {
            drain();
        }
        fail(Failures.ofStream(failure, requestId()));
    }

    private void expired() {
        abandon();
        fail(Failures.silent(
                call.upstream().endpoint(), call.upstream().config().idleReadTimeout(), requestId()));
    }

    /** The answer is known to be of no use before its end. */
    private void refuse(Fault fault) {
        abandon();
        fail(fault);
    }

    private void fail(Fault fault) {
        if (over) {
            return;
        }
        boolean begun = reader != null && reader.begun();
        finish();
        call.failed(begun ? new Fault(fault.failure(), false) : fault);
    }

    private void finish() {
        over = true;
        watch.stop();
        if (reader != null && !reading) {
            reader.release();
        }
    }

    private void doneReading(MessageReader used) {
        reading = false;
        if (over) {
            used.release();
        }
    }

    private void abandon() {
        if (!detached) {
            detached = true;
            stream.abandon();
        }
    }

    private void drain() {
        if (!detached) {
            detached = true;
            stream.drain();
        }
    }

    private void collect(ByteBuf bytes, int offset, int length) {
        int most = head != null && head.status() == 200 ? MAX_JSON_BYTES : MAX_ERROR_BYTES;
        int fits = Math.min(length, most - collected.size());
        try {
            bytes.getBytes(offset, collected, fits);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (fits < length) {
            refuse(collectedFault());
        }
    }

    private Fault collectedFault() {
        ResponseHead answer = requireNonNull(head, "head");
        ErrorBody body = ErrorBody.of(collected.toByteArray());
        if (answer.status() != 200) {
            return answered(answer, body);
        }
        String said = body.message().isEmpty() || body.type() == null ? "" : ": " + body.type() + ": " + body.message();
        String type = HttpText.printable(String.valueOf(answer.first("content-type")));
        return Failures.notAStream(answer, "content-type: " + type + " (expected: text/event-stream)" + said);
    }

    private Fault answered(ResponseHead answer, ErrorBody body) {
        return Failures.ofAnswer(answer, body, call.upstream().retries().askedWait(answer));
    }

    private @Nullable String requestId() {
        return head == null ? null : Failures.requestId(head);
    }

    /** JSON is an answer that was not streamed, HTML the page of something that stands in the way; other types, or none, may stream. */
    private static boolean isDocument(ResponseHead head) {
        String type = head.first("content-type");
        String plain = type == null ? "" : type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
        return plain.equals("application/json") || plain.equals("text/html");
    }
}
