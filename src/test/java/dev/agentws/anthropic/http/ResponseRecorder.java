package dev.agentws.anthropic.http;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Keeps what a {@link ResponseDecoder} told. */
final class ResponseRecorder implements ResponseDecoder.Sink {
    final List<ResponseHead> heads = new ArrayList<>();
    final StringBuilder body = new StringBuilder();
    final List<String> ends = new ArrayList<>();

    @Override
    public void onHead(ResponseHead head) {
        heads.add(head);
    }

    @Override
    public void onBody(ByteBuf bytes, int offset, int length) {
        body.append(bytes.toString(offset, length, StandardCharsets.ISO_8859_1));
    }

    @Override
    public void onEnd(boolean reusable) {
        ends.add(reusable ? "reusable" : "close");
    }

    @Override
    public void onBroken(String why) {
        ends.add("broken: " + why);
    }

    @Override
    public void onMalformed(String why) {
        ends.add(why);
    }
}
