package dev.agentws.websocket;

import dev.agentws.agent.SessionPlaces;
import dev.agentws.agent.SessionRegistry;
import dev.agentws.agent.SessionServices.Workers;
import dev.agentws.agent.options.SessionOptionsReader;

/** What every connection's dispatcher needs. Immutable; its parts are thread-safe. */
record DispatcherServices(
        SessionRegistry registry, SessionOptionsReader options, SessionPlaces places, Workers workers) {}
