package dev.agentws.websocket;

import dev.agentws.agent.SessionPlaces;
import dev.agentws.agent.SessionRegistry;
import dev.agentws.agent.SessionServices.Workers;
import dev.agentws.agent.options.SessionOptionsReader;
import dev.agentws.metrics.PromptWatch;

/**
 * What every connection's dispatcher needs. Immutable; its parts are thread-safe.
 *
 * @param prompts is told of every prompt
 */
record DispatcherServices(
        SessionRegistry registry,
        SessionOptionsReader options,
        SessionPlaces places,
        Workers workers,
        PromptWatch prompts) {}
