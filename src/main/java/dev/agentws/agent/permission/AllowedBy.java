package dev.agentws.agent.permission;

import dev.agentws.agent.permission.Rule.Kind;
import dev.agentws.agent.tool.Access;
import dev.agentws.agent.tool.Access.Spot;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;

/** Whether rules, the mode and the workspace let a call pass: only if they let all of it pass. One look, on the session's loop. */
final class AllowedBy {
    private final Collection<Rule> rules;
    private final Surroundings around;
    private final boolean acceptsEdits;
    private final boolean hidesFiles;

    /**
     * @param acceptsEdits whether edits inside the workspace go without rules
     * @param hidesFiles whether rules forbid to read some files, so that reading all of a directory is no plain look
     */
    AllowedBy(Collection<Rule> rules, Surroundings around, boolean acceptsEdits, boolean hidesFiles) {
        this.rules = rules;
        this.around = around;
        this.acceptsEdits = acceptsEdits;
        this.hidesFiles = hidesFiles;
    }

    boolean inside(Spot spot) {
        return spot.inside() || around.contains(spot.real());
    }

    /** Whether it is the root, the home directory or one above it. */
    boolean holdsHome(Path directory) {
        Path home = around.home();
        return directory.getParent() == null || (home != null && home.startsWith(directory));
    }

    boolean allInside(Collection<Spot> spots) {
        return spots.stream().allMatch(this::inside);
    }

    /** Whether a rule without a specifier allows the tool. */
    boolean whole(String tool) {
        return rules.stream().anyMatch(rule -> rule.kind() == Kind.WHOLE && rule.covers(tool));
    }

    /** Whether rules allow the call as it is; for commands also together with what needs no rule. */
    boolean byRules(CallFacts call) {
        if (whole(call.tool())) {
            return true;
        }
        Access access = call.access();
        CommandFacts command = call.command();
        switch (access.kind()) {
            case READ:
                return access.spots().stream().allMatch(spot -> inside(spot) || mayRead(spot));
            case EDIT:
                return !access.spots().isEmpty() && access.spots().stream().allMatch(this::mayEdit);
            case FETCH:
                return rules.stream()
                        .anyMatch(
                                rule -> rule.kind() == Kind.HOST && rule.host().matches(access.subject()));
            case RUN:
                return command != null && (named(command.text()) || partly(command, access.fence()));
            default:
                return false;
        }
    }

    /** Whether a rule says exactly this command line. */
    private boolean named(String text) {
        return text.length() <= CommandLine.MAX_CHARS
                && rules.stream()
                        .anyMatch(rule -> rule.kind() == Kind.COMMAND
                                && rule.wildcard().exact()
                                && rule.wildcard().matches(text));
    }

    private boolean partly(CommandFacts command, Access.Fence fence) {
        boolean fenced = fence != Access.Fence.UNCONTAINED;
        return !command.isUnclear()
                && !command.parts().isEmpty()
                && command.parts().stream().allMatch(part -> (fenced && free(part)) || byRule(part));
    }

    /** Whether the command needs neither rule nor person: it only looks, or edits where edits are accepted. */
    boolean free(CallFacts call) {
        CommandFacts command = call.command();
        return command != null
                && call.access().fence() != Access.Fence.UNCONTAINED
                && !command.isUnclear()
                && !command.parts().isEmpty()
                && command.parts().stream().allMatch(this::free);
    }

    private boolean free(PartFacts part) {
        boolean looks = (part.looks() || part.form().isEmpty()) && !(part.deep() && hidesFiles);
        boolean edits = acceptsEdits && part.edits() && !part.unknownWrites() && allInside(part.writes());
        boolean reads = !part.unknownReads() && part.reads().stream().allMatch(spot -> inside(spot) || mayRead(spot));
        return (looks || edits) && reads && redirects(part);
    }

    /** Whether a rule for commands allows one part, and its output may go where it goes. */
    boolean byRule(PartFacts part) {
        return !part.form().isEmpty()
                && redirects(part)
                && rules.stream().anyMatch(rule -> rule.kind() == Kind.COMMAND && matches(rule.wildcard(), part));
    }

    private static boolean matches(Wildcard pattern, PartFacts part) {
        if (pattern.exact()) {
            return pattern.matches(part.form()) || pattern.matches(part.exact());
        }
        return !part.exactOnly() && pattern.matches(part.form());
    }

    boolean redirects(PartFacts part) {
        return !part.unknownRedirects()
                && part.redirects().stream().allMatch(spot -> (acceptsEdits && inside(spot)) || mayEdit(spot));
    }

    boolean needsRule(PartFacts part) {
        return !free(part) && !byRule(part);
    }

    private boolean mayEdit(Spot spot) {
        return byPath(List.of("Edit"), spot);
    }

    /** Who may change a file may see it. */
    private boolean mayRead(Spot spot) {
        return byPath(List.of("Read", "Edit"), spot);
    }

    private boolean byPath(List<String> tools, Spot spot) {
        boolean shown = anyPath(tools, spot.shown());
        return shown && anyPath(tools, spot.real());
    }

    private boolean anyPath(List<String> tools, Path path) {
        return rules.stream()
                .anyMatch(rule -> rule.kind() == Kind.PATH
                        && tools.contains(rule.tool())
                        && rule.path().matches(path, around, false));
    }
}
