package dev.agentws.agent;

import dev.agentws.agent.options.PermissionMode;
import dev.agentws.agent.options.SessionOptions;
import dev.agentws.agent.tool.Access;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;

/**
 * Decides whether a planned call may run, must be asked about, or is denied: first what the session forbids, then the mode, then what
 * the session allows, then the question. Confined to the session's loop.
 */
final class PermissionPolicy {
    private final Set<String> allowed;
    private final Set<String> disallowed;
    private final Set<String> remembered = new HashSet<>(2);
    private final PermissionMode mode;

    /** The decision. */
    enum Verdict {
        ALLOW,
        ASK,
        DENY
    }

    PermissionPolicy(SessionOptions options) {
        this.allowed = options.allowedTools();
        this.disallowed = options.disallowedTools();
        this.mode = options.permissionMode();
    }

    Verdict decide(String tool, byte[] input, Access access) {
        if (disallowed.contains(tool)) {
            return Verdict.DENY;
        }
        if (mode == PermissionMode.BYPASS || access.kind() == Access.Kind.NONE || inside(access, Access.Kind.READ)) {
            return Verdict.ALLOW;
        }
        if (mode == PermissionMode.PLAN) {
            return Verdict.ASK;
        }
        boolean edit = inside(access, Access.Kind.EDIT);
        if ((mode == PermissionMode.ACCEPT_EDITS && edit)
                || allowed.contains(tool)
                || remembered.contains(key(tool, input, access))) {
            return Verdict.ALLOW;
        }
        return mode == PermissionMode.DONT_ASK ? Verdict.DENY : Verdict.ASK;
    }

    /** A person said yes for the rest of the session: to edits with this tool, or to exactly this command. */
    void remember(String tool, byte[] input, Access access) {
        remembered.add(key(tool, input, access));
    }

    /** What the model is told when nobody was asked. */
    String denial(String tool) {
        return disallowed.contains(tool)
                ? "Permission to use " + tool + " has been denied: the session does not allow this tool."
                : "Permission to use " + tool
                        + " has been denied: it is not allowed beforehand, and this session asks nobody"
                        + " (permission mode " + mode.wireName() + ").";
    }

    private static boolean inside(Access access, Access.Kind kind) {
        return access.kind() == kind && access.spots().stream().allMatch(Access.Spot::inside);
    }

    private static String key(String tool, byte[] input, Access access) {
        return access.kind() == Access.Kind.EDIT ? tool : tool + Arrays.toString(input);
    }
}
