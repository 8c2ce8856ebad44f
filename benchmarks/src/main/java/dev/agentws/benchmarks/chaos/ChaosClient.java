package dev.agentws.benchmarks.chaos;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One client that has sessions one after the other, prompts them, and comes back by another way whenever its connection breaks or falls
 * silent. Runs on a thread of its own.
 */
final class ChaosClient implements Runnable {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final int READ_MS = 250;
    private static final long DEAD_NANOS = TimeUnit.MILLISECONDS.toNanos(1_200);
    private static final long STALL_NANOS = TimeUnit.SECONDS.toNanos(40);
    private static final int TURNS_PER_SESSION = 12;

    private final String name;
    private final List<FaultProxy> doors;
    private final Verdicts verdicts;
    private final Recovery recovery;
    private final int pieces;
    private final Random random;
    private String session = "";
    private SessionCheck check;
    private boolean created;
    private int way;
    private int turns;
    private int prompts;
    /** The name of the prompt that has no result yet. */
    private @Nullable String outstanding;

    private boolean ending;
    private volatile long lastFrame = System.nanoTime();
    private long progress = System.nanoTime();
    private volatile boolean stopping;
    private volatile boolean done;

    ChaosClient(String name, List<FaultProxy> doors, Verdicts verdicts, Recovery recovery, int pieces, long seed) {
        this.name = name;
        this.doors = doors;
        this.verdicts = verdicts;
        this.recovery = recovery;
        this.pieces = pieces;
        this.random = new Random(seed);
        this.check = new SessionCheck(name, verdicts);
        this.way = random.nextInt(doors.size());
        nextSession();
    }

    /** Ends after the turn that is under way. */
    void stop() {
        stopping = true;
    }

    boolean done() {
        return done;
    }

    long lastFrame() {
        return lastFrame;
    }

    private void nextSession() {
        session = new UUID(random.nextLong(), random.nextLong()).toString();
        check = new SessionCheck(name + " " + session, verdicts);
        created = false;
        turns = 0;
        outstanding = null;
        ending = false;
        verdicts.sessions.increment();
    }

    @Override
    public void run() {
        while (!done) {
            // Another one each time, as a balancer that looks after its servers would choose.
            way = (way + 1) % doors.size();
            int door = doors.get(way).port();
            try (ChaosSocket socket = new ChaosSocket(door, READ_MS)) {
                talk(socket);
            } catch (IOException e) {
                verdicts.reconnects.increment();
                pause(30 + random.nextInt(70));
            }
            stalled();
        }
    }

    private void stalled() {
        if (System.nanoTime() - progress > STALL_NANOS) {
            verdicts.stalls.increment();
            verdicts.tell(name + " " + session + ": nothing came for a long time, waiting for " + outstanding);
            progress = System.nanoTime();
        }
    }

    private static void pause(long millis) {
        try {
            TimeUnit.MILLISECONDS.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void talk(ChaosSocket socket) throws IOException {
        enter(socket);
        long heard = System.nanoTime();
        while (!done) {
            String text = socket.read();
            long now = System.nanoTime();
            if (text != null) {
                heard = now;
                take(socket, MAPPER.readTree(text));
            } else if (now - heard > DEAD_NANOS) {
                throw new IOException("silent");
            } else {
                socket.send("{\"type\":\"ping\"}");
            }
            stalled();
        }
    }

    private void enter(ChaosSocket socket) throws IOException {
        if (created) {
            socket.send(
                    "{\"type\":\"subscribe\",\"session_id\":\"" + session + "\",\"after_seq\":" + check.last() + "}");
            if (outstanding != null) {
                prompt(socket, outstanding);
            } else if (ending) {
                end(socket);
            }
        } else {
            socket.send("{\"type\":\"create_session\",\"session_id\":\"" + session + "\"}");
        }
    }

    private void take(ChaosSocket socket, JsonNode frame) throws IOException {
        String type = frame.path("type").asText();
        if (type.equals("error")) {
            failed(socket, frame);
            return;
        }
        if (!frame.path("session_id").asText().equals(session)) {
            return;
        }
        check.accept(frame);
        if (frame.has("seq")) {
            long now = System.nanoTime();
            if (outstanding != null) {
                recovery.seen(lastFrame, now);
            }
            lastFrame = now;
            progress = now;
        }
        created |= type.equals("session_created");
        if (check.ended()) {
            nextSession();
            done = stopping;
            if (!done) {
                enter(socket);
            }
        } else if (outstanding != null && check.hasResult(outstanding)) {
            outstanding = null;
        }
        if (created && outstanding == null && !ending) {
            next(socket);
        }
    }

    private void next(ChaosSocket socket) throws IOException {
        if (stopping || turns == TURNS_PER_SESSION) {
            ending = true;
            end(socket);
            return;
        }
        turns++;
        String id = name + "-" + prompts++;
        outstanding = id;
        prompt(socket, id);
    }

    private void prompt(ChaosSocket socket, String id) throws IOException {
        String prompt = PlayText.prompt(session.substring(0, 8) + "/" + id, pieces);
        check.prompted(id, prompt);
        socket.send("{\"type\":\"send_prompt\",\"session_id\":\"" + session + "\",\"prompt_id\":\"" + id
                + "\",\"prompt\":\"" + prompt + "\"}");
    }

    private void end(ChaosSocket socket) throws IOException {
        socket.send("{\"type\":\"end_session\",\"session_id\":\"" + session + "\"}");
    }

    private void failed(ChaosSocket socket, JsonNode error) throws IOException {
        String code = error.path("code").asText();
        if (!error.path("session_id").asText(session).equals(session)) {
            // Of a session that is over: the same was asked twice, over two connections.
            return;
        }
        if (code.equals("session_exists")) {
            // The answer to the first try was lost with its connection.
            created = true;
            socket.send(
                    "{\"type\":\"subscribe\",\"session_id\":\"" + session + "\",\"after_seq\":" + check.last() + "}");
        } else if (code.equals("session_not_found") && ending) {
            // It ended, and the frame that says so was lost with its connection.
            nextSession();
            done = stopping;
            if (!done) {
                enter(socket);
            }
        } else if (code.equals("session_not_found")) {
            verdicts.sessionsLost.increment();
            verdicts.tell(name + ": " + error);
            nextSession();
            enter(socket);
        } else if (error.path("retryable").asBoolean()) {
            pause(100);
            throw new IOException(code);
        } else if (!code.equals("upstream_error")) {
            verdicts.tell(name + ": " + error);
            pause(100);
            throw new IOException(code);
        }
    }
}
