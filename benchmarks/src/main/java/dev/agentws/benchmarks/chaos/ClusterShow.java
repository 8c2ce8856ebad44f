package dev.agentws.benchmarks.chaos;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.agentws.benchmarks.report.Flags;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Plays one session over the death of its node, so that one can watch: a real Redis, three nodes, a balancer before them. */
public final class ClusterShow {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final int READ_MS = 500;
    private static final int PIECES = 120;
    private static final int KILL_AT = 40;

    private final Field field;
    private final FaultProxy balancer;
    private final PrintStream out;
    private final String session = UUID.randomUUID().toString();
    private final SessionPlay play = new SessionPlay(session);
    private final Verdicts verdicts = new Verdicts(false);
    private final SessionCheck check;
    private final String prompt = PlayText.prompt("show/p-1", PIECES);
    private boolean created;
    private boolean killed;
    private boolean back;
    private boolean midLine;
    private long diedAt;

    private ClusterShow(Field field, FaultProxy balancer, PrintStream out) {
        this.field = field;
        this.balancer = balancer;
        this.out = out;
        this.check = new SessionCheck(play, "", verdicts, field.errands());
    }

    /** @return 0 if the session went on without a frame lost */
    public static int run(List<String> arguments, PrintStream out) {
        try {
            Path jar =
                    new Flags(arguments, List.of("--jar"), List.of()).path("--jar", "server/target/agentws-server.jar");
            out.println("starting Redis and three nodes ...");
            Field field = Field.cluster(jar, 3, new PacedModel(1, Duration.ofMillis(50)));
            try (FaultProxy balancer =
                    new FaultProxy(field.nodes().stream().map(NodeProcess::port).toList())) {
                return new ClusterShow(field, balancer, out).play();
            } finally {
                field.remove();
                out.println("all is cleaned up");
            }
        } catch (Flags.Misuse e) {
            out.println(e.getMessage());
            return 2;
        } catch (IOException e) {
            out.println("cluster: " + e.getMessage());
            return 1;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 1;
        }
    }

    private int play() throws IOException, InterruptedException {
        say("redis     "
                + String.valueOf(field.redis() == null ? "" : field.redis().url()));
        field.nodes().forEach(node -> say("node " + node.name() + "    http://127.0.0.1:" + node.port()));
        say("balancer  ws://127.0.0.1:" + balancer.port() + "/ws");
        say(
                "the model is a simulated one: each of its words has a number and a check, so that none can be lost unseen");
        play.prompted("p-1", prompt);
        play.prompted("p-2", PlayText.prompt("show/p-2", 20));
        while (!check.hasResult("p-2")) {
            try (ChaosSocket socket = new ChaosSocket(balancer.port(), READ_MS)) {
                talk(socket);
            } catch (IOException e) {
                back = killed;
                say("connection lost, coming back through the balancer");
                TimeUnit.MILLISECONDS.sleep(200);
            }
        }
        say(verdicts.frames.sum() + " frames, " + verdicts.lost.sum() + " lost, " + verdicts.doubled.sum()
                + " doubled, " + verdicts.wrongText.sum() + " with wrong text");
        verdicts.stories().forEach(this::say);
        return verdicts.clean() ? 0 : 1;
    }

    private void talk(ChaosSocket socket) throws IOException, InterruptedException {
        if (created) {
            say("subscribe after_seq " + check.last());
            socket.subscribe(session, check.last());
        } else {
            socket.send("{\"type\":\"create_session\",\"session_id\":\"" + session + "\"}");
        }
        while (!check.hasResult("p-2")) {
            String text = socket.read();
            if (text != null) {
                take(socket, MAPPER.readTree(text));
            }
        }
    }

    private void take(ChaosSocket socket, JsonNode frame) throws IOException, InterruptedException {
        String type = frame.path("type").asText();
        if (!frame.path("session_id").asText().equals(session)) {
            return;
        }
        check.accept(frame);
        if (back && diedAt != 0 && frame.has("seq")) {
            say(String.format(
                    Locale.ROOT, "the session goes on %.1f s after its node died", (System.nanoTime() - diedAt) / 1e9));
            diedAt = 0;
        }
        show(type, frame);
        if (type.equals("session_created") && !created) {
            created = true;
            send(socket, "p-1", prompt);
        } else if (type.equals("agent_result")
                && frame.path("prompt_id").asText().equals("p-1")) {
            send(socket, "p-2", PlayText.prompt("show/p-2", 20));
        }
        if (!killed && check.last() > KILL_AT) {
            killed = true;
            NodeProcess owner = owner();
            if (owner != null) {
                say("(what it had sent already still arrives) kill -9 of node " + owner.name()
                        + ", which has the session; its lease ends within " + Field.LEASE_SECONDS + " s");
                diedAt = System.nanoTime();
                owner.kill();
            }
        }
    }

    private void send(ChaosSocket socket, String promptId, String text) throws IOException {
        say("send_prompt " + promptId + ": " + text);
        socket.send("{\"type\":\"send_prompt\",\"session_id\":\"" + session + "\",\"prompt_id\":\"" + promptId
                + "\",\"prompt\":\"" + text + "\"}");
    }

    private void show(String type, JsonNode frame) {
        if (type.equals("agent_message") && !frame.path("complete").asBoolean()) {
            out.print(frame.path("content").asText().replaceAll("\\s+", " "));
            out.flush();
            midLine = true;
        } else if (type.equals("agent_result")) {
            say("agent_result " + frame.path("prompt_id").asText() + ", seq " + check.last() + ", stop_reason "
                    + frame.path("stop_reason").asText());
        } else {
            say(type + (frame.has("seq") ? ", seq " + frame.path("seq").asLong() : ""));
        }
    }

    private void say(String line) {
        if (midLine) {
            out.println();
            midLine = false;
        }
        out.println("  " + line);
    }

    /** Every node says how many sessions it has. */
    private @Nullable NodeProcess owner() throws IOException, InterruptedException {
        for (NodeProcess node : field.nodes()) {
            if (SessionCount.of(node.port()) > 0) {
                return node;
            }
        }
        return null;
    }
}
