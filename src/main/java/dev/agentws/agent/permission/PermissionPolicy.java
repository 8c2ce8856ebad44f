package dev.agentws.agent.permission;

import dev.agentws.agent.permission.Decision.Cause;
import dev.agentws.agent.permission.ToolHook.Answer;
import dev.agentws.agent.tool.Access;
import dev.agentws.agent.tool.Access.Spot;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Decides over the calls of one session, in this order: hooks, rules that deny, rules that ask, the mode, rules that allow, the
 * question. Touches no disk. Confined to the session's loop.
 */
public final class PermissionPolicy {
    private final Surroundings start;
    private final Set<Rule> deny;
    private final Set<Rule> ask;
    private final Set<Rule> allow;
    private final Set<Path> added = new LinkedHashSet<>(0);
    private PermissionMode mode;

    /** @param rules what the session starts with */
    public PermissionPolicy(PermissionMode mode, PermissionRules rules, Surroundings around) {
        this.mode = mode;
        this.start = around;
        this.deny = new LinkedHashSet<>(rules.deny());
        this.ask = new LinkedHashSet<>(rules.ask());
        this.allow = new LinkedHashSet<>(rules.allow());
    }

    public PermissionMode mode() {
        return mode;
    }

    public void setMode(PermissionMode wished) {
        mode = wished;
    }

    /** Whether the model does not even see the tool. */
    public boolean hides(String tool) {
        return deny.stream().anyMatch(rule -> rule.kind() == Rule.Kind.WHOLE && rule.covers(tool));
    }

    /**
     * Whether a tool that the model's API runs may be offered. Nobody can be asked about its calls before they have happened, so naming
     * the tool is the consent; a session that asks nobody wants it among the allowed tools as well.
     */
    public boolean mayGoUnasked(String tool) {
        return mode != PermissionMode.DONT_ASK || allowed().whole(tool);
    }

    /** Where the session works just now. Immutable, for tool workers. */
    public Surroundings around() {
        if (added.isEmpty()) {
            return start;
        }
        List<Path> more = new ArrayList<>(start.moreDirectories());
        more.addAll(added);
        return new Surroundings(start.directory(), more, start.home());
    }

    /** Changes what holds from the next decision on. */
    public void apply(PermissionUpdate update) {
        Set<Rule> rules =
                switch (update.behavior()) {
                    case ALLOW -> allow;
                    case DENY -> deny;
                    case ASK -> ask;
                };
        switch (update.type()) {
            case ADD_RULES:
                rules.addAll(update.rules());
                break;
            case REPLACE_RULES:
                rules.clear();
                rules.addAll(update.rules());
                break;
            case REMOVE_RULES:
                rules.removeAll(Set.copyOf(update.rules()));
                break;
            case SET_MODE:
                PermissionMode wished = update.mode();
                mode = wished == null ? mode : wished;
                break;
            case ADD_DIRECTORIES:
                added.addAll(update.directories());
                break;
            case REMOVE_DIRECTORIES:
                added.removeAll(Set.copyOf(update.directories()));
                break;
        }
    }

    /** Decides over a call. */
    public Decision decide(CallFacts call, ToolHook.Result hook) {
        Decision denied = denied(call, hook);
        if (denied != null) {
            return denied;
        }
        if (call.access().kind() == Access.Kind.PERSON) {
            return askOrDeny(call, Cause.QUESTION, "it is a question to a person");
        }
        Rule asks = ForbiddenBy.first(ask, call, around());
        if (asks != null) {
            return askOrDeny(call, Cause.RULE, "the rule " + asks + " wants a person to be asked");
        }
        if (hook.answer() == Answer.ASK) {
            return askOrDeny(call, Cause.HOOK, "a hook wants a person to be asked: " + hook.reason());
        }
        CommandFacts command = call.command();
        if (command != null && command.critical()) {
            return askOrDeny(call, Cause.SAFETY, "it would remove a directory that much depends on");
        }
        return hook.answer() == Answer.ALLOW ? Decision.allow(Cause.HOOK, hook.reason()) : byMode(call);
    }

    /** The denial of a call that no person's yes can lift, or null. */
    public @Nullable Decision denied(CallFacts call, ToolHook.Result hook) {
        if (hook.answer() == Answer.DENY) {
            return Decision.deny(Cause.HOOK, refusal(call, hook.reason()));
        }
        Rule denies = ForbiddenBy.first(deny, call, around());
        if (denies == null) {
            return null;
        }
        return Decision.deny(Cause.RULE, refusal(call, "the session's rule " + denies + " denies it"));
    }

