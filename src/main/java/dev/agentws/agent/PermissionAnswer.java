package dev.agentws.agent;

import dev.agentws.agent.permission.PermissionUpdate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a person says to a question. Immutable; nobody changes the array.
 *
 * @param reason what the model is told, or empty
 * @param input takes the place of the call's input, JSON in UTF-8, or null to leave it
 * @param rememberFirst whether the first suggestion of the question holds for the rest of the session
 * @param updates what else holds for the rest of the session
 * @param interrupt whether a refusal ends the turn
 */
public record PermissionAnswer(
        String requestId,
        boolean approved,
        String reason,
        byte @Nullable [] input,
        boolean rememberFirst,
        List<PermissionUpdate> updates,
        boolean interrupt) {
    /** Just this once. */
    public static PermissionAnswer yes(String requestId) {
        return new PermissionAnswer(requestId, true, "", null, false, List.of(), false);
    }

    /** Not this time. */
    public static PermissionAnswer no(String requestId, String reason) {
        return new PermissionAnswer(requestId, false, reason, null, false, List.of(), false);
    }

    /** The same with another input. */
    public PermissionAnswer withInput(byte[] json) {
        return new PermissionAnswer(requestId, approved, reason, json, rememberFirst, updates, interrupt);
    }

    /** The same, and the first suggestion holds from now on. */
    public PermissionAnswer remembered() {
        return new PermissionAnswer(requestId, approved, reason, input, true, updates, interrupt);
    }

    /** The same, and these hold from now on. */
    public PermissionAnswer with(List<PermissionUpdate> more) {
        return new PermissionAnswer(requestId, approved, reason, input, rememberFirst, more, interrupt);
    }
}
