package dev.agentws.websocket;

import dev.agentws.protocol.ClientMessage;
import io.netty.channel.Channel;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;

/** A {@link MessageHandlerFactory} that remembers what its handlers were told. Thread-safe. */
final class RecordingHandlers implements MessageHandlerFactory {
    final List<Recorder> opened = new CopyOnWriteArrayList<>();
    final LinkedBlockingQueue<ClientMessage> messages = new LinkedBlockingQueue<>();

    @Override
    public MessageHandler open(Channel channel, Outbox outbox) {
        Recorder recorder = new Recorder(outbox);
        opened.add(recorder);
        return recorder;
    }

    final class Recorder implements MessageHandler {
        final Outbox outbox;
        final List<Boolean> writability = new CopyOnWriteArrayList<>();
        volatile int closed;

        Recorder(Outbox outbox) {
            this.outbox = outbox;
        }

        @Override
        public void onMessage(ClientMessage message) {
            if (message.kind() == ClientMessage.Kind.KILL_ALL_AGENTS) {
                throw new IllegalStateException("a defect");
            }
            messages.add(message);
        }

        @Override
        public void onWritabilityChanged(boolean writable) {
            writability.add(writable);
        }

        @Override
        @SuppressWarnings("NonAtomicVolatileUpdate") // written on the event loop only
        public void onClosed() {
            closed++;
        }
    }
}
