package dev.agentws.server.rehearsal;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** An API that streams what it is told to, written on bare sockets: classes of Netty's would be compiled for it as well. Confined to one thread. */
final class PlayedApi implements Closeable {
    private static final int PATIENCE_MS = 5_000;

    private static final String HEAD = String.join(
            "\r\n",
            "HTTP/1.1 200 OK",
            "content-type: text/event-stream; charset=utf-8",
            "transfer-encoding: chunked",
            "request-id: rehearsal",
            "",
            "");
    private static final byte[] START = (HEAD
                    + event(
                            "message_start",
                            "\"message\":{\"id\":\"msg_r\",\"type\":\"message\",\"role\":\"assistant\",\"model\":\"rehearsal\","
                                    + "\"content\":[],\"stop_reason\":null,\"stop_sequence\":null,"
                                    + "\"usage\":{\"input_tokens\":1,\"output_tokens\":1}}")
                    + event("content_block_start", "\"index\":0,\"content_block\":{\"type\":\"text\",\"text\":\"\"}")
                    + delta(0))
            .getBytes(StandardCharsets.US_ASCII);
    private static final byte[] END = (event("content_block_stop", "\"index\":0")
                    + event(
                            "message_delta",
                            "\"delta\":{\"stop_reason\":\"end_turn\",\"stop_sequence\":null},\"usage\":{\"output_tokens\":9}")
                    + event("message_stop", "")
                    + "0\r\n\r\n")
            .getBytes(StandardCharsets.US_ASCII);

    private final ServerSocket door;
    private final List<Socket> calls = new ArrayList<>();

    PlayedApi() throws IOException {
        door = new ServerSocket(0, 16, InetAddress.getLoopbackAddress());
        door.setSoTimeout(PATIENCE_MS);
    }

    URI address() {
        return URI.create("http://" + door.getInetAddress().getHostAddress() + ":" + door.getLocalPort());
    }

    /** Takes the next call and answers it up to its first delta. */
    void answer() throws IOException {
        Socket call = door.accept();
        calls.add(call);
        call.setSoTimeout(PATIENCE_MS);
        call.setTcpNoDelay(true);
        skipRequest(call.getInputStream());
        call.getOutputStream().write(START);
    }

    /** As many deltas to each call, in one write. */
    void deltas(int count) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int i = 0; i < count; i++) {
            out.writeBytes(DELTAS[i % DELTAS.length]);
        }
        byte[] bytes = out.toByteArray();
        for (Socket call : calls) {
            call.getOutputStream().write(bytes);
        }
    }

    void end() throws IOException {
        for (Socket call : calls) {
            call.getOutputStream().write(END);
        }
    }

    @Override
    public void close() throws IOException {
        for (Socket call : calls) {
            call.close();
        }
        door.close();
    }

    private static final byte[][] DELTAS = new byte[8][];

    static {
        for (int i = 0; i < DELTAS.length; i++) {
            DELTAS[i] = delta(i).getBytes(StandardCharsets.UTF_8);
        }
    }

    /** Words of several lengths, some with what JSON escapes and what is not ASCII. */
    private static String delta(int number) {
        String text =
                switch (number) {
                    case 3 -> "line\\nline \\\"quoted\\\"";
                    case 5 -> " caf\u00e9";
                    default -> " word".repeat(1 + number);
                };
        return event(
                "content_block_delta", "\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"" + text + "\"}");
    }

    /** An event as a chunk of its own. */
    private static String event(String type, String fields) {
        String event = "event: " + type + "\ndata: {\"type\":\"" + type + "\"" + (fields.isEmpty() ? "" : ",") + fields
                + "}\n\n";
        return Integer.toHexString(event.getBytes(StandardCharsets.UTF_8).length) + "\r\n" + event + "\r\n";
    }

    private static void skipRequest(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
            int c = in.read();
            if (c < 0) {
                throw new IOException("request: cut (expected: a whole one)");
            }
            head.write(c);
        }
        String lines = head.toString(StandardCharsets.ISO_8859_1).toLowerCase(Locale.ROOT);
        int at = lines.indexOf("content-length:");
        if (at >= 0) {
            int end = lines.indexOf('\r', at);
            in.skipNBytes(Long.parseLong(
                    lines.substring(at + "content-length:".length(), end).strip()));
        }
    }
}
