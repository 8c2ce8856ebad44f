package dev.agentws.websocket.session;

import dev.agentws.agent.SessionPlaces;
import dev.agentws.agent.SessionRegistry;
import dev.agentws.agent.SessionServices.Workers;
import dev.agentws.agent.Waker;
import dev.agentws.agent.options.SessionOptionsReader;
import dev.agentws.agent.record.FrameFormat;
import dev.agentws.cluster.ClusterNode;
import dev.agentws.metrics.PromptWatch;
import dev.agentws.protocol.ClientMessage;
import dev.agentws.protocol.ErrorCode;
import dev.agentws.websocket.FrameWriter;
import dev.agentws.websocket.MessageHandler;
import dev.agentws.websocket.MessageHandlerFactory;
import dev.agentws.websocket.Outbox;
import dev.agentws.websocket.WebSocketUpgrade;
import io.netty.channel.Channel;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Gives each connection its dispatcher to the sessions of this process. Thread-safe. */
public final class AgentSessions implements MessageHandlerFactory {
    private final SessionDispatcher.Services services;
    private final BooleanSupplier draining;

    /**
     * @param workers where options may be held against the disk
     * @param draining whether sessions and prompts are refused, because the server is about to go
     * @param prompts is told of every prompt
     * @param node null when this process is alone
     * @param waker wakes sessions that sleep
     */
    public AgentSessions(
            SessionRegistry registry,
            SessionOptionsReader options,
            SessionPlaces places,
            Workers workers,
            BooleanSupplier draining,
            PromptWatch prompts,
            @Nullable ClusterNode node,
            Waker waker) {
        this.services = new SessionDispatcher.Services(registry, options, places, workers, prompts, node, waker);
        this.draining = draining;
    }

    /** How sessions are written down: as clients see them. */
    public static FrameFormat format() {
        return FrameWriter::json;
    }

    @Override
    public MessageHandler open(Channel channel, Outbox outbox) {
        String traceParent = channel.attr(WebSocketUpgrade.TRACE_PARENT).get();
        return new Gate(new SessionDispatcher(outbox, services, traceParent), outbox, draining);
    }

    /** Lets nothing new begin once the server is about to go; what runs goes on. */
    private record Gate(MessageHandler dispatcher, Outbox outbox, BooleanSupplier draining) implements MessageHandler {
        @Override
        public void onMessage(ClientMessage message) {
            if (!draining.getAsBoolean()) {
                dispatcher.onMessage(message);
                return;
            }
            switch (message.kind()) {
                case CREATE_SESSION -> refuse(message, ((ClientMessage.CreateSession) message).sessionId());
                case FORK_SESSION -> refuse(message, ((ClientMessage.ForkSession) message).sessionId());
                case RESUME_SESSION -> refuse(message, ((ClientMessage.ResumeSession) message).sessionId());
                case SEND_PROMPT -> refuse(message, ((ClientMessage.SendPrompt) message).sessionId());
                default -> dispatcher.onMessage(message);
            }
        }

        private void refuse(ClientMessage message, @Nullable String sessionId) {
            String why = "The server is going away; connect again in a moment";
            outbox.error(ErrorCode.OVERLOADED, why, sessionId, message.kind().wireName(), null);
        }

        @Override
        public void onWritabilityChanged(boolean writable) {
            dispatcher.onWritabilityChanged(writable);
        }

        @Override
        public void onClosed() {
            dispatcher.onClosed();
        }
    }
}
