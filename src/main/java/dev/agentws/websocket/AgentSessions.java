package dev.agentws.websocket;

import dev.agentws.agent.SessionPlaces;
import dev.agentws.agent.SessionRegistry;
import dev.agentws.agent.SessionServices.Workers;
import dev.agentws.agent.options.SessionOptionsReader;
import dev.agentws.agent.record.FrameFormat;
import io.netty.channel.Channel;

/** Gives each connection its dispatcher to the sessions of this process. Thread-safe. */
public final class AgentSessions implements MessageHandlerFactory {
    private final DispatcherServices services;

    /** @param workers where options may be held against the disk */
    public AgentSessions(
            SessionRegistry registry, SessionOptionsReader options, SessionPlaces places, Workers workers) {
        this.services = new DispatcherServices(registry, options, places, workers);
    }

    /** How sessions are written down: as clients see them. */
    public static FrameFormat format() {
        return FrameWriter::json;
    }

    @Override
    public MessageHandler open(Channel channel, Outbox outbox) {
        return new SessionDispatcher(outbox, services);
    }
}
