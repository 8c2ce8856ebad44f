package dev.agentws.agent.permission;

import com.fasterxml.jackson.databind.JsonNode;
import dev.agentws.agent.permission.Rule.Kind;
import dev.agentws.agent.permission.Rule.Parameter;
import dev.agentws.agent.tool.Access;
import dev.agentws.agent.tool.Access.Spot;
import java.util.Collection;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Whether a rule that denies or asks is about a call: if any part of it, in any reading, is. */
final class ForbiddenBy {
    private ForbiddenBy() {}

    /** The first of the rules that is about the call, or null. */
    static @Nullable Rule first(Collection<Rule> rules, CallFacts call, Surroundings around) {
        for (Rule rule : rules) {
            if (holds(rule, call, around)) {
                return rule;
            }
        }
        return null;
    }

    private static boolean holds(Rule rule, CallFacts call, Surroundings around) {
        switch (rule.kind()) {
            case WHOLE:
                return rule.covers(call.tool());
            case COMMAND:
                return call.command() != null && command(rule.wildcard(), call.command());
            case PATH:
                return spots(rule, call)
                        .anyMatch(spot -> rule.path().matches(spot.shown(), around, true)
                                || rule.path().matches(spot.real(), around, true));
            case HOST:
                return call.access().kind() == Access.Kind.FETCH
                        && rule.host().matches(call.access().subject());
            case PARAMETER:
                return rule.covers(call.tool()) && parameter(rule.parameter(), call.input());
        }
        return false;
    }

    private static boolean command(Wildcard pattern, CommandFacts command) {
        return pattern.matches(command.text())
                || command.forms().stream().anyMatch(pattern::matches)
                || command.parts().stream()
                        .flatMap(part -> part.forms().stream())
                        .anyMatch(pattern::matches);
    }

    /** A rule on reading is about changing as well: who may not see a file may not replace it. */
    private static Stream<Spot> spots(Rule rule, CallFacts call) {
        boolean edits = rule.tool().equals("Edit");
        CommandFacts command = call.command();
        if (command != null) {
            Stream<Spot> written = all(command, PartFacts::writes, PartFacts::redirects);
            return edits
                    ? written
                    : Stream.concat(written, all(command, PartFacts::reads, part -> java.util.List.of()));
        }
        boolean concerned = call.access().kind() == Access.Kind.EDIT
                || (!edits && call.access().kind() == Access.Kind.READ);
        return concerned ? call.access().spots().stream() : Stream.of();
    }

    private static Stream<Spot> all(
            CommandFacts command,
            Function<PartFacts, Collection<Spot>> one,
            Function<PartFacts, Collection<Spot>> other) {
        return command.parts().stream()
                .flatMap(part -> Stream.concat(one.apply(part).stream(), other.apply(part).stream()));
    }

    private static boolean parameter(Parameter parameter, JsonNode input) {
        JsonNode value = input.path(parameter.name());
        return value.isValueNode() && parameter.value().matches(value.asText());
    }

    /** Whether some rule speaks of files that may not be read, which no search through directories names. */
    static boolean hidesFiles(Collection<Rule> rules) {
        return rules.stream().anyMatch(ForbiddenBy::hidesFiles);
    }

    static boolean hidesFiles(Rule rule) {
        return rule.kind() == Kind.PATH && rule.tool().equals("Read");
    }
}
