package dev.agentws.benchmarks.chaos;

import dev.agentws.simulator.Simulator;
import dev.agentws.simulator.SimulatorConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** All that is played with: nodes, the way to each, Redis if there are several, and the model. For one thread. */
final class Field implements AutoCloseable {
    /** Of a node on its sessions. */
    static final int LEASE_SECONDS = 2;

    private final Path directory;
    private final Errands errands;
    private final Simulator model;
    private final @Nullable RedisProcess redis;
    private final List<NodeProcess> nodes = new ArrayList<>();
    private final List<FaultProxy> doors = new ArrayList<>();
    private final List<FaultProxy> redisLines = new ArrayList<>();

    private Field(Path directory, Simulator model, @Nullable RedisProcess redis) {
        this.directory = directory;
        this.errands = new Errands(directory.resolve("work"));
        this.model = model;
        this.redis = redis;
    }

    /** Several nodes that share one Redis. */
    static Field cluster(Path jar, int count, PacedModel script) throws IOException, InterruptedException {
        Path directory = Files.createTempDirectory("agentws-chaos-");
        RedisProcess redis = RedisProcess.start(directory.resolve("redis"));
        Field field = new Field(directory, model(script), redis);
        field.start(jar, count, Map.of("AGENT_SERVER_REDIS_LEASE_SECONDS", Integer.toString(LEASE_SECONDS)));
        return field;
    }

    /** One node that writes to the disk, before it shows anything ({@code strict}) or soon after ({@code fast}). */
    static Field single(Path jar, String level, PacedModel script) throws IOException, InterruptedException {
        Path directory = Files.createTempDirectory("agentws-chaos-");
        Field field = new Field(directory, model(script), null);
        field.start(
                jar,
                1,
                Map.of(
                        "AGENT_SERVER_DATA_DIR",
                        directory.resolve("books").toString(),
                        "AGENT_SERVER_JOURNAL_LEVEL",
                        level));
        return field;
    }

    private static Simulator model(PacedModel script) {
        return Simulator.start(SimulatorConfig.defaults().withScript(script).withAnnounce(false));
    }

    private void start(Path jar, int count, Map<String, String> storage) throws IOException, InterruptedException {
        Map<String, String> settings = new LinkedHashMap<>(storage);
        settings.put("ANTHROPIC_BASE_URL", model.baseUrl().toString());
        settings.put("ANTHROPIC_API_KEY", "k");
        settings.put("AGENT_SERVER_AUTH_ENABLED", "false");
        settings.put("AGENT_SERVER_MAX_CONCURRENT_SESSIONS", "100000");
        settings.put("AGENT_SERVER_MAX_CONNECTIONS", "10000");
        settings.put("AGENT_SERVER_PROMPTS_PER_MINUTE", "100000");
        settings.put("AGENT_SERVER_MESSAGES_PER_SECOND", "10000");
        settings.put("AGENT_SERVER_IO_THREADS", "2");
        settings.put("AGENT_SERVER_DRAIN_SECONDS", "10");
        for (int i = 0; i < count; i++) {
            if (redis != null) {
                FaultProxy line = new FaultProxy(List.of(redis.port()));
                redisLines.add(line);
                settings.put("AGENT_SERVER_REDIS_URL", "redis://127.0.0.1:" + line.port());
            }
            NodeProcess node = new NodeProcess(String.valueOf((char) ('a' + i)), jar, directory, settings);
            nodes.add(node);
            doors.add(new FaultProxy(List.of(node.port())));
            node.start();
        }
        for (NodeProcess node : nodes) {
            node.await();
        }
    }

    List<NodeProcess> nodes() {
        return List.copyOf(nodes);
    }

    /** The way to each node. */
    List<FaultProxy> doors() {
        return List.copyOf(doors);
    }

    /** The way of each node to Redis; none without Redis. */
    List<FaultProxy> redisLines() {
        return List.copyOf(redisLines);
    }

    Errands errands() {
        return errands;
    }

    @Nullable
    RedisProcess redis() {
        return redis;
    }

    /** Where the logs are. */
    Path directory() {
        return directory;
    }

    /** Removes what was written, too. */
    void remove() {
        close();
        try (Stream<Path> all = Files.walk(directory)) {
            all.sorted(Comparator.reverseOrder()).forEach(path -> path.toFile().delete());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends all processes. */
    @Override
    public void close() {
        nodes.forEach(NodeProcess::close);
        doors.forEach(FaultProxy::close);
        redisLines.forEach(FaultProxy::close);
        if (redis != null) {
            redis.close();
        }
        model.close();
    }
}
