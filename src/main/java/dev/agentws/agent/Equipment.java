package dev.agentws.agent;

import dev.agentws.agent.model.ModelRequest;
import dev.agentws.agent.model.ToolSpec;
import dev.agentws.agent.options.ModelName;
import dev.agentws.agent.options.SessionOptions;
import dev.agentws.agent.options.SessionOptions.Invalid;
import dev.agentws.agent.options.SessionPlace;
import dev.agentws.agent.permission.PermissionMode;
import dev.agentws.agent.permission.PermissionPolicy;
import dev.agentws.agent.permission.Surroundings;
import dev.agentws.agent.tool.SmallModel;
import dev.agentws.agent.tool.ToolSetup;
import dev.agentws.agent.tool.Toolbox;
import dev.agentws.agent.transcript.Transcript;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a session works with: its model, its tools, its permissions. Made with the first need. Confined to the session's loop. */
final class Equipment {
    /** How a session in plan mode asks to begin; there whatever tools the session chose. */
    static final String PLAN_EXIT = "ExitPlanMode";

    private final SessionServices services;
    private final SessionOptions options;
    private final SessionPlace place;
    private final SmallModel smallModel;
    private String model;
    private @Nullable PermissionPolicy policy;
    private @Nullable Toolbox toolbox;

    Equipment(SessionServices services, SessionOptions options, SessionPlace place, SmallModel smallModel) {
        this.smallModel = smallModel;
        this.services = services;
        this.options = options;
        this.place = place;
        this.model = place.model();
    }

    SessionPlace place() {
        return place;
    }

    String model() {
        return model;
    }

    /** @param wished null for the server's */
    void setModel(@Nullable String wished) throws Invalid {
        String name = wished == null ? services.settings().model() : ModelName.checked(wished);
        if (options.maxBudgetUsd() != null && !services.settings().prices().knows(name)) {
            throw new Invalid("model: the price of the model " + name
                    + " is not known (expected: a model of the price table, because the session has a max_budget_usd)");
        }
        model = name;
    }

    PermissionMode mode() {
        return policy == null ? options.permissionMode() : policy.mode();
    }

    PermissionPolicy policy() {
        PermissionPolicy mine = policy;
        if (mine == null) {
            Path home = services.settings().permissions().home();
            Surroundings around = new Surroundings(place.workingDirectory(), place.moreDirectories(), home);
            mine = new PermissionPolicy(options.permissionMode(), options.rules(), around);
            policy = mine;
        }
        return mine;
    }

    Toolbox toolbox() {
        Toolbox mine = toolbox;
        if (mine == null) {
            Set<String> tools = new LinkedHashSet<>(place.tools());
            if (services.tools().names().contains(PLAN_EXIT)) {
                tools.add(PLAN_EXIT);
            }
            mine = services.tools()
                    .open(new ToolSetup(
                            tools,
                            place.workingDirectory(),
                            place.moreDirectories(),
                            options.environment(),
                            smallModel));
            toolbox = mine;
        }
        return mine;
    }

    /** Whether the model is told of the tool just now. */
    private boolean shows(ToolSpec tool) {
        String name = tool.name();
        boolean offered = place.tools().contains(name) || (name.equals(PLAN_EXIT) && mode() == PermissionMode.PLAN);
        return offered && !policy().hides(name) && (tool.upstream() == null || policy().mayGoUnasked(name));
    }

    /** The next model call, with all that has been said so far. */
    ModelRequest request(Transcript transcript) {
        return NextCall.of(services, options, place, this, transcript);
    }

    /** What the model is told of. */
    List<ToolSpec> shownTools() {
        return toolbox().specs().stream().filter(this::shows).toList();
    }

    /** Whether the tools left nothing running, and have nothing to tell. */
    boolean quiet() {
        Toolbox tools = toolbox;
        return tools == null || tools.quiet();
    }

    /** Ends whatever the tools run just now. */
    void halt() {
        Toolbox tools = toolbox;
        if (tools != null) {
            tools.halt();
        }
    }

    /** Ends whatever the tools left running. */
    void close() {
        Toolbox tools = toolbox;
        if (tools != null) {
            tools.close();
        }
    }
}
