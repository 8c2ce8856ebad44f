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
    private static final long STALL_NANOS = TimeUnit.SECONDS.toNanos(20);
    private static final int TURNS_PER_SESSION = 12;
    /** One of so many prompts wants a tool, one of so many is left alone as soon as it is asked. */
    private static final int TOOLS_EVERY = 3;

    private static final int LEAVES_EVERY = 6;

    private final String name;
    private final List<FaultProxy> doors;
    private final Errands errands;
    private final Verdicts verdicts;
    private final Recovery recovery;
    private final int pieces;
    private final Random random;
    private volatile SessionPlay play;
    private SessionCheck check;
    private @Nullable ChaosObserver observer;
    private volatile int way;
    private int turns;
    private int prompts;
    /** The name of the prompt that has no result yet. */
    private @Nullable String outstanding;

    /** All turns are done, and what was seen of them is compared. */
    private volatile boolean comparing;

    private boolean ending;
    private volatile long lastFrame = System.nanoTime();
    private long progress = System.nanoTime();
    private volatile boolean stopping;
    private volatile boolean done;

    ChaosClient(String name, Field field, Verdicts verdicts, Recovery recovery, int pieces, long seed) {
        this.name = name;
        this.doors = field.doors();
        this.errands = field.errands();
        this.verdicts = verdicts;
        this.recovery = recovery;
        this.pieces = pieces;
        this.random = new Random(seed);
        this.way = random.nextInt(doors.size());
        this.play = newPlay();
        this.check = new SessionCheck(play, name, verdicts, errands);
    }

    /** Somebody who has to have seen a session before it ends; said before it runs. */
    void observedBy(ChaosObserver who) {
        observer = who;
    }

    String name() {
        return name;
    }

    /** What is played now. */
    SessionPlay play() {
        return play;
    }

    /** Which door it went through last. */
    int way() {
        return way;
    }

    /** Whether only an observer that has not seen all yet may keep the session from ending. */
    boolean waits() {
        return comparing;
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

    private SessionPlay newPlay() {
        verdicts.sessions.increment();
        return new SessionPlay(new UUID(random.nextLong(), random.nextLong()).toString());
    }

    /** The session is over, or lost. */
    private void nextSession(ChaosSocket socket) throws IOException {
        play.end(check.seen());
        done = stopping;
        if (done) {
            return;
        }
        play = newPlay();
        check = new SessionCheck(play, name, verdicts, errands);
        turns = 0;
        outstanding = null;
        comparing = false;
        ending = false;
        enter(socket);
    }

    @Override
    public void run() {
        while (!done) {
            // Another one each time, as a balancer that looks after its servers would choose.
            int next = (way + 1) % doors.size();
            way = next;
            try (ChaosSocket socket = new ChaosSocket(doors.get(next).port(), READ_MS)) {
                talk(socket);
            } catch (IOException e) {
                verdicts.reconnects.increment();
                pause(30 + random.nextInt(70));
            }
            tellIfStalled();
        }
    }

    private boolean tellIfStalled() {
        boolean stalled = System.nanoTime() - progress > STALL_NANOS;
        if (stalled) {
            verdicts.wrong(
                    verdicts.stalls,
                    name + " " + play.id() + ": nothing came for a long time, waiting for " + outstanding);
            progress = System.nanoTime();
        }
        return stalled;
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
        while (!done) {
            String text = socket.hear();
            if (text != null) {
                take(socket, MAPPER.readTree(text));
            }
            if (comparing && !ending) {
                compare(socket);
            }
            if (tellIfStalled()) {
                throw new IOException("in vain");
            }
        }
    }

    private void enter(ChaosSocket socket) throws IOException {
        if (play.created()) {
            socket.subscribe(play.id(), check.last());
            if (outstanding != null) {
                prompt(socket, outstanding);
            } else if (ending) {
                end(socket);
            }
        } else {
            socket.send("{\"type\":\"create_session\",\"session_id\":\"" + play.id()
                    + "\",\"options\":{\"permission_mode\":\"bypassPermissions\",\"working_directory\":\""
                    + errands.directory(play.id()) + "\"}}");
        }
    }

    private void take(ChaosSocket socket, JsonNode frame) throws IOException {
        String type = frame.path("type").asText();
        if (type.equals("error")) {
            failed(socket, frame);
            return;
        }
        if (!frame.path("session_id").asText().equals(play.id())) {
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
        if (type.equals("session_created")) {
            play.create();
        }
        if (check.ended()) {
            nextSession(socket);
        } else if (outstanding != null && check.hasResult(outstanding)) {
            outstanding = null;
        }
        if (!done && play.created() && outstanding == null && !ending) {
            next(socket);
        }
    }

    private void next(ChaosSocket socket) throws IOException {
        comparing |= stopping || turns == TURNS_PER_SESSION;
        if (comparing) {
            return;
        }
        turns++;
        String id = name + "-" + prompts++;
        outstanding = id;
        prompt(socket, id);
        if (random.nextInt(LEAVES_EVERY) == 0) {
            throw new IOException("left of its own accord");
        }
    }

    /** Who stayed, who came back and who comes late see the same: so one more reads all from the start, and the session ends after that. */
    private void compare(ChaosSocket socket) throws IOException {
        if (observer != null && !observer.hasSeen(play, check.last())) {
            return;
        }
        SessionCheck late = new SessionCheck(play, name + " again", verdicts, null);
        try (ChaosSocket other =
                new ChaosSocket(doors.get((way + 1) % doors.size()).port(), READ_MS)) {
            other.subscribe(play.id(), 0);
            while (late.last() < check.last()) {
                String text = other.hear();
                JsonNode frame = text == null ? MAPPER.missingNode() : MAPPER.readTree(text);
                if (tellIfStalled() || (frame.path("type").asText().equals("error") && !frame.has("seq"))) {
                    throw new IOException("cannot be read now");
                }
                if (frame.path("session_id").asText().equals(play.id())) {
                    late.accept(frame);
                }
            }
        }
        check.compare(late.seen());
        ending = true;
        end(socket);
    }

    private void prompt(ChaosSocket socket, String id) throws IOException {
        String its = play.id().substring(0, 8) + "/" + id;
        String prompt = turns % TOOLS_EVERY == 1 ? PlayText.errand(its, pieces) : PlayText.prompt(its, pieces);
        play.prompted(id, prompt);
        socket.send("{\"type\":\"send_prompt\",\"session_id\":\"" + play.id() + "\",\"prompt_id\":\"" + id
                + "\",\"prompt\":\"" + prompt + "\"}");
    }

    private void end(ChaosSocket socket) throws IOException {
        socket.send("{\"type\":\"end_session\",\"session_id\":\"" + play.id() + "\"}");
    }

    private void failed(ChaosSocket socket, JsonNode error) throws IOException {
        String code = error.path("code").asText();
        if (!error.path("session_id").asText(play.id()).equals(play.id())) {
            // Of a session that is over: the same was asked twice, over two connections.
            return;
        }
        if (code.equals("session_exists")) {
            // The answer to the first try was lost with its connection.
            play.create();
            socket.subscribe(play.id(), check.last());
        } else if (code.equals("session_not_found") && ending) {
            // It ended, and the frame that says so was lost with its connection.
            nextSession(socket);
        } else if (code.equals("session_not_found")) {
            verdicts.wrong(verdicts.sessionsLost, name + ": " + error);
            nextSession(socket);
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
