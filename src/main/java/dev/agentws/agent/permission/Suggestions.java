package dev.agentws.agent.permission;

import dev.agentws.agent.tool.Access;
import dev.agentws.agent.tool.Access.Spot;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/** What would let a call, and others like it, pass without a question. */
final class Suggestions {
    private static final int MOST_RULES = 5;
    /** Programs whose first word says what they do; for all others only the very command is suggested. */
    private static final Set<String> WITH_VERB = Set.of(
            "git",
            "npm",
            "pnpm",
            "yarn",
            "bun",
            "cargo",
            "go",
            "mvn",
            "./mvnw",
            "gradle",
            "./gradlew",
            "make",
            "dotnet",
            "pip",
            "uv",
            "poetry",
            "kubectl",
            "docker",
            "terraform",
            "gh",
            "brew",
            "apt",
            "apt-get",
            "systemctl");

    private Suggestions() {}

    static List<PermissionUpdate> of(CallFacts call, PermissionMode mode, AllowedBy allowed) {
        Access access = call.access();
        try {
            switch (access.kind()) {
                case RUN:
                    return mode == PermissionMode.PLAN ? List.of() : run(call, allowed);
                case EDIT:
                    return edit(call, mode, allowed);
                case READ:
                    return outside("Read", call, allowed);
                case FETCH:
                    String content = "domain:" + access.subject();
                    return List.of(PermissionUpdate.allow(List.of(Rule.host(content, access.subject()))));
                case OTHER:
                    return mode == PermissionMode.PLAN
                            ? List.of()
                            : List.of(PermissionUpdate.allow(List.of(Rule.whole(call.tool()))));
                default:
                    return List.of();
            }
        } catch (InvalidRule e) {
            // A name that cannot stand in a rule: then this one time is all there is.
            return List.of();
        }
    }

    private static List<PermissionUpdate> run(CallFacts call, AllowedBy allowed) throws InvalidRule {
        CommandFacts command = Objects.requireNonNull(call.command());
        if (command.text().length() > CommandLine.MAX_CHARS) {
            return List.of();
        }
        boolean unfenced = call.access().fence() == Access.Fence.UNCONTAINED;
        Set<Rule> rules = new LinkedHashSet<>();
        boolean wholeLine = command.isUnclear();
        for (PartFacts part : command.parts()) {
            boolean known = part.form().isEmpty() || (unfenced ? allowed.byRule(part) : !allowed.needsRule(part));
            if (!known) {
                rules.add(Rule.command(pattern(part)));
            }
            wholeLine |=
                    part.unknownRedirects() || !allowed.redirects(part) || (!known && isFed(command, part, allowed));
        }
        if (wholeLine || rules.isEmpty() || rules.size() > MOST_RULES) {
            return List.of(PermissionUpdate.allow(List.of(Rule.command(literal(command.text())))));
        }
        return List.of(PermissionUpdate.allow(List.copyOf(rules)));
    }

    /** Whether a file from outside may be its input: no rule for the part alone says which, so it would hold for any file. */
    private static boolean isFed(CommandFacts command, PartFacts part, AllowedBy allowed) {
        return command.text().indexOf('<') >= 0 && (part.unknownReads() || !allowed.allInside(part.reads()));
    }

    private static String pattern(PartFacts part) {
        String[] words = part.form().split(" ", 3);
        boolean verb = words.length > 1 && WITH_VERB.contains(words[0]) && words[1].matches("[a-z][a-z0-9:-]*");
        if (!verb || part.exactOnly()) {
            return literal(part.exact());
        }
        boolean script = words[1].equals("run") && words.length > 2;
        String name = script ? words[2].split(" ", 2)[0] : "";
        boolean plainName = name.matches("[A-Za-z0-9:_.-]+") && !name.startsWith("-");
        if (script && !plainName) {
            return literal(part.exact());
        }
        return words[0] + " " + words[1] + (script ? " " + name : "") + " *";
    }

    /** The same text as a pattern: a star in it is a star. */
    private static String literal(String text) {
        String escaped = text.replace("\\", "\\\\").replace("*", "\\*");
        return escaped;
    }

    private static List<PermissionUpdate> edit(CallFacts call, PermissionMode mode, AllowedBy allowed)
            throws InvalidRule {
        List<PermissionUpdate> all = outside("Edit", call, allowed);
        if (mode == PermissionMode.DEFAULT || all.isEmpty()) {
            all.add(PermissionUpdate.mode(PermissionMode.ACCEPT_EDITS));
        }
        return all;
    }

    private static List<PermissionUpdate> outside(String tool, CallFacts call, AllowedBy allowed) throws InvalidRule {
        List<PermissionUpdate> all = new ArrayList<>();
        Set<Rule> rules = new LinkedHashSet<>();
        Set<Path> places = new LinkedHashSet<>();
        for (Spot spot : call.access().spots()) {
            if (!allowed.inside(spot)) {
                rules.add(Rule.path(tool, around(spot.shown(), call, allowed)));
                rules.add(Rule.path(tool, around(spot.real(), call, allowed)));
                if (isForAll(spot.real(), call, allowed)) {
                    places.add(directory(spot.real(), call));
                }
            }
        }
        if (!rules.isEmpty()) {
            all.add(PermissionUpdate.allow(List.copyOf(rules)));
            places.forEach(place -> all.add(PermissionUpdate.directory(place)));
        }
        return all;
    }

    /** The rule for a directory that was searched, or for the one a file is in; or for the file alone. */
    private static String around(Path path, CallFacts call, AllowedBy allowed) {
        boolean all = isForAll(path, call, allowed);
        String text = (all ? directory(path, call) : path).toString();
        String escaped = text.replaceAll("([*?\\[\\\\])", "\\\\$1");
        return "/" + escaped + (all ? escaped.equals("/") ? "**" : "/**" : "");
    }

    /** What lies right in the root or in the home directory says nothing about all the rest there. */
    private static boolean isForAll(Path path, CallFacts call, AllowedBy allowed) {
        return call.searches() || !allowed.holdsHome(directory(path, call));
    }

    private static Path directory(Path path, CallFacts call) {
        return call.searches() ? path : Objects.requireNonNullElse(path.getParent(), path);
    }
}
