package dev.agentws.server.chat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agentws.client.ClientConfig;
import org.jspecify.annotations.Nullable;

/**
 * What one run of the client is asked to do. Immutable, but for the options.
 *
 * @param command what was typed to get to this server, as far as it has to be typed again
 * @param server where and with which key
 * @param sessionId the session to go on with, or null for a new one
 * @param options of a new session, as the protocol has them
 * @param mode the permission mode of a resumed session, or null to leave it
 * @param model likewise
 * @param prompt the first prompt, or empty
 * @param once whether the first prompt is all
 */
public record ChatRequest(
        String command,
        ClientConfig server,
        @Nullable String sessionId,
        ObjectNode options,
        @Nullable String mode,
        @Nullable String model,
        String prompt,
        boolean once) {}
