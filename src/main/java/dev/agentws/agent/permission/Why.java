package dev.agentws.agent.permission;

import dev.agentws.agent.tool.Access;
import dev.agentws.agent.tool.Access.Spot;

/** Says in one sentence why a call is not allowed beforehand. */
final class Why {
    private Why() {}

    static String of(CallFacts call, AllowedBy allowed, boolean searches) {
        Access access = call.access();
        CommandFacts command = call.command();
        if (command != null && command.isUnclear()) {
            return "the command could not be taken apart for the rules (" + command.unclear() + ")";
        }
        if (command != null && access.fence() == Access.Fence.UNCONTAINED) {
            return "no sandbox is available, so each command needs a yes or a rule for it";
        }
        if (command != null) {
            return command.parts().stream()
                    .filter(allowed::needsRule)
                    .map(part -> part(part, allowed))
                    .findFirst()
                    .orElse("no rule allows it");
        }
        if (searches) {
            return "it searches through a directory in which some files must not be read";
        }
        for (Spot spot : access.spots()) {
            if (!allowed.inside(spot)) {
                return spot.shown() + " lies outside the session's directories";
            }
        }
        return "it is not allowed beforehand";
    }

    private static String part(PartFacts part, AllowedBy allowed) {
        if (part.unknownRedirects() || !allowed.redirects(part)) {
            return "the output of a part goes into a file: " + shown(part);
        }
        for (Spot spot : part.reads()) {
            if (!allowed.inside(spot)) {
                return spot.shown() + " lies outside the session's directories";
            }
        }
        return "no rule allows this part: " + shown(part);
    }

    private static String shown(PartFacts part) {
        String text = part.exact().replace('\n', ' ');
        return text.length() > 200 ? text.substring(0, 200) + "..." : text;
    }
}
