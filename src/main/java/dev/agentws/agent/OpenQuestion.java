package dev.agentws.agent;

import dev.agentws.agent.event.SessionEvent.PermissionRequest;

/**
 * A question that waits for a person.
 *
 * @param seq the number of the event that asked it
 */
public record OpenQuestion(long seq, PermissionRequest request) {}
