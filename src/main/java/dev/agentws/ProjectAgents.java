package dev.agentws;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agentws.agent.SessionPlaces;
import dev.agentws.agent.SessionPlaces.BadDirectory;
import dev.agentws.agent.options.AgentDefinition;
import dev.agentws.agent.options.AgentDefinitions;
import dev.agentws.websocket.AgentDirectory;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The agent definitions of a project's files, as JSON. Thread-safe. */
final class ProjectAgents implements AgentDirectory {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final SessionPlaces places;
    private final Executor workers;

    /** @param workers where files may be read */
    ProjectAgents(SessionPlaces places, Executor workers) {
        this.places = places;
        this.workers = workers;
    }

    @Override
    public CompletionStage<Optional<byte[]>> list(@Nullable String workingDirectory) {
        return read(workingDirectory, all -> {
            ObjectNode json = MAPPER.createObjectNode();
            ArrayNode agents = json.putArray("agents");
            all.sorted().forEach(agent -> agents.add(json(agent)));
            ArrayNode problems = json.putArray("problems");
            all.problems().forEach(problems::add);
            return Optional.of(json);
        });
    }

    @Override
    public CompletionStage<Optional<byte[]>> find(String name, @Nullable String workingDirectory) {
        return read(workingDirectory, all -> all.find(name).map(ProjectAgents::json));
    }

    private CompletionStage<Optional<byte[]>> read(
            @Nullable String workingDirectory, Function<AgentDefinitions, Optional<ObjectNode>> pick) {
        try {
            return CompletableFuture.supplyAsync(() -> now(workingDirectory, pick), workers);
        } catch (RejectedExecutionException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private Optional<byte[]> now(
            @Nullable String workingDirectory, Function<AgentDefinitions, Optional<ObjectNode>> pick) {
        try {
            Optional<ObjectNode> picked = pick.apply(AgentDefinitions.read(places.directory(workingDirectory)));
            return picked.isEmpty() ? Optional.empty() : Optional.of(MAPPER.writeValueAsBytes(picked.get()));
        } catch (BadDirectory e) {
            return Optional.empty();
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("agent definitions: cannot be written", e);
        }
    }

    private static ObjectNode json(AgentDefinition agent) {
        ObjectNode json = MAPPER.createObjectNode();
        json.put("name", agent.name());
        json.put("description", agent.description());
        List<String> tools = agent.tools();
        if (tools == null) {
            json.putNull("tools");
        } else {
            tools.forEach(json.putArray("tools")::add);
        }
        json.put("model", agent.model());
        json.put("prompt", agent.prompt());
        return json;
    }
}