    private Decision byMode(CallFacts call) {
        Access access = call.access();
        AllowedBy allowed = allowed();
        if (mode == PermissionMode.BYPASS || access.kind() == Access.Kind.NONE) {
            return Decision.allow(Cause.MODE, "");
        }
        // What is denied a search leaves out; what has to be asked about it cannot ask for one by one.
        boolean searches = call.deep() && ForbiddenBy.hidesFiles(ask);
        if (access.kind() == Access.Kind.READ && allowed.allInside(access.spots()) && !searches) {
            return Decision.allow(Cause.MODE, "");
        }
        if (written(call).anyMatch(spot -> ProtectedPaths.holds(spot, around()))) {
            return askOrDeny(call, Cause.SAFETY, "it changes a protected place: " + firstProtected(call));
        }
        boolean edits = access.kind() == Access.Kind.EDIT
                && mode == PermissionMode.ACCEPT_EDITS
                && allowed.allInside(access.spots());
        if (edits || allowed.free(call)) {
            return Decision.allow(Cause.MODE, "");
        }
        boolean looks = access.kind() == Access.Kind.READ || access.kind() == Access.Kind.FETCH;
        if (mode == PermissionMode.PLAN && !looks) {
            return askOrDeny(call, Cause.MODE, "the session is in plan mode");
        }
        boolean byRules = searches ? allowed.whole(call.tool()) : allowed.byRules(call);
        return byRules ? Decision.allow(Cause.RULE, "") : askOrDeny(call, Cause.MODE, Why.of(call, allowed, searches));
    }

    private AllowedBy allowed() {
        Collection<Rule> rules = allow;
        if (mode == PermissionMode.PLAN) {
            rules = allow.stream().filter(PermissionPolicy::holdsInPlan).toList();
        }
        return new AllowedBy(rules, around(), mode == PermissionMode.ACCEPT_EDITS, hidesFiles());
    }

    /** While it plans, a session only looks: rules for changes and commands sleep. */
    private static boolean holdsInPlan(Rule rule) {
        return !rule.tool().equals("Edit") && !rule.tool().equals("Bash");
    }

    /** What must not be seen as rules stand now: for a search, which names only where it begins. Thread-safe. */
    public Predicate<Path> hidden() {
        List<Rule> rules = deny.stream().filter(ForbiddenBy::hidesFiles).toList();
        Surroundings here = around();
        return path -> rules.stream().anyMatch(rule -> rule.path().matches(path, here, true));
    }

    private boolean hidesFiles() {
        return ForbiddenBy.hidesFiles(deny) || ForbiddenBy.hidesFiles(ask);
    }

    /** What a person might want to say yes to for the rest of the session; the first says the least. */
    public List<PermissionUpdate> suggestions(CallFacts call, Decision decision) {
        boolean useless = decision.cause() != Cause.MODE;
        return useless ? List.of() : Suggestions.of(call, mode, allowed());
    }

    private static Stream<Spot> written(CallFacts call) {
        CommandFacts command = call.command();
        if (command != null) {
            return command.parts().stream()
                    .flatMap(part -> Stream.of(part.writes(), part.redirects()))
                    .flatMap(Collection::stream);
        }
        return call.access().kind() == Access.Kind.EDIT ? call.access().spots().stream() : Stream.of();
    }

    private String firstProtected(CallFacts call) {
        return written(call)
                .filter(spot -> ProtectedPaths.holds(spot, around()))
                .map(spot -> spot.shown().toString())
                .findFirst()
                .orElse("");
    }

    private Decision askOrDeny(CallFacts call, Cause cause, String reason) {
        if (mode != PermissionMode.DONT_ASK) {
            return Decision.ask(cause, reason);
        }
        String nobody = reason + ", and this session asks nobody (permission mode dontAsk)";
        return Decision.deny(cause == Cause.RULE || cause == Cause.HOOK ? cause : Cause.MODE, refusal(call, nobody));
    }

    private static String refusal(CallFacts call, String why) {
        return "Permission to use " + call.tool() + " has been denied: " + why
                + ". Nothing was done. Take another way that is allowed, or tell the user what you would need.";
    }
}
