package dev.agentws.agent;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import dev.agentws.agent.model.ToolSpec;
import dev.agentws.agent.tool.Access;
import dev.agentws.agent.tool.Tool;
import dev.agentws.agent.tool.ToolKit;
import dev.agentws.agent.tool.ToolPlan;
import dev.agentws.agent.tool.ToolResult;
import dev.agentws.agent.tool.ToolSetup;
import dev.agentws.agent.tool.Toolbox;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Tools and workers that the test drives by hand. */
final class ScriptedTools implements ToolKit, SessionServices.Workers {
    final Map<String, Tool> tools = new LinkedHashMap<>();
    final Queue<Runnable> waiting = new ArrayDeque<>();
    final List<CompletableFuture<?>> jobs = new ArrayList<>();
    final List<String> notices = new ArrayList<>();
    boolean held;
    boolean full;
    int closed;
    int halted;

    ScriptedTools() {
        add(
                "Read",
                true,
                Access.none(),
                input -> ToolResult.of("content of " + input.path("file_path").asText()));
        add("Write", false, Access.edit(), input -> ToolResult.of("written"));
        add("ExitPlanMode", false, Access.person(), input -> ToolResult.of("go ahead"));
        plan("Bash", false, input -> {
            String command = input.path("command").asText("");
            Access access = Access.run(command, Path.of("/tmp"), Access.Fence.OPEN);
            return new ToolPlan.Ready(access, "Use Bash", out -> ToolResult.of("ran " + command));
        });
    }

    void add(String name, boolean concurrent, Access access, Function<JsonNode, ToolResult> run) {
        tools.put(
                name,
                new Fake(
                        name, concurrent, input -> new ToolPlan.Ready(access, "Use " + name, out -> run.apply(input))));
    }

    void plan(String name, boolean concurrent, Function<JsonNode, ToolPlan> plan) {
        tools.put(name, new Fake(name, concurrent, plan));
    }

    private record Fake(String name, boolean concurrent, Function<JsonNode, ToolPlan> planning) implements Tool {
        @Override
        public ToolSpec spec() {
            return new ToolSpec(name, "Does " + name, "{\"type\":\"object\"}".getBytes(UTF_8));
        }

        @Override
        public ToolPlan plan(JsonNode input) {
            return planning.apply(input);
        }
    }

    @Override
    public Set<String> names() {
        return tools.keySet();
    }

    @Override
    public String sandbox() {
        return "none";
    }

    @Override
    public Toolbox open(ToolSetup setup) {
        Set<String> names = setup.tools();
        return new Toolbox() {
            @Override
            public boolean quiet() {
                return true;
            }

            @Override
            public List<ToolSpec> specs() {
                return tools.values().stream()
                        .filter(tool -> names.contains(tool.spec().name()))
                        .map(Tool::spec)
                        .toList();
            }

            @Override
            public @Nullable Tool find(String name) {
                return names.contains(name) ? tools.get(name) : null;
            }

            @Override
            public List<String> takeNotices() {
                List<String> taken = List.copyOf(notices);
                notices.clear();
                return taken;
            }

            @Override
            public void halt() {
                halted++;
            }

            @Override
            public void close() {
                closed++;
            }
        };
    }

    @Override
    public Future<?> submit(Runnable task) {
        if (full) {
            throw new RejectedExecutionException("full");
        }
        CompletableFuture<?> job = new CompletableFuture<>();
        jobs.add(job);
        if (held) {
            waiting.add(task);
        } else {
            task.run();
        }
        return job;
    }

    void runWaiting() {
        held = false;
        while (!waiting.isEmpty()) {
            waiting.remove().run();
        }
    }

    void runOne() {
        waiting.remove().run();
    }
}
