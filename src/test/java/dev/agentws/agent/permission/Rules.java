package dev.agentws.agent.permission;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agentws.agent.permission.Decision.Verdict;
import dev.agentws.agent.tool.Access;
import dev.agentws.agent.tool.Access.Fence;
import dev.agentws.agent.tool.Access.Spot;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** One session's permissions over a small tree: {@code work} with files and links, {@code other} and {@code home} beside it. */
final class Rules {
    private static final Set<String> KNOWN = Set.of(
            "Read", "Write", "Edit", "Bash", "Glob", "Grep", "TodoWrite", "WebFetch", "WebSearch", "NotebookEdit");

    final Path work;
    final Path other;
    final Path home;
    final List<Path> more = new ArrayList<>();
    private final RuleReader reader = new RuleReader(KNOWN);
    private List<Rule> allow = List.of();
    private List<Rule> ask = List.of();
    private List<Rule> deny = List.of();
    private PermissionMode mode = PermissionMode.DEFAULT;
    private Fence fence = Fence.OPEN;

    Rules(Path root) {
        try {
            Path real = Files.createDirectories(root).toRealPath();
            work = Files.createDirectories(real.resolve("a/b/work"));
            other = Files.createDirectories(real.resolve("a/b/other"));
            home = Files.createDirectories(real.resolve("a/home"));
            for (String file : List.of("a.txt", ".env", "src/Main.java", "lib/src/x.txt", "secret/key", "sub/deep/f")) {
                Files.createDirectories(work.resolve(file).resolveSibling(""));
                Files.writeString(work.resolve(file), "x");
            }
            Files.writeString(other.resolve("o.txt"), "x");
            Files.createSymbolicLink(work.resolve("out"), other);
            Files.createSymbolicLink(work.resolve("linked.txt"), other.resolve("o.txt"));
            Files.createSymbolicLink(work.resolve("alias.txt"), work.resolve("secret/key"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Rules mode(PermissionMode wished) {
        mode = wished;
        return this;
    }

    Rules fence(Fence wished) {
        fence = wished;
        return this;
    }

    Rules allow(String... rules) {
        allow = read(Behavior.ALLOW, rules);
        return this;
    }

    Rules ask(String... rules) {
        ask = read(Behavior.ASK, rules);
        return this;
    }

    Rules deny(String... rules) {
        deny = read(Behavior.DENY, rules);
        return this;
    }

    private List<Rule> read(Behavior behavior, String... rules) {
        try {
            return reader.read("rules", List.of(rules), behavior);
        } catch (InvalidRule e) {
            throw new IllegalArgumentException(e);
        }
    }

    PermissionPolicy policy() {
        return new PermissionPolicy(mode, new PermissionRules(deny, ask, allow), around());
    }

    Surroundings around() {
        return new Surroundings(work, more, home);
    }

    Verdict bash(String command) {
        return policy().decide(command(command), ToolHook.Result.PASS).verdict();
    }

    CallFacts command(String command) {
        ObjectNode input = JsonNodeFactory.instance.objectNode().put("command", command);
        return CallFacts.of("Bash", input, Access.run(command, work, fence), around());
    }

    Verdict file(String tool, String path) {
        return policy().decide(fileCall(tool, path), ToolHook.Result.PASS).verdict();
    }

    CallFacts fileCall(String tool, String path) {
        Spot spot = around().spot(work, path);
        if (spot == null) {
            throw new IllegalArgumentException(path);
        }
        boolean edits = Set.of("Write", "Edit", "NotebookEdit").contains(tool);
        ObjectNode input = JsonNodeFactory.instance.objectNode().put("file_path", path);
        return CallFacts.of(tool, input, edits ? Access.edit(spot) : Access.read(spot), around());
    }

    Verdict tool(String tool, Access access, ObjectNode input) {
        return policy().decide(CallFacts.of(tool, input, access, around()), ToolHook.Result.PASS)
                .verdict();
    }

    /** Puts the tree's places into a row of a table. */
    String in(String text) {
        return text.replace("WORK", work.toString())
                .replace("OTHER", other.toString())
                .replace("HOME_DIR", home.toString());
    }
}
