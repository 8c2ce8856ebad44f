package dev.agentws.benchmarks.chaos;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Watches the sessions of a {@link ChaosClient} by another way than that, leaves now and then and comes back, and in the end holds what
 * it saw against what the client saw. Runs on a thread of its own.
 */
final class ChaosObserver implements Runnable {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final int READ_MS = 100;
    private static final int MOST_FRAMES_A_VISIT = 3_000;

    private final String name;
    private final ChaosClient client;
    private final List<FaultProxy> doors;
    private final Verdicts verdicts;
    private final Random random;
    private volatile @Nullable SessionPlay play;
    private volatile long last;

    ChaosObserver(ChaosClient client, Field field, Verdicts verdicts, long seed) {
        this.name = client.name() + " watched";
        this.client = client;
        this.doors = field.doors();
        this.verdicts = verdicts;
        this.random = new Random(seed);
    }

    /** Whether it has seen a session up to a frame. */
    boolean hasSeen(SessionPlay which, long seq) {
        return play == which && last >= seq;
    }

    @Override
    public void run() {
        while (!client.done()) {
            SessionPlay next = client.play();
            if (next.created() && !next.over()) {
                last = 0;
                play = next;
                follow(next);
            } else {
                pause(5);
            }
        }
    }

    private void follow(SessionPlay session) {
        SessionCheck check = new SessionCheck(session, name, verdicts, null);
        while (!session.over()) {
            try (ChaosSocket socket = new ChaosSocket(otherDoor(), READ_MS)) {
                visit(socket, session, check);
                pause(random.nextInt(200));
            } catch (IOException e) {
                verdicts.reconnects.increment();
                pause(30 + random.nextInt(70));
            }
        }
        SeenFrames others = session.seen();
        if (others != null) {
            check.compare(others);
        }
    }

    private int otherDoor() {
        int other = (client.way() + 1 + random.nextInt(Math.max(1, doors.size() - 1))) % doors.size();
        return doors.get(other).port();
    }

    private void visit(ChaosSocket socket, SessionPlay session, SessionCheck check) throws IOException {
        socket.subscribe(session.id(), check.last());
        int left = 1 + random.nextInt(MOST_FRAMES_A_VISIT);
        while (!session.over() && (left > 0 || client.waits())) {
            String text = socket.hear();
            JsonNode frame = text == null ? MAPPER.missingNode() : MAPPER.readTree(text);
            if (frame.path("session_id").asText().equals(session.id())) {
                if (frame.path("type").asText().equals("error") && !frame.has("seq")) {
                    // It is lost, or just over, or not to be had now; the client will find out which.
                    throw new IOException(frame.path("code").asText());
                }
                check.accept(frame);
                last = check.last();
                left--;
            }
        }
    }

    private static void pause(long millis) {
        try {
            TimeUnit.MILLISECONDS.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
