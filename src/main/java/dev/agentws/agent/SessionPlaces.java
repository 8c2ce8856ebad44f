package dev.agentws.agent;

import dev.agentws.agent.options.AgentDefinition;
import dev.agentws.agent.options.AgentDefinitions;
import dev.agentws.agent.options.ModelName;
import dev.agentws.agent.options.OutputFormat;
import dev.agentws.agent.options.SessionOptions;
import dev.agentws.agent.options.SessionOptions.Invalid;
import dev.agentws.agent.options.SessionOptionsReader;
import dev.agentws.agent.options.SessionPlace;
import dev.agentws.agent.permission.PermissionUpdate;
import dev.agentws.agent.permission.PermissionUpdateReader;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Holds a session's options against the disk: its working directory and its agent definition. Thread-safe. */
public final class SessionPlaces {
    private static final String CLOSED =
            " may not be entered by this server (expected: a directory that its user may enter)";

    private final AgentSettings settings;
    private final SessionOptionsReader reader;

    /** @param reader knows the tools there are */
    public SessionPlaces(AgentSettings settings, SessionOptionsReader reader) {
        this.settings = settings;
        this.reader = reader;
    }

    /** A working directory that cannot be used. */
    public static final class BadDirectory extends Exception {
        private static final long serialVersionUID = 1L;

        BadDirectory(String message) {
            super(message, null, false, false);
        }
    }

    /** Reads what clients want to change about permissions. */
    public PermissionUpdateReader updates() {
        return new PermissionUpdateReader(reader.rules(), settings.workspaceRoots());
    }

    /**
     * Why directories cannot be added to a session's, or null if they can: they must be there, and not go by another name. Blocks.
     *
     * @param name of the field that names them
     */
    public static @Nullable String problem(String name, List<PermissionUpdate> updates) {
        for (PermissionUpdate update : updates) {
            if (!update.addsDirectories()) {
                continue;
            }
            for (Path directory : update.directories()) {
                String problem = problem(directory);
                if (problem != null) {
                    return name + ": " + directory + " " + problem;
                }
            }
        }
        return null;
    }

    private static @Nullable String problem(Path directory) {
        try {
            Path real = directory.toRealPath();
            if (!Files.isDirectory(real)) {
                return "is not a directory";
            }
            // What is inside is judged by real paths, and so are the roots of the server.
            return real.equals(directory) ? null : "leads elsewhere (expected: " + real + ")";
        } catch (IOException e) {
            return "does not exist (expected: an existing directory)";
        }
    }

    /** The place of a session whose options name nothing on the disk and no schema, or null when {@link #find} has to look. */
    public @Nullable SessionPlace known(SessionOptions options) throws Invalid {
        boolean look = options.workingDirectory() != null
                || options.agentName() != null
                || options.outputFormat() != null
                || !options.addDirs().isEmpty()
                || !settings.workspaceRoots().isEmpty();
        if (look) {
            return null;
        }
        return place(options, List.of(settings.workingDirectory()), null);
    }

    /** The same for any options. Blocks. */
    public SessionPlace find(SessionOptions options) throws Invalid, BadDirectory {
        OutputFormat format = options.outputFormat();
        if (format != null) {
            format.require();
        }
        Path directory = directory(options.workingDirectory());
        String name = options.agentName();
        List<Path> all = new ArrayList<>();
        all.add(directory);
        for (String each : options.addDirs()) {
            all.add(directory("add_dirs", directory, each));
        }
        return place(options, all, name == null ? null : definition(directory, name));
    }

    /** @param directories the working directory, then the further ones */
    private SessionPlace place(SessionOptions options, List<Path> directories, @Nullable AgentDefinition agent)
            throws Invalid {
        String model = options.model();
        String prompt = options.systemPrompt();
        Set<String> tools = options.tools();
        if (agent != null) {
            List<String> its = agent.tools();
            tools = its == null ? tools : reader.tools("agent_name " + agent.name() + ": tools", its);
            String own = agent.model();
            model = model == null && own != null && !own.equals("inherit") ? own : model;
            prompt = prompt == null ? agent.prompt() : prompt;
        }
        model = model == null || model.isBlank() ? settings.model() : ModelName.checked(model);
        if (options.maxBudgetUsd() != null && !settings.prices().knows(model)) {
            throw new Invalid("max_budget_usd: the price of the model " + model
                    + " is not known (expected: a model of the price table)");
        }
        return new SessionPlace(
                directories.get(0),
                directories.subList(1, directories.size()),
                model,
                prompt == null || prompt.isBlank() ? null : prompt,
                tools);
    }

    private static AgentDefinition definition(Path directory, String name) throws Invalid {
        AgentDefinitions all = AgentDefinitions.read(directory);
        AgentDefinition agent = all.find(name).orElse(null);
        if (agent == null) {
            String wrong = all.problems().isEmpty() ? "" : "; " + String.join("; ", all.problems());
            throw new Invalid("agent_name: " + name + " (expected: one of "
                    + all.agents().keySet() + " of " + directory.resolve(".claude/agents") + wrong + ")");
        }
        return agent;
    }

    /** The directory of that name, or the usual one. Blocks. */
    public Path directory(@Nullable String wished) throws BadDirectory {
        return directory("working_directory", settings.workingDirectory(), wished == null ? "" : wished);
    }

    private Path directory(String option, Path base, String wished) throws BadDirectory {
        Path path = base;
        if (!wished.isEmpty()) {
            try {
                path = base.resolve(wished).toRealPath();
            } catch (AccessDeniedException e) {
                throw new BadDirectory(option + ": " + wished + CLOSED);
            } catch (InvalidPathException | IOException e) {
                throw new BadDirectory(option + ": " + wished + " does not exist (expected: an existing directory)");
            }
        }
        if (!Files.isDirectory(path)) {
            throw new BadDirectory(option + ": " + path + " is not a directory");
        }
        if (!Files.isExecutable(path)) {
            throw new BadDirectory(option + ": " + path + CLOSED);
        }
        List<Path> roots = settings.workspaceRoots();
        // With roots set, the server's own directory is no way round them.
        if (!roots.isEmpty() && roots.stream().noneMatch(path::startsWith)) {
            throw new BadDirectory(option + ": " + path + " (expected: a directory under one of " + roots + ")");
        }
        return path;
    }
}
